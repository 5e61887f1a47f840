"""Where a server is and what its key is."""

from __future__ import annotations

import copy
import os

import pytest

from cswitch.core.errors import UsageError
from cswitch.generators.prompting.client.connection import address

KEY = "sk-address-71c2"


def test_the_key_is_that_of_the_environment_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    other = copy.deepcopy(os.environ)  # as datasets does when it maps with several processes
    monkeypatch.setattr(os, "environ", other)
    other["CSWITCH_TEST_KEY"] = KEY
    try:
        found = address("https://models.example/v1", key_env="CSWITCH_TEST_KEY")
    finally:
        del other["CSWITCH_TEST_KEY"]
    assert found.key == KEY
    assert KEY not in repr(found)


@pytest.mark.parametrize("given", [{}, {"CSWITCH_TEST_KEY": " "}])
def test_without_a_key_it_says_where_one_goes(given: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"no key for .*; set the environment variable CSWITCH_TEST_KEY"):
        address("https://models.example/v1", key_env="CSWITCH_TEST_KEY", environ=given)
