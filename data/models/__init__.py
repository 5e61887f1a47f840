"""Small models trained by the scripts in this repository."""
