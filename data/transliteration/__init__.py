"""Tables for writing other scripts in Latin letters; see README.md."""
