"""Words typed in Latin letters, back in the native script of their language."""
