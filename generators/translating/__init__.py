"""Translators: the other side of a pair, for text in one language."""
