"""Parallel sentences written for this project."""
