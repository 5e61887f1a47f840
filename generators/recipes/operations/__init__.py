"""Operations of recipes, one a file: registered as ``operation.NAME``."""
