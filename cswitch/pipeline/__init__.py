"""Read, annotate, generate, write: the floor that joins generators and annotators."""
