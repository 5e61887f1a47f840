"""What makes code-mixed text."""
