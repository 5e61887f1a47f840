"""Tokens, scripts, joining and romanisation."""
