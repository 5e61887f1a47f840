"""Settings of augmentation."""

from __future__ import annotations

import pytest

from cswitch.core.errors import CswitchError, UsageError
from cswitch.training import AugmentSettings, LinkedSwitcher, Switcher
from tests.training.small_lexicons import lexicons


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "neither a cmi nor a rate"),
        ({"cmi": 20, "rate": 0.2}, "both a cmi and a rate"),
        ({"cmi": 60}, "cmi is 60"),
        ({"rate": 1.5}, "rate is 1.5"),
        ({"rate": 0.5, "share_of_sentences": 2}, "share_of_sentences is 2"),
        ({"rate": 0.5, "keep": ("nouns",)}, "cannot keep nouns"),
        ({"rate": 0.5, "languages": ()}, "no language is given"),
        ({"rate": 0.5, "languages": ("en",)}, "named twice"),
        ({"rate": 0.5, "languages": ("hindi",)}, "unknown language 'hindi'"),
        ({"rate": 0.5, "languages": ("hin",)}, "write it 'hi'"),
        ({"rate": 0.5, "lexicons": {"fr": ("a.tsv",)}}, "lexicons are given of fr"),
    ],
)
def test_what_cannot_be_meant_is_one_line(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        AugmentSettings(**{"matrix": "en", "languages": ("es",), **options})  # type: ignore[arg-type]
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_published_methods_are_settings() -> None:
    cosda = AugmentSettings.cosda("en", ("es", "de"), rate=0.4, share_of_sentences=0.8)
    assert (cosda.unit, cosda.rate, cosda.share_of_sentences, cosda.one_language) == ("word", 0.4, 0.8, False)
    entitycs = AugmentSettings.entitycs("en", ("es", "de"), markers=True)
    assert (entitycs.unit, entitycs.rate, entitycs.one_language, entitycs.markers) == ("entity", 1.0, True, True)


def test_a_lexicon_must_be_of_the_right_languages() -> None:
    settings = AugmentSettings(matrix="en", languages=("es", "de"), rate=0.5)
    with pytest.raises(CswitchError, match="no lexicon is given for de"):
        Switcher(settings, lexicons={"es": lexicons()["es"]})
    with pytest.raises(CswitchError, match="the lexicon given for de is of en-es"):
        Switcher(settings, lexicons={"es": lexicons()["es"], "de": lexicons()["es"]})


def test_links_know_no_rate() -> None:
    with pytest.raises(UsageError, match="give cmi=25"):
        LinkedSwitcher(AugmentSettings(matrix="en", languages=("es",), rate=0.5))
