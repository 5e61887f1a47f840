"""Word aligners behind one contract."""
