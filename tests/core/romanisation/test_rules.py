"""What rules alone do with each script, and the code of sounds they stand on."""

from __future__ import annotations

import pytest

from cswitch.core.romanisation.indic import BLOCKS, heard, to_devanagari
from cswitch.core.romanisation.writing import writing


@pytest.mark.parametrize(
    ("iso", "lang", "word", "latin"),
    [
        ("Deva", "hi", "समझना", "samajhna"),
        ("Deva", "mr", "शाळा", "shala"),
        ("Deva", "sa", "राम", "rama"),
        ("Beng", "bn", "বাংলা", "bangla"),
        ("Beng", "bn", "ছাত্র", "chatro"),
        ("Beng", "bn", "যদি", "jodi"),
        ("Beng", "bn", "সময়", "somoy"),
        ("Guru", "pa", "ਪੱਕਾ", "pakka"),
        ("Guru", "pa", "ਮੁੰਡਾ", "munda"),
        ("Gujr", "gu", "નમસ્તે", "namaste"),
        ("Taml", "ta", "வணக்கம்", "vanakkam"),
        ("Taml", "ta", "தமிழ்", "thamizh"),
        ("Telu", "te", "మంచి", "manchi"),
        ("Telu", "te", "కమల", "kamala"),
        ("Knda", "kn", "ಕನ್ನಡ", "kannada"),
        ("Mlym", "ml", "മലയാളം", "malayalam"),
        ("Mlym", "ml", "അത്", "athu"),
        ("Mlym", "ml", "അവൻ", "avan"),
        ("Arab", "ur", "وقت", "waqt"),
        ("Arab", "ur", "بازار", "bazar"),
        ("Arab", "ur", "دوست", "dost"),
    ],
)
def test_rules_alone_spell_plain_words(iso: str, lang: str, word: str, latin: str) -> None:
    script = writing(iso)
    assert script.rules(script.sounds(script.clean(word), lang), lang) == latin


@pytest.mark.parametrize("iso", sorted(BLOCKS.keys() - {"Deva"}))
def test_letters_become_letters_of_devanagari(iso: str) -> None:
    table = to_devanagari(iso)
    assert len(table) > 40
    assert all(BLOCKS[iso] <= letter < BLOCKS[iso] + 0x80 for letter in table)
    assert all(BLOCKS["Deva"] <= ord(char) < BLOCKS["Deva"] + 0x80 for code in table.values() for char in code)


@pytest.mark.parametrize(
    ("iso", "lang", "word", "other_iso", "other_lang", "other"),
    [
        ("Beng", "bn", "কমলা", "Deva", "hi", "कमला"),
        ("Gujr", "gu", "ગુજરાત", "Deva", "hi", "गुजरात"),
        ("Telu", "te", "కమల", "Knda", "kn", "ಕಮಲ"),
    ],
)
def test_a_word_that_two_scripts_write_alike_sounds_alike(
    iso: str, lang: str, word: str, other_iso: str, other_lang: str, other: str
) -> None:
    assert heard(word, iso, lang) == heard(other, other_iso, other_lang)
