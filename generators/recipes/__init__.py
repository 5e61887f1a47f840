"""Published methods as recipes: a YAML file each, over the lattice, the prompts and the operations on text."""
