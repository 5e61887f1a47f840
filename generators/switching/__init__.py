"""The switch lattice: builders, constraints, weights, targets, and the exact sampler."""
