"""Chinese, Japanese and Thai words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.core.text import cjk
from cswitch.core.text.tokens import tokenise

EXAMPLES = {
    "zh": ("我今天很忙", ["我", "今天", "很", "忙"]),
    "ja": ("東京に住んでいる学生です", ["東京", "に", "住ん", "で", "いる", "学生", "です"]),
    "th": ("วันนี้ผมกินข้าวที่บ้าน", ["วันนี้", "ผม", "กินข้าว", "ที่", "บ้าน"]),
}


def needs(lang: str) -> None:
    if not cjk.installed(lang):
        pytest.skip(f"the extra cjk is not installed for {lang}")


@pytest.mark.parametrize("lang", cjk.LANGUAGES)
def test_words(lang: str) -> None:
    needs(lang)
    text, words = EXAMPLES[lang]
    assert cjk.segment(text, lang) == words


@pytest.mark.parametrize("lang", ["zh", "ja"])
def test_the_tokeniser_uses_the_segmenter(lang: str) -> None:
    needs(lang)
    text, words = EXAMPLES[lang]
    found = tokenise(f"{text}。iPhone！", lang)
    assert found.tokens == (*words, "。", "iPhone", "！")
    assert not any(found.gaps)
    assert all(
        f"{text}。iPhone！"[start:end] == token for token, (start, end) in zip(found.tokens, found.offsets, strict=True)
    )


@pytest.mark.parametrize("lang", cjk.LANGUAGES)
@settings(deadline=None, max_examples=60)
@given(text=st.text(st.characters(whitelist_categories=["Lo", "Lm", "Mn"], min_codepoint=0x3000, max_codepoint=0xFAFF)))
def test_nothing_is_lost(lang: str, text: str) -> None:
    needs(lang)
    assert "".join(cjk.segment(text, lang)) == text


@pytest.mark.parametrize("lang", cjk.LANGUAGES)
def test_no_length_is_too_much(lang: str) -> None:
    needs(lang)
    text = EXAMPLES[lang][0] * 4000
    assert "".join(cjk.segment(text, lang)) == text


@pytest.mark.parametrize("lang", cjk.LANGUAGES)
def test_a_mark_stays_with_its_letter(lang: str) -> None:
    needs(lang)
    words = cjk.segment("葛\U000e0100城が\u3099\u3099", lang)
    assert not any(word[0] in "\U000e0100\u3099" for word in words)


@pytest.mark.parametrize("lang", ["lo", "hi", "", "yue"])
def test_other_languages_have_no_segmenter(lang: str) -> None:
    assert not cjk.installed(lang)
    with pytest.raises(UsageError, match="known: zh, ja, th"):
        cjk.segment("x", lang)


def test_a_missing_segmenter_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cjk.LANGUAGES, "xx", ("no_such_segmenter",))
    with pytest.raises(MissingExtraError, match=r'pip install "cswitch\[cjk\]"'):
        cjk.segment("我", "xx")
    assert tokenise("我们", "xx").tokens == ("我", "们")
    cjk.installed.cache_clear()
