"""Words of Chinese and Japanese, through the extra ``cjk``.

Chinese is segmented by jieba (MIT licence), Japanese by SudachiPy with SudachiDict-core (both Apache-2.0), in its short
units, those of Universal Dependencies.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from unicodedata import category

from cswitch.core.errors import MissingExtraError, UsageError

LANGUAGES = {"zh": ("jieba",), "ja": ("sudachipy", "sudachidict_core")}
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
        text: Han or kana, as long as you like.
        lang: ``zh`` or ``ja``.

    Raises:
        UsageError: No segmenter is known for the language.
        MissingExtraError: The extra ``cjk`` is not installed.

    >>> segment("กขค", "th")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: no segmenter for language 'th'; known: zh, ja
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
    return _jieba() if lang == "zh" else _sudachi()


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
