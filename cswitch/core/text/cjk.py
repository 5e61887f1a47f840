"""Chinese and Japanese words, through the extra ``cjk``: jieba (MIT) and SudachiPy with its core dictionary (Apache-2.0)."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

from cswitch.core.errors import MissingExtraError, UsageError

LANGUAGES = {"zh": ("jieba",), "ja": ("sudachipy", "sudachidict_core")}
"""The languages that can be segmented, and the modules it takes."""


def installed(lang: str) -> bool:
    """Whether the segmenter of a language is here; nothing is imported.

    >>> installed("hi")
    False
    """
    return all(find_spec(module) for module in LANGUAGES[lang]) if lang in LANGUAGES else False


def segment(text: str, lang: str) -> list[str]:
    """The words of unspaced text; joined without spaces they give the text back.

    Args:
        text: Han or kana, white space and marks allowed.
        lang: ``zh`` or ``ja``.

    Raises:
        UsageError: No segmenter is known for the language.
        MissingExtraError: The extra ``cjk`` is not installed.
    """
    if lang not in LANGUAGES:
        raise UsageError(f"no segmenter for language {lang!r}", hint=f"known: {', '.join(LANGUAGES)}")
    if not installed(lang):
        raise MissingExtraError(f"segmenting {lang!r}", extra="cjk")
    return _segmenter(lang)(text)


@cache
def _segmenter(lang: str) -> Callable[[str], list[str]]:
    return _jieba() if lang == "zh" else _sudachi()


def _jieba() -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        # jieba imports pkg_resources and has invalid escapes; neither is its caller's concern.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    return lambda text: list(tokenizer.cut(text))


def _sudachi() -> Callable[[str], list[str]]:
    from sudachipy import Dictionary, SplitMode

    tokenizer = Dictionary(dict="core").create(mode=SplitMode.A)
    return lambda text: [morpheme.surface() for morpheme in tokenizer.tokenize(text)]
