"""spaCy and stanza: our tagger inside them, and their analyses on our tokens."""
