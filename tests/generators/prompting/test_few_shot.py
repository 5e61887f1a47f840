"""Examples: real mixed texts, near to the CMI asked for, never the row's own source."""

from __future__ import annotations

from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import InputError
from cswitch.generators.prompting.few_shot import LONGEST, Examples, Rated
from cswitch.generators.prompting.variables import Shot

WORDS = "uno dos tres cuatro cinco seis siete ocho nueve diez".split()
Tagged = tuple[list[str], list[str]]


def mixed(embedded: int, total: int = 10, name: str = "x") -> Tagged:
    """An utterance of so many Spanish words, the last ones in English."""
    tokens = [f"{word}{name}" for word in WORDS[: total - embedded]] + [f"word{name}{n}" for n in range(embedded)]
    return tokens, ["es"] * (total - embedded) + ["en"] * embedded


def examples(*items: Tagged, wanted: int = 1, **changes: object) -> Examples:
    asked = {"languages": ("es", "en"), "wanted": wanted, "path": "real.tsv", **changes}
    return Examples.of_tokens(items, **asked)  # type: ignore[arg-type]


MANY = [mixed(1 + n % 5, name=str(n)) for n in range(400)]


@given(st.text(), st.integers(0, 12), st.one_of(st.none(), st.floats(0, 60)))
@settings(deadline=None)
def test_draws_are_distinct_and_depend_on_the_key_alone(key: str, count: int, near: float | None) -> None:
    pool = examples(*MANY[:30])
    drawn = pool.draw(count, key, near_cmi=near)
    assert drawn == pool.draw(count, key, near_cmi=near)
    assert len(set(drawn)) == len(drawn) == count


def test_fewer_come_where_there_are_not_so_many() -> None:
    assert len(examples(*MANY[:3]).draw(10, "k")) == 3
    assert len(examples(*MANY[:3]).draw(10, "k", near_cmi=20)) == 3


def test_examples_near_the_cmi_asked_for_are_likelier() -> None:
    pool = examples(*MANY)

    def average(near: float) -> float:
        texts = [text for n in range(60) for text in pool.draw(3, str(n), near_cmi=near)]
        return mean(100 * sum(word.startswith("word") for word in text.split()) / 10 for text in texts)

    assert average(10) < 20 < 35 < average(50)


def test_every_request_gets_others() -> None:
    pool = examples(*MANY)
    assert len({pool.draw(2, str(n), near_cmi=25) for n in range(20)}) > 15


def test_the_rows_own_source_is_never_shown() -> None:
    pool = examples(*MANY[:6])
    own = pool.draw(1, "k")[0]
    assert own not in pool.draw(6, "k", avoid=[own.upper() + " !"])
    assert len(pool.draw(6, "k", near_cmi=20, avoid=[own])) == 5


def test_long_monolingual_and_foreign_texts_are_passed_over() -> None:
    long = mixed(5, 10)[0] * 7, mixed(5, 10)[1] * 7
    assert len(long[0]) > LONGEST
    foreign = ["hola", "my", "ami"], ["es", "en", "fr"]
    pool = examples(long, mixed(0), foreign, (["si", "ok"], ["es", "other"]), mixed(2), mixed(2))
    assert len(pool) == 1


def test_texts_are_joined_as_people_type_them() -> None:
    pool = examples((["¿", "Vienes", "to", "the", "party", "?"], ["other", "es", "en", "en", "en", "other"]))
    assert pool.draw(1, "k") == ("¿Vienes to the party?",)


def test_labels_of_other_schemes_are_read() -> None:
    pool = examples((["Mañana", "tengo", "meeting"], ["SPA", "spanish", "eng"]))
    assert len(pool) == 1


def test_only_the_script_asked_for_is_shown() -> None:
    items = [(["घर", "जाना", "late"], ["hi", "hi", "en"]), (["ghar", "jana", "late"], ["hi", "hi", "en"])]
    for script, text in (("native", "घर जाना late"), ("roman", "ghar jana late")):
        pool = examples(*items, languages=("hi", "en"), script=script)
        assert pool.draw(3, "k") == (text,)
    assert len(examples(*items, languages=("hi", "en"))) == 2


@pytest.mark.parametrize(
    ("items", "changes", "said"),
    [
        (
            [mixed(3)],
            {"languages": ("hi", "en")},
            "real.tsv: no token is tagged hi; its tags are en, es; give a file of real",
        ),
        ([(["a", "b"], ["lang1", "lang2"])], {}, "real.tsv: tag 'lang1' of text 1 names no language; write codes of"),
        ([mixed(3), (["a"], ["LABEL_0"])], {}, "real.tsv: tag 'LABEL_0' of text 2 names no language"),
        ([], {}, "real.tsv: no token is tagged es; its tags are none"),
        ([mixed(3)], {"wanted": 2}, "real.tsv: 1 of its texts mix es-en, 2 are to be shown; lower --shots"),
        ([mixed(0), (["ok"], ["en"])], {}, "real.tsv: 0 of its texts mix es-en, 1 are to be shown"),
        (
            [(["ghar", "late"], ["hi", "en"])],
            {"languages": ("hi", "en"), "script": "native"},
            "real.tsv: 0 of its texts mix hi-en, 1 are to be shown; 1 more are not in the native script",
        ),
    ],
)
def test_tags_that_do_not_fit_are_one_line(items: list[Tagged], changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        examples(*items, **changes)  # type: ignore[arg-type]
    assert str(caught.value).startswith(said)


def rated(source: str, word: str, *ratings: float) -> Rated:
    return Rated(f"él dice {word}", ["él", "dice", word], ["es", "es", "en"], ratings, source)


POOL = [
    rated("the cat sleeps on the sofa", "sofa", 2, 2),
    rated("the cat sleeps on the roof", "roof", 5, 5),
    rated("prices went up again", "prices", 5, 5),
    rated("prices went down again", "prizes", 1, 1),
]


def pool(*items: Rated, wanted: int = 1) -> Examples:
    return Examples(items or POOL, languages=("es", "en"), wanted=wanted, path="rated.jsonl")


def test_the_best_rated_of_those_like_the_source_come_first() -> None:
    shown = pool().best(2, ["the cat sleeps in the garden"])
    assert [shot.source for shot in shown] == ["the cat sleeps on the roof", "prices went up again"]
    assert [shot.source for shot in pool().best(1, ["prices went sideways again"])] == ["prices went up again"]
    assert shown == pool(*reversed(POOL)).best(2, ["the cat sleeps in the garden"])


def test_where_ratings_are_alike_likeness_decides_and_the_other_way_round() -> None:
    alike = [item._replace(ratings=(3,)) for item in POOL]
    assert pool(*alike).best(1, ["a dog on our sofa, the sofa"])[0].text == "él dice sofa"
    assert pool().best(4, ["zzz"])[-1].text == "él dice prizes"


def test_a_source_is_never_shown_its_own_example() -> None:
    assert "the cat sleeps on the roof" not in [
        shot.source for shot in pool().best(4, ["The cat sleeps on the roof.", "El gato duerme en el techo."])
    ]


def test_several_peoples_ratings_count_by_their_mean() -> None:
    split = [rated("one thing said", "alpha", 5, 1), rated("one thing said too", "beta", 4, 4)]
    assert pool(*split).best(1, ["zzz"])[0].text == "él dice beta"


def test_without_a_source_the_text_itself_is_compared() -> None:
    bare = [item._replace(source="", ratings=(1,)) for item in POOL]
    assert pool(*bare).best(1, ["you said sofa"])[0] == Shot("", "él dice sofa")
