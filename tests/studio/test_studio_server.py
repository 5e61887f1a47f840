"""The server that the other tests of this folder stand on."""

from __future__ import annotations

from tests.studio.studio_server import OWNER, LabelStudio


def test_the_owner_is_known_by_either_token_also_after_a_restart(label_studio: LabelStudio) -> None:
    personal = label_studio.personal_token
    assert label_studio.call("GET", "/api/current-user/whoami")["email"] == OWNER.email
    label_studio.restart()
    assert label_studio.call("POST", "/api/token/refresh/", {"refresh": personal})["access"]


def test_an_annotator_signs_up_and_has_a_token_of_their_own(label_studio: LabelStudio) -> None:
    newcomer = label_studio.sign_up("newcomer@example.org")
    assert label_studio.call("GET", "/api/current-user/whoami", token=newcomer.token)["email"] == "newcomer@example.org"
    assert newcomer.token != OWNER.token
