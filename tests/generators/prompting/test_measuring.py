"""Texts are tagged by their source where it tells, by the tagger where it does not, and measured from that."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.annotators.lid.compact import CompactTagger
from cswitch.core.contracts import Tagging
from cswitch.core.measures import cmi
from cswitch.generators.prompting.contracts import Brief, Edit
from cswitch.generators.prompting.measuring import TextMeasurer
from cswitch.generators.switching.generator import SwitchGenerator
from cswitch.schemas.prompting import PromptSettings
from cswitch.schemas.reject import Reject
from cswitch.schemas.settings import SynthSettings
from tests.generators.prompting.sources import aligned, brief_of, pair_of

MEETING = pair_of(("en", "The meeting is in the office at 12"), ("hi", "मीटिंग १२ बजे दफ़्तर में है"))
SPANISH = Brief(id="1", languages=("es", "en"), cmi=25, tolerance=5)


class AllEnglish:
    """A tagger that takes everything for English."""

    name = "all-english"

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def tag(
        self, batch: Sequence[Sequence[str]], languages: Sequence[str] = (), *, alternatives: int = 0
    ) -> list[Tagging]:
        self.calls.append(tuple(languages))
        return [Tagging(["en"] * len(tokens), [0.5] * len(tokens)) for tokens in batch]


def measurer(script: str = "native", languages: tuple[str, ...] = ("en", "hi")) -> TextMeasurer:
    return TextMeasurer(CompactTagger.load(), PromptSettings(languages=languages, script=script))  # type: ignore[arg-type]


@pytest.mark.parametrize("langs", [("en", "es"), ("en", "hi")])
def test_what_the_lattice_made_measures_as_the_lattice_counted_it(langs: tuple[str, str]) -> None:
    generator = SwitchGenerator(SynthSettings(pair=langs, cmi=(30.0, 30.0)))
    near = total = 0
    for pair in aligned(*langs)[:60]:
        made = generator.generate(pair)
        if not isinstance(made, Reject):
            found = measurer(languages=langs).measure(brief_of(pair), made[0].text)
            near += abs(found.cmi - cmi(made[0].langs)) <= 5
            total += 1
    assert near >= 0.9 * total > 40


def test_words_of_one_side_have_its_language_whatever_the_tagger_says() -> None:
    found = TextMeasurer(AllEnglish(), PromptSettings(languages=("en", "hi"), script="roman")).measure(
        brief_of(MEETING), "meeting 12 baje office mein hai yaar"
    )
    # "meeting" is in both sides, "yaar" in none: those are for the tagger to tell.
    assert found.langs == ("en", "other", "hi", "en", "hi", "hi", "en")
    assert found.origins[:3] == (("hi", 0), ("hi", 1), ("hi", 2))
    assert found.measures == {"cmi": 50.0, "switches": 4, "spf": 0.8, "share.hi": 0.5, "share.en": 0.5}
    assert found.matrix == "hi"


def test_a_loan_in_native_letters_is_not_of_the_side_that_writes_it_in_others() -> None:
    pair = pair_of(("en", "The office is closed"), ("hi", "दफ़्तर बंद है"))
    assert measurer().measure(brief_of(pair), "ऑफिस बंद है").langs == ("hi", "hi", "hi")


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("je ne sais pas kya karna hai yaar", "fr"),
        ("Ich gehe nach Hause, kal milte hain", "de"),
        ("main kal office nahi jaunga kyunki bus late thi", ""),
        ("kripya slowly boliye, wind ki wajah se aapki voice saaf nahi aa rahi.", ""),
        ("The meeting is at five and mujhe jaana hai", ""),
    ],
)
def test_a_run_of_another_language_is_seen(text: str, stranger: str) -> None:
    brief = Brief(id="1", languages=("hi", "en"), cmi=25, tolerance=5)
    langs = set(measurer("roman").measure(brief, text).langs) - {"hi", "en", "other", "ne"}
    assert langs == ({stranger} if stranger else set())


def test_words_of_the_source_are_never_strangers() -> None:
    pair = pair_of(("en", "He said je ne sais pas"), ("es", "Dijo je ne sais pas"))
    assert set(measurer(languages=("en", "es")).measure(brief_of(pair), "Dijo je ne sais pas").langs) <= {"es", "en"}


def test_of_as_many_tokens_the_language_asked_for_is_the_matrix() -> None:
    tied = measurer("roman").measure(
        Brief(id="1", languages=("en", "hi"), cmi=50, tolerance=5), "ghar chalo please now"
    )
    assert tied.cmi == 50.0
    assert tied.matrix == "en"
    assert measurer().measure(SPANISH, "... 12").matrix is None


def test_three_languages_are_shared_out() -> None:
    brief = Brief(id="1", languages=("hi", "en", "es"), cmi=40, tolerance=5)
    found = measurer("roman", ("hi", "en", "es")).measure(brief, "mujhe office jaana hai, gracias por todo")
    assert {"hi", "en", "es"} == {lang for lang in found.langs if lang != "other"}
    assert sum(float(found.measures[f"share.{lang}"] or 0) for lang in brief.languages) == pytest.approx(1, abs=1e-3)


def test_several_at_once_are_measured_as_each_alone() -> None:
    briefs = [brief_of(MEETING), SPANISH, Brief(id="2", languages=("hi", "en"), cmi=20, tolerance=5)]
    texts = ["meeting 12 बजे office में है", "me gusta the way you sing", "kal office band hai, je ne sais pas pourquoi"]
    several = measurer().measure_all(list(zip(briefs, texts, strict=True)))
    alone = [measurer().measure(brief, text) for brief, text in zip(briefs, texts, strict=True)]
    assert [(one.text, one.langs, one.measures) for one in several] == [
        (one.text, one.langs, one.measures) for one in alone
    ]


def test_what_was_swapped_in_keeps_its_tag_and_the_rest_is_tagged_again() -> None:
    tagger = AllEnglish()
    tool = TextMeasurer(tagger, PromptSettings(languages=("en", "hi")))
    edit = Edit(
        tokens=("yaar", "दफ़्तर", "में", "है", "!"),
        gaps=(False, True, True, True, False),
        origins=(None, ("hi", 3), ("hi", 4), ("hi", 5), None),
        langs=(None, "hi", None, None, None),
        changes=(("office", "दफ़्तर"),),
    )
    found = tool.remeasure(brief_of(MEETING), edit)
    assert found.text == "yaar दफ़्तर में है!"
    assert found.langs == ("en", "hi", "hi", "hi", "other")
    assert found.origins == edit.origins
    assert tagger.calls == [("hi", "en")]


WORDS = st.sampled_from(
    [*MEETING.source.tokens, *MEETING.target.tokens, "yaar", "office", "je", "ne", "sais", "pas", "!", "👍", "#x"]
)


@settings(deadline=None)
@given(st.lists(WORDS).map(" ".join) | st.text(max_size=30))
def test_lists_are_parallel_and_offsets_hold(text: str) -> None:
    found = measurer().measure(brief_of(MEETING), text)
    lists = (found.tokens, found.gaps, found.offsets, found.langs, found.probabilities, found.origins)
    assert len(set(map(len, lists))) == 1
    assert [text[start:end] for start, end in found.offsets] == list(found.tokens)
    assert found.cmi == pytest.approx(cmi(found.langs), abs=1e-4)
