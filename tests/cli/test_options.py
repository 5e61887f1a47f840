import pytest

from cswitch.cli.options import parse_pair
from cswitch.core.errors import UsageError


@pytest.mark.parametrize("text", ["", "en", "en-", "-hi", "enhi", "en-hi-es", "en--hi", "en hi"])
def test_what_is_not_two_languages_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not two languages; join their codes by a hyphen: --pair en-hi"):
        parse_pair(text)


def test_an_unknown_language_names_the_option_and_the_nearest_code() -> None:
    with pytest.raises(UsageError, match=r"--pair en-hindi: unknown language 'hindi'; did you mean 'hi' \(Hindi\)\?"):
        parse_pair("en-hindi")


def test_one_language_by_two_codes_is_one_language() -> None:
    with pytest.raises(UsageError, match="--pair es-spa names the same language twice"):
        parse_pair("es-spa")


def test_the_order_is_kept() -> None:
    assert parse_pair("hi-en") == ("hi", "en")
