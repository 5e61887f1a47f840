"""Recipes run: from a name and an input to tagged samples."""
