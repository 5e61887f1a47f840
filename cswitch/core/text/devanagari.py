"""Devanagari words in Latin letters; see :mod:`cswitch.core.romanisation.romaniser`."""

from __future__ import annotations

from cswitch.core.romanisation.romaniser import DevanagariRomaniser

__all__ = ["DevanagariRomaniser"]
