"""Part-of-speech tagging without downloads."""
