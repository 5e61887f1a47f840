"""Texts and samples in another script: which of their words by which converter, and the text put together again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import east_asian_width

from cswitch.core.contracts import Romaniser
from cswitch.core.measures.tags import NEUTRAL
from cswitch.core.noise.splice import splice
from cswitch.core.text.scripts import UNSPACED, languages, script_of
from cswitch.core.text.tokens import tokenise
from cswitch.core.transliteration.variety import vary

if TYPE_CHECKING:
    from cswitch.schemas.sample import Sample

_STOPS = frozenset(",.;:!?")


class Record(NamedTuple):
    """Words to be converted together."""

    key: str
    """What the record is; all that is drawn for it depends on this."""
    tokens: Sequence[str]
    """Tokens in order."""
    langs: Sequence[str]
    """The language by which each token is converted; nothing for one that stays."""


Convert = Callable[[Sequence[Record]], list[list[str]]]
"""Writes the words of records in another script: a word a token."""


def romanised(
    records: Sequence[Record], romanisers: Mapping[str, Romaniser], variety: float = 0.0, seed: int = 0
) -> list[list[str]]:
    """The tokens of records in Latin letters, those of all records at once: a romaniser is quickest with many.

    Args:
        records: What to convert.
        romanisers: Romaniser by language; tokens of other languages stay.
        variety: Share of words, 0 to 1, for which a spelling is drawn; see :func:`vary`.
        seed: The user's seed.

    >>> from cswitch.core.transliteration import romaniser_for
    >>> romanised([Record("1", ["я", "know"], ["ru", ""])], {"ru": romaniser_for("ru")})
    [['ya', 'know']]
    """
    out = [list(record.tokens) for record in records]
    for lang, romaniser in romanisers.items():
        places = [[at for at, tag in enumerate(record.langs) if tag == lang] for record in records]
        words = [[record.tokens[at] for at in found] for record, found in zip(records, places, strict=True)]
        flat = iter(romaniser.romanise([word for each in words for word in each]))
        for index, (record, found) in enumerate(zip(records, places, strict=True)):
            spelt = [next(flat) for _ in found]
            if variety:
                spelt = vary(words[index], romaniser, variety, (seed, record.key, lang))
            for at, word in zip(found, spelt, strict=True):
                out[index][at] = word
    return out


def rewrite_texts(texts: Sequence[str], lang: str, convert: Convert, keys: Sequence[str]) -> list[str]:
    """Texts with the words of one language converted, everything between tokens kept.

    Args:
        texts: Lines of text.
        lang: The language all tokens are taken for.
        convert: Writes the words.
        keys: What each text is.
    """
    found = [tokenise(text, lang) for text in texts]
    records = [Record(key, each.tokens, [lang] * len(each.tokens)) for key, each in zip(keys, found, strict=True)]
    rewritten = []
    for text, each, words in zip(texts, found, convert(records), strict=True):
        rewritten.append(splice(text, each.offsets, words, parted(each.tokens, words))[0])
    return rewritten


def rewrite_samples(
    samples: Sequence[Sample], langs: Callable[[Sample], Sequence[str]], convert: Convert, script: str
) -> list[Sample]:
    """Samples with words converted: new tokens, text and offsets; tags, origins and measures as they were.

    Args:
        samples: Any samples.
        langs: The language by which each token of a sample is converted; nothing for one that stays.
        convert: Writes the words.
        script: ``roman`` or ``native``, for the provenance.
    """
    from msgspec.structs import replace

    records = [Record(sample.id, sample.tokens, langs(sample)) for sample in samples]
    done = []
    for sample, tokens in zip(samples, convert(records), strict=True):
        text, offsets = splice(sample.text, sample.offsets, tokens, parted(sample.tokens, tokens))
        provenance = replace(sample.provenance, script=script)
        done.append(replace(sample, tokens=tokens, text=text, offsets=offsets, provenance=provenance))
    return done


def parted(before: Sequence[str], after: Sequence[str]) -> set[int]:
    """Indices of words that need a space before them, now that a script without spaces has become one with spaces.

    >>> sorted(parted(["我", "回", "家", "，", "你", "呢"], ["wo", "hui", "jia", ",", "ni", "ne"]))
    [1, 2, 4, 5]
    """
    found = set()
    for at in range(1, len(after)):
        if after[at][0].isalnum() and (_is_wide_stop(before[at - 1], after[at - 1]) or _touch(before, after, at)):
            found.add(at)
    return found


def _touch(before: Sequence[str], after: Sequence[str], at: int) -> bool:
    """Whether a word and the one before it would melt into one, since one of them had no need of spaces."""
    spelt_out = any(before[n] != after[n] and script_of(before[n]) in UNSPACED for n in (at - 1, at))
    return spelt_out and after[at - 1][-1].isalnum()


def _is_wide_stop(before: str, after: str) -> bool:
    """Whether a mark that held its own space has become one that does not."""
    return before != after and after in _STOPS and east_asian_width(before[0]) in "WF"


def is_romanisable(lang: str) -> bool:
    """Whether a tag names a language that is written in another script than Latin.

    >>> [is_romanisable(tag) for tag in ("hi", "es", "sr", "other")]
    [True, False, True, False]
    """
    known = languages().get(lang)
    return known is not None and any(script != "Latn" for script in known.scripts)


def converted_by(sample: Sample, tags: frozenset[str] | None = None) -> list[str]:
    """The language by which each token is to be converted: its tag; nothing where it stays.

    A mark, a name or another token without language goes with the side it comes from, or with the first language of
    the sample that has a script of its own.

    Args:
        sample: Any sample.
        tags: Convert only tokens with these tags; None for all.
    """
    first = next(filter(is_romanisable, sample.languages), "")
    out = []
    for tag, origin in zip(sample.langs, sample.origins, strict=True):
        if tags is not None and tag not in tags:
            out.append("")
        elif tag in NEUTRAL:
            side = origin[0] if origin and is_romanisable(origin[0]) else first
            out.append(side)
        else:
            out.append(tag if is_romanisable(tag) else "")
    return out
