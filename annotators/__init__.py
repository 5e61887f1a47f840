"""What labels tokens."""
