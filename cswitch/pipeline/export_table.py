"""Which settings belong to which format of an export; it loads none of them."""

from __future__ import annotations

STUDIO = "label-studio"
FOLDERS = (
    "datasets", "parquet", "token-classification", "translation", "restore", "chat", "preferences", "text",
)  # fmt: skip
"""Formats that can be written in several ways."""
FORMATS = (STUDIO, *FOLDERS, "conll", "lince", "m2", "csv")
"""Every format, in the order of the help."""
ROWS = tuple(name for name in FORMATS if name != STUDIO)
"""Formats that consist of rows."""
ATTEMPTS = "attempts"
"""What makes preferences of the versions of a text."""
BELONGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("layers", "naturalness", "decision", "correction", "blind", "batch", "made_by", "fixed", "chunk", "config"),
        (STUDIO,),
    ),
    **dict.fromkeys(("splits", "verify", "license", "title", "languages"), ROWS),
    "writer": FOLDERS,
    "labels": (STUDIO, "datasets", "parquet", "token-classification", "chat"),
    "pairs": ("datasets", "parquet", "translation", "restore", "chat", "preferences", "csv"),
    "pos": ("datasets", "parquet", "token-classification", "conll"),
    "sides": ("translation", "restore"),
    "separator": ("text",),
    "ids": ("chat", "preferences", "text"),
    "template": ("chat", "preferences"),
    "layout": ("chat", "preferences"),
    "by": ("preferences",),
    "margin": ("preferences",),
}
"""Formats that a setting is for; one that is not here is for all."""
