"""Words of Chinese, Japanese and Thai, through the extra ``cjk``.

Chinese is segmented by jieba (MIT licence), Japanese by SudachiPy with SudachiDict-core (both Apache-2.0), in its short
units, those of Universal Dependencies; Thai by PyThaiNLP (Apache-2.0), by longest matching over its dictionary within
the clusters of letters that cannot be parted. None of them downloads anything.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from unicodedata import category

from cswitch.core.errors import MissingExtraError, UsageError

LANGUAGES = {"zh": ("jieba",), "ja": ("sudachipy", "sudachidict_core"), "th": ("pythainlp",)}
"""The languages that can be segmented, and the modules each needs."""

_PIECE = 8_000
"""Code points given to a segmenter at once; SudachiPy takes 49,149 bytes at most."""


@cache
def installed(lang: str) -> bool:
    """Whether the segmenter of a language is here; nothing is imported.

    >>> installed("hi")
    False
    """
    return lang in LANGUAGES and all(find_spec(module) for module in LANGUAGES[lang])


def segment(text: str, lang: str) -> list[str]:
    """The words of unspaced text; joined without spaces they give the text back.

    Args:
        text: Han, kana or Thai, as long as you like.
        lang: ``zh``, ``ja`` or ``th``.

    Raises:
        UsageError: No segmenter is known for the language.
        MissingExtraError: The extra ``cjk`` is not installed.

    >>> segment("ກຂຄ", "lo")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: no segmenter for language 'lo'; known: zh, ja, th
    """
    if lang not in LANGUAGES:
        raise UsageError(f"no segmenter for language {lang!r}", hint=f"known: {', '.join(LANGUAGES)}")
    if not installed(lang):
        raise MissingExtraError(f"segmenting {lang!r}", extra="cjk")
    cut = _segmenter(lang)
    words: list[str] = []
    for start in range(0, len(text), _PIECE):
        for word in cut(text[start : start + _PIECE]):
            if words and category(word[0])[0] == "M":  # a segmenter may part a mark from its letter
                words[-1] += word
            else:
                words.append(word)
    return words


@cache
def _segmenter(lang: str) -> Callable[[str], list[str]]:
    """The function that cuts; the dictionary is loaded once, in half a second."""
    return {"zh": _jieba, "ja": _sudachi, "th": _newmm}[lang]()


def _jieba() -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        # jieba imports the deprecated pkg_resources and has invalid escapes; neither is its caller's concern.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    return lambda text: list(tokenizer.cut(text))


def _sudachi() -> Callable[[str], list[str]]:
    from sudachipy import Dictionary, SplitMode

    dictionary = Dictionary(dict="core")
    # ``tokenizer`` came with 0.7, which warns of ``create``.
    tokenizer = getattr(dictionary, "tokenizer", dictionary.create)(mode=SplitMode.A)
    return lambda text: [morpheme.surface() for morpheme in tokenizer.tokenize(text)]


def _newmm() -> Callable[[str], list[str]]:
    from pythainlp.tokenize.newmm import segment as cut

    return lambda text: list(cut(text))
