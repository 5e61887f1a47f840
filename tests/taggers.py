"""Small taggers that tests use by name: the plug-in's list of words, and one that goes by the script of a word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cswitch.core.contracts import Tagging
from cswitch.core.errors import UsageError
from cswitch.core.text.scripts import script_of
from cswitch.core.text.tokens import is_neutral
from tests.plugin_site import install, register

PLUGIN = Path(__file__).parent / "plugin"
SCRIPTS = {"Latn": "en", "Deva": "hi", "Cyrl": "ru"}


class ScriptTagger:
    """Latin letters are English, Devanagari is Hindi, Cyrillic Russian; anything else is unknown."""

    name = "script"
    languages: tuple[str, ...] = ("en", "hi", "ru")
    model_bytes: int | None = 12

    def __init__(self, device: str) -> None:
        self.device = device
        self.closed = False
        self.batches: list[int] = []

    @classmethod
    def load(cls, target: str = "", *, device: str = "cpu") -> Self:
        """The tagger; ``target`` may be ``faulty``, for one that breaks its contract."""
        made = cls(device)
        if target == "faulty":
            made._sentence = lambda tokens, spoken: Tagging(["en"], [1.0])  # type: ignore[method-assign]
        return made

    def close(self) -> None:
        """Notes that it was called."""
        self.closed = True

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        """A tag a token."""
        if unknown := [language for language in languages if language not in self.languages]:
            raise UsageError(f"the tagger does not know {unknown[0]!r}", hint=f"it knows {', '.join(self.languages)}")
        self.batches.append(len(batch))
        found = [self._sentence(tokens, tuple(languages) or self.languages) for tokens in batch]
        if not alternatives:
            return found
        return [
            Tagging(one.tags, one.probabilities, [((tag, 0.75), ("unk", 0.25))[:alternatives] for tag in one.tags])
            for one in found
        ]

    def _sentence(self, tokens: Sequence[str], spoken: tuple[str, ...]) -> Tagging:
        tags = []
        for token in tokens:
            lang = SCRIPTS.get(script_of(token), "unk")
            tags.append("other" if is_neutral(token) else lang if lang in spoken else "unk")
        return Tagging(tags, [1.0 if tag == "other" else 0.75 for tag in tags])


def install_taggers(folder: Path) -> Path:
    """Makes both known by name to whoever has the folder on its path."""
    install(PLUGIN, folder)
    return register("cswitch-script", "1.0", {"tagger.script": "tests.taggers:ScriptTagger"}, folder)
