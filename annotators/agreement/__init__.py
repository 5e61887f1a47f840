"""How far annotators agree, and what of it is chance."""
