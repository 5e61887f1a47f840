"""Datasets ready for fine-tuning: writers, splits, cards, and a look at what was written."""
