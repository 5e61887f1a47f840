"""Code-mixed text at the mixing level you ask for, with a language tag on every token."""

__version__ = "0.1.0"

__all__ = ["__version__"]
