"""FreeDict dictionaries, made here: both formats, and what may be wrong with them."""

from __future__ import annotations

import gzip
import string
from pathlib import Path

import pytest

from cswitch.core.errors import InputError
from cswitch.core.freedict import languages_of
from cswitch.core.lexicon import Lexicon, read_lexicon

DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
ARTICLES = {
    "00-database-short": "English-Hindi FreeDict Dictionary",
    "house": 'house /haʊs/ <N>\n1. घर, मकान\n      "a big house"\n2. सदन [Pol.]\n',
    "light": "light\nहल्का; see: {heavy}\n",
    "house of cards": "house of cards\nताश~का~महल\n",
    "empty": "empty /x/\n\n Plural of {emptiness}: void\n",
}
TEI = """<?xml version="1.0"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>
<entry><form><orth>house</orth><pron>haʊs</pron></form>
<sense><cit type="trans"><quote>घर</quote></cit><cit type="trans"><quote>मकान, सदन</quote></cit>
<cit type="example"><quote>a big house</quote></cit></sense></entry>
<entry><form><orth>Good  morning</orth></form>
<sense><cit type="trans"><quote>सुप्रभात (formal)</quote></cit></sense></entry>
</body></text></TEI>
"""


def base64(number: int) -> str:
    digits = DIGITS[number % 64]
    while number := number // 64:
        digits = DIGITS[number % 64] + digits
    return digits


def dictd(folder: Path, *, packed: bool = True) -> Path:
    text, index = b"", []
    for word, article in ARTICLES.items():
        data = article.encode()
        index.append(f"{word}\t{base64(len(text))}\t{base64(len(data))}")
        text += data
    path = folder / "freedict-eng-hin.index"
    path.write_text("\n".join(index) + "\n", encoding="utf-8")
    (folder / "freedict-eng-hin.dict.dz").write_bytes(gzip.compress(text)) if packed else (
        folder / "freedict-eng-hin.dict"
    ).write_bytes(text)
    return path


def pairs(path: Path) -> set[tuple[str, str]]:
    return {(word, t.word) for word, t in read_lexicon(path).entries}


@pytest.mark.parametrize("packed", [True, False])
def test_dictd(tmp_path: Path, packed: bool) -> None:
    path = dictd(tmp_path, packed=packed)
    wanted = {
        ("house", "घर"),
        ("house", "मकान"),
        ("house", "सदन"),
        ("light", "हल्का"),
        ("house of cards", "ताश का महल"),
    }
    assert wanted <= pairs(path)
    assert not {word for word, _ in pairs(path)} & {"00-database-short", "empty"}
    assert "see:" not in {other for _, other in pairs(path)}
    assert pairs(path.with_suffix(".dict.dz" if packed else ".dict")) == pairs(path)
    probs = [t.prob for word, t in read_lexicon(path).entries if word == "house"]
    assert probs == sorted(probs, reverse=True)
    assert 0 < probs[-1] < probs[0] < 1


def test_tei(tmp_path: Path) -> None:
    path = tmp_path / "eng-hin.tei"
    path.write_text(TEI, encoding="utf-8")
    assert pairs(path) == {("house", "घर"), ("house", "मकान"), ("house", "सदन"), ("good morning", "सुप्रभात")}


def test_a_dictionary_adds_to_what_is_shipped_either_way_round(tmp_path: Path) -> None:
    shipped = Lexicon.load("en", "hi").translations("house")
    path = dictd(tmp_path)
    found = Lexicon.load("en", "hi", extra=[path]).translations("house")
    assert set(shipped) <= set(found)
    assert {"घर", "मकान", "सदन"} <= {t.word for t in found}
    assert "house of cards" in Lexicon.load("en", "hi", extra=[path])
    assert "ताश का महल" in Lexicon.load("hi", "en", extra=[path])
    with pytest.raises(InputError, match="a lexicon of en-hi, not of en-es"):
        Lexicon.load("en", "es", extra=[path])


def test_a_dictionary_whose_name_says_nothing_is_of_the_pair(tmp_path: Path) -> None:
    path = tmp_path / "mine.tei"
    path.write_text(TEI, encoding="utf-8")
    assert read_lexicon(path).languages is None
    assert [t.word for t in Lexicon.load("en", "xx", extra=[path]).translations("good morning")] == ["सुप्रभात"]


@pytest.mark.parametrize(
    ("name", "languages"),
    [("freedict-swh-eng.index", ("sw", "en")), ("deu-eng.tei", ("de", "en")), ("a-b.tei", None), ("qqq-www.tei", None)],
)
def test_names_say_the_languages(name: str, languages: tuple[str, str] | None) -> None:
    assert languages_of(Path(name)) == languages


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    path = dictd(tmp_path)
    text = path.with_suffix(".dict.dz")
    text.write_bytes(gzip.compress(b"short"))
    with pytest.raises(InputError, match=r"eng-hin\.index:\d+: leads beyond the end"):
        read_lexicon(path)
    text.write_bytes(b"not packed")
    with pytest.raises(InputError, match=r"eng-hin\.dict\.dz"):
        read_lexicon(path)
    text.unlink()
    with pytest.raises(InputError, match=r"eng-hin\.dict\.dz: No such file"):
        read_lexicon(path)
    dictd(tmp_path)
    path.write_text("house\tA\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"eng-hin\.index:1: not a line of a dictd index"):
        read_lexicon(path)
    tei = tmp_path / "eng-hin.tei"
    tei.write_text("<TEI><entry>", encoding="utf-8")
    with pytest.raises(InputError, match=r"eng-hin\.tei:1: not XML"):
        read_lexicon(tei)
    with pytest.raises(InputError, match=r"none\.tei: No such file"):
        read_lexicon(tmp_path / "none.tei")
