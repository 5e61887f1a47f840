import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.client.secrets import Redactor, checked_url, is_loopback, public_url


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Incorrect API key provided: sk-proj-abc123XYZ.", "Incorrect API key provided: ***"),
        ("Incorrect API key provided: sk-abcde***********wxyz", "Incorrect API key provided: ***"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
        ("at http://me:pass@host:80/v1", "at http://***@host:80/v1"),
        ("GET /v1?api_key=abc&n=1", "GET /v1?api_key=***&n=1"),
        ('{"api_key": "abc", "n": 1}', '{"api_key": "***", "n": 1}'),
        ("token eyJhbGciOiJI.eyJzdWIi.SflKx", "token ***"),
        ("hf_abcdefghij and gsk_abcdefghij", "*** and ***"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, clean: str) -> None:
    assert Redactor().clean(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "This model's maximum context length is 4096 tokens, max_tokens=500",
        "basic plan: token limit reached, code=429",
        "the model is a sk 8 b one",
        "see https://host/docs",
    ],
)
def test_ordinary_messages_stay(text: str) -> None:
    assert Redactor(["", "the-key-itself"]).clean(text) == text


@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=40), st.text(), st.text()
)
def test_a_known_secret_never_comes_through(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    for form in (secret, f"Bearer {secret}", f"{secret}{secret}"):
        kept = redactor.clean(before + " " + form + " " + after)
        assert secret not in kept or secret in "*** Bearer"


def test_a_short_secret_is_hidden_where_it_stands_alone() -> None:
    assert Redactor(["ab"]).clean("ab is about cab ab") == "*** is about cab ***"


def test_the_form_of_a_secret_in_a_url_is_hidden() -> None:
    assert Redactor(["a/b+c=d?"]).clean("x=a%2Fb%2Bc%3Dd%3F") == "x=***"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://API.Example.com:443/v1/", "https://api.example.com/v1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://u:p@h/v1?k=1#f", "https://h/v1"),
    ],
)
def test_public_urls_are_in_one_form(url: str, public: str) -> None:
    assert public_url(url) == public == public_url(public)


@pytest.mark.parametrize(
    "url", ["", "localhost:8000/v1", "ftp://h/v1", "http://", "http://h:99999/v1", "http://a b/v1"]
)
def test_what_is_no_url_is_said(url: str) -> None:
    with pytest.raises(UsageError, match="is no URL of a server"):
        checked_url(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://me:hunter2222@h/v1", "holds a user name or password"),
        ("https://h/v1?api_key=hunter2222", "has a query"),
        ("https://h/v1/chat/completions", "names a method; give https://h/v1"),
    ],
)
def test_urls_that_cannot_be_meant_are_refused_without_their_secrets(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        checked_url(url)
    assert "hunter2222" not in str(caught.value)


def test_loopback_is_told_from_elsewhere() -> None:
    here = ("http://localhost/v1", "http://127.8.0.1:1/v1", "http://[::1]:2/v1")
    assert all(map(is_loopback, here))
    assert not any(map(is_loopback, ("http://10.0.0.1/v1", "http://localhost.evil.com/v1", "http://1270.com")))
