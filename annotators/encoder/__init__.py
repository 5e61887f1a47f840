"""Language tags by a transformers encoder."""
