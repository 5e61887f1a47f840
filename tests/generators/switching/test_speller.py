from __future__ import annotations

from collections.abc import Sequence

from cswitch.core.noise import NoisePlan
from cswitch.core.registry import load
from cswitch.generators.switching.spelling import Speller


class Tagged:
    """Writes its name before each word."""

    def __init__(self, name: str) -> None:
        self.name = name

    def romanise(self, words: Sequence[str]) -> list[str]:
        return [f"{self.name}-{word}" for word in words]


def test_each_token_is_spelt_by_the_romaniser_of_its_side() -> None:
    speller = Speller({"hi": Tagged("hi"), "ta": Tagged("ta")})
    tokens, langs = ["a", "b", ".", "glue", "c"], ["hi", "ta", "other", "hi", "en"]
    origins = [("hi", 0), ("ta", 0), ("ta", 1), None, ("en", 4)]
    assert speller.spell(tokens, langs, origins, "1.0") == ["hi-a", "ta-b", "ta-.", "hi-glue", "c"]


def test_variety_is_drawn_by_record_and_seed_alone() -> None:
    romanisers = {"hi": load("romaniser", "deva")(lang="hi")}
    words = ["मैं", "नहीं", "बहुत", "अच्छा", "है", "क्या", "मैं"]
    tags, origins = ["hi"] * 7, [("hi", n) for n in range(7)]

    def spelt(key: str, seed: int = 0, variety: float = 1.0) -> list[str]:
        return Speller(romanisers, variety=variety, seed=seed).spell(words, tags, origins, key)

    drawn = {tuple(spelt(str(n))) for n in range(30)}
    assert len(drawn) >= 5
    assert all(line[0] == line[-1] for line in drawn)
    assert spelt("7") == spelt("7")
    assert {tuple(spelt("7", seed)) for seed in range(9)} != {tuple(spelt("7"))}
    assert spelt("7", variety=0.0) == romanisers["hi"].romanise(words)


def test_noise_comes_last_and_leaves_other_tokens_alone() -> None:
    speller = Speller(noise=NoisePlan.parse("lower-case=1"))
    tokens, langs = ["I", "Want", "USB", "42"], ["en", "en", "other", "other"]
    assert speller.spell(tokens, langs, [("en", n) for n in range(4)], "1.0")[2:] == ["USB", "42"]
