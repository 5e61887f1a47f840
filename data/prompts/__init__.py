"""Prompts, recipes made of them, grids of topics, and prices of models."""
