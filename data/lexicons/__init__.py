"""Induced bilingual lexicons."""
