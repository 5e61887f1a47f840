"""Tables of how people type; see README.md."""
