"""Words with the spelling that people give them, language by language."""

from __future__ import annotations

from importlib.util import find_spec
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cswitch.core.contracts import Romaniser, VariedRomaniser
from cswitch.core.errors import MissingExtraError, UsageError
from cswitch.core.registry import names
from cswitch.core.text.scripts import languages, script_of
from cswitch.core.text.tokens import tokenise
from cswitch.core.transliteration import romanise_tokens, romaniser_for
from cswitch.core.transliteration.dispatch import romaniser_name
from cswitch.core.transliteration.records import is_romanisable

OURS = {"abjad", "anyascii", "hangul", "jyutping", "kana", "letters", "pinyin", "thai"}
MODULES = {"jyutping": "ToJyutping", "kana": "sudachipy", "pinyin": "pypinyin", "thai": "pythainlp"}

TYPED = {
    "ru": "привет=privet хорошо=horosho Россия=Rossiya что=chto ещё=esche красивый=krasiviy Юля=Yulya США=SSHA день=den объект=obekt",
    "uk": "дякую=dyakuyu Київ=Kyiv їжа=yizha добрий=dobryy гарно=harno щось=shchos",
    "be": "дзякуй=dzyakuy добры=dobry",
    "bg": "благодаря=blagodarya къща=kashta България=Bulgaria какво=kakvo",
    "sr": "здраво=zdravo љубав=ljubav шта=sta ђак=djak Београд=Beograd хвала=hvala",
    "mk": "здраво=zdravo ќе=kje љубов=ljubov",
    "kk": "сәлем=salem рақмет=rakmet жақсы=jaksy",
    "tg": "раҳмат=rahmat",
    "mn": "баярлалаа=bayarlalaa",
    "el": "καλημέρα=kalimera ευχαριστώ=efxaristo αυτοκίνητο=aftokinito αύριο=avrio μπύρα=byra άνθρωπος=anthropos και=kai Γιάννης=Giannis τσάι=tsai ντομάτα=domata",
    "hy": "բարեւ=barev Երևան=Yerevan ինչպես=inchpes",
    "ka": "გამარჯობა=gamarjoba მადლობა=madloba როგორ=rogor",
    "am": "ሰላም=selam አመሰግናለሁ=amesegnalehu",
    "si": "ආයුබෝවන්=ayubowan ඔයාට=oyata",
    "or": "ନମସ୍କାର=namaskar",
    "ar": "السلام=elsalam عليكم=3alaykom كيف=keef المدرسة=almadrasa مكتب=maktab قلب=qalb جميلة=jamila كتاب=kitab حبيبي=habibi عامل=3amel البيت=albet ٣=3",
    "arz": "ازيك=ezayak ايه=eh عايز=3ayez النهارده=elnaharda جميل=gamil البيت=elbet",
    "ary": "بزاف=bzaf واش=wach",
    "fa": "سلام=salam خوبی=khoobi می‌خوام=mikham دوست=doost تهران=tehran دانشگاه=danshgah مرسی=mersi",
    "ckb": "سڵاو=slaw چۆنی=choni",
    "ug": "رەھمەت=rehmet ياخشىمۇسىز=yaxshimusiz",
    "he": "שלום=shalom תודה=toda ספר=sefer הספר=hasefer לבית=lebayit ירושלים=yerushalayim בוקר=boker מחשב=machshev",
    "yi": "שלום=sholem געלט=gelt",
    "ko": "안녕하세요=annyeonghaseyo 한국=hanguk 감사합니다=gamsahamnida 사랑해=saranghae 같이=gachi 신라=silla 종로=jongno 백마=baengma 왕십리=wangsimni"
    " 좋아=joa 못해=motae 닭=dak 없어=eopseo 괜찮아=gwaenchana 해돋이=haedoji 압구정=apgujeong 울릉=ulleung 많이=mani 전화=jeonhwa 오빠=oppa 먹었어=meogeosseo",
    "ja": "学校=gakkou ありがとう=arigatou は=wa コーヒー=kohi 東京=tokyo 食べました=tabemashita マッチャ=matcha 友達=tomodachi シェア=shea 新しい=atarashii",
    "zh": "我们=women 银行=yinhang 行走=xingzou 觉得=juede 女人=nvren 得=de 頭髮=toufa 重庆=chongqing ，=, 。=.",
    "yue": "食飯=sikfaan 聽日=tingjat 唔該=mgoi 香港=hoenggong 我=ngo",
    "th": "สวัสดี=sawasdee ครับ=krub ขอบคุณ=khobkhun ไม่เป็นไร=maipenrai ประเทศไทย=prathetthai",
    "lo": "ສະບາຍດີ=sabaidee",
    "my": "မင်္ဂလာပါ=mingalaba",
    "km": "សួស្តី=suosdey",
}  # fmt: skip


def romaniser(lang: str) -> Romaniser:
    """The romaniser of a language; the test is left out where its extra or a neighbouring module is missing."""
    name = romaniser_name(lang)
    if name not in OURS:
        pytest.skip(f"the romaniser {name} has its own tests")
    if name in MODULES and find_spec(MODULES[name]) is None:
        pytest.skip(f"{MODULES[name]} is not installed")
    return romaniser_for(lang)


@pytest.mark.parametrize("lang", TYPED)
def test_words_are_spelt_as_people_type_them(lang: str) -> None:
    pairs = [pair.rpartition("=")[::2] for pair in TYPED[lang].split()]
    assert romaniser(lang).romanise([word for word, _ in pairs]) == [latin for _, latin in pairs]


ROMANISABLE = sorted(filter(is_romanisable, languages()))


@pytest.mark.parametrize("lang", ROMANISABLE)
def test_every_language_with_a_script_of_its_own_has_a_romaniser(lang: str) -> None:
    assert romaniser_name(lang) in names("romaniser")


@pytest.mark.parametrize("lang", ROMANISABLE)
def test_latin_numbers_and_marks_come_back(lang: str) -> None:
    stay = ["office", "Café", "42", "3.5", "!", "...", "🙂", "@asha", "don't", "’", "“", "👍🏽", ":)"]
    assert romaniser(lang).romanise(stay) == stay


LETTERS = "привіт ёђқ καλή ϊ Բև ქარ ሰላም سلام ‌می ةئ שלום ״ 안녕값 学校がっこうー々 我们行 食咗 สวัสดีเ ສະ မင် ស្ត ආයු ନମସ୍ ᱡᱚ བཀྲ a é 4 ٣ ' - \u200d \u0301 ㅋ"


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(["ru", "el", "ar", "fa", "he", "yi", "ko", "am", "si", "km", "sat", "bo", "nan"]), st.text(LETTERS.replace(" ", ""), min_size=1, max_size=8))
def test_no_word_vanishes_and_no_letter_of_another_script_is_left(lang: str, word: str) -> None:
    found = romaniser_for(lang)
    (latin,) = found.romanise([word])
    assert latin
    assert not any(character.isspace() for character in latin)
    assert not any(character.isalpha() and script_of(character) not in ("Latn", "Zyyy") for character in latin), latin
    assert found.romanise([latin]) == [latin] or any(category(c)[0] == "M" for c in latin)
    assert isinstance(found, VariedRomaniser)
    (spellings,) = found.variants([word])
    assert spellings[0][0] == latin
    assert sum(share for _, share in spellings) == pytest.approx(1)
    assert all(share <= spellings[0][1] + 1e-9 for _, share in spellings)
    assert len({spelt for spelt, _ in spellings}) == len(spellings)


def test_variants_are_other_spellings_people_use() -> None:
    spelt = {spelling for spelling, _ in romaniser_for("ru").variants(["хорошо"])[0]}  # type: ignore[attr-defined]
    assert {"horosho", "khorosho", "xorosho"} <= spelt
    greek = {spelling for spelling, _ in romaniser_for("el").variants(["ευχαριστώ"])[0]}  # type: ignore[attr-defined]
    assert {"efxaristo", "euxaristo", "efharisto"} <= greek


def test_capitals_are_kept() -> None:
    assert romaniser_for("ru").romanise(["ЧТО", "Щука", "Ю", "МакДак"]) == ["CHTO", "Schuka", "Yu", "MakDak"]


def test_a_korean_name_that_joins_two_sounds() -> None:
    assert romaniser_for("ko").romanise(["한국A반", "2층"]) == ["hangukAban", "2cheung"]


@pytest.mark.parametrize(("lang", "message"), [("es", "es (Spanish) is written in Latin letters"), ("xx", "unknown")])
def test_a_language_without_romaniser_is_refused(lang: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(").replace(")", r"\)")):
        romaniser_for(lang)


@pytest.mark.parametrize(("lang", "module"), [("zh", "pypinyin"), ("yue", "ToJyutping"), ("th", "pythainlp")])
def test_a_missing_extra_is_named(lang: str, module: str) -> None:
    if find_spec(module):
        pytest.skip(f"{module} is installed")
    with pytest.raises(MissingExtraError, match="romanise"):
        romaniser_for(lang)


def test_only_tokens_whose_tag_asks_for_it_are_converted() -> None:
    tokens, langs = ["да", "κι", "да", "ok", "."], ["ru", "el", "en", "ru", "other"]
    assert romanise_tokens(tokens, langs, {"ru": romaniser_for("ru")}) == ["da", "κι", "да", "ok", "."]
    assert romanise_tokens(tokens, langs, {}) == tokens


def test_a_japanese_text_is_cut_and_read_together() -> None:
    tokens = tokenise("お願いします", "ja").tokens
    assert "".join(romaniser("ja").romanise(tokens)) in ("onegaishimasu",)
