"""Language tags by a small network that needs no download."""
