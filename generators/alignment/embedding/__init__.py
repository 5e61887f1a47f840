"""Word alignment by the vectors of a multilingual encoder; the words of both sides meet in its space."""
