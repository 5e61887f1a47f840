"""Settings of a run: frozen, explicit, checked when made."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Method = Literal["insertion", "alternation", "nested", "tree"]
Constraint = Literal["", "equivalence", "matrix-frame", "none"]
OnMiss = Literal["nearest", "reject"]
Script = Literal["native", "roman"]


class SynthSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides what ``synth`` writes; the same settings and seed give the same bytes."""

    pair: Annotated[tuple[str, ...], msgspec.Meta(min_length=2)]
    """The languages, first and second side; with more than two, all but the matrix language are embedded in it."""
    matrix: str = ""
    """A language of the pair, or ``both`` (of three and more: ``all``); empty picks the second, or the first where the
    second is English."""
    method: Method = "insertion"
    """The lattice builder."""
    units: str = "phrase"
    """Registered choice of what may be inserted."""
    constraint: Constraint = ""
    """Which switches are legal; empty for the method's own: matrix-frame for insertion, else equivalence."""
    weights: str = "pos"
    """Registered weighting: how likely each legal choice is."""
    glue: tuple[str, ...] = ("light-verb", "article", "postposition")
    """Named repairs around an inserted word; see docs/glue.md."""
    cmi: tuple[float, float] | None = (25.0, 25.0)
    """Lowest and highest CMI asked for, equal for a single value; None leaves CMI free. The default gives way to
    ``share``."""
    share: tuple[float, float] | None = None
    """Instead of a CMI, the lowest and highest share of the words that are in the embedded language, 0 to 1. Above a
    half, the embedded language may say more than the matrix language; 1 asks for all that can be replaced."""
    tolerance: float = 3.0
    """How far from the CMI asked for a sample may lie and count as met, in points; of a share, in percent."""
    switches: int | None = None
    """Number of switch points asked for."""
    like: str | None = None
    """Path of a tagged file whose distribution of CMI and switch counts is to be followed."""
    per_pair: int = 1
    """Distinct draws a pair."""
    on_miss: OnMiss = "nearest"
    """What to do when the target cannot be reached."""
    script: Script = "native"
    """Script of the output."""
    roman_variety: float = 0.0
    """Share of romanised words, 0 to 1, for which a spelling is drawn among those people use."""
    noise: str = ""
    """Names and rates of noise operations, such as ``drop-vowels=0.1``; empty for none."""
    aligner: str = "auto"
    """Registered aligner, with its model after a colon where it takes one, or ``auto``."""
    lexicons: tuple[str, ...] = ()
    """Paths of the user's own lexicons, read beside the one that is shipped."""
    min_confidence: float = 0.5
    """Links below this confidence are not used for switching."""
    max_tokens: int = 200
    """Pairs with a longer side are rejected."""
    recipe: str = ""
    """Versioned name of the recipe that gave these settings; empty for none."""
    seed: int = 0
    """Seed of every random choice."""

    def __post_init__(self) -> None:
        """A share takes the place of the CMI that is asked for by default."""
        if self.share is not None and self.cmi == (25.0, 25.0):
            msgspec.structs.force_setattr(self, "cmi", None)
