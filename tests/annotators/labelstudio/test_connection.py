"""A server over HTTP, through the package of Label Studio: what is asked, what goes wrong, and that no key is told."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from cswitch.annotators.labelstudio.access import Access, access, checked_url
from cswitch.annotators.labelstudio.connection import Connection
from cswitch.annotators.labelstudio.faults import Refused, ServerGone
from cswitch.annotators.labelstudio.pushing import push_tasks
from cswitch.cli.main import main
from cswitch.core.errors import CswitchError, MissingExtraError, UsageError
from tests.annotators.labelstudio.fake_studio import KEY, LABELLING, Manners, Studio, sample, serving, task, token

OTHER = "f" * 40


@pytest.fixture
def sdk() -> None:
    pytest.importorskip("label_studio_sdk", reason="label-studio-sdk is not installed")


@pytest.fixture
def studio() -> Studio:
    studio = Studio()
    studio.make({"title": "Hinglish", "label_config": LABELLING.xml()})
    return studio


@pytest.fixture
def manners() -> Manners:
    return Manners()


@pytest.fixture
def url(sdk: None, studio: Studio, manners: Manners) -> Iterator[str]:
    with serving(studio, manners) as address:
        yield address


def connected(url: str, key: str = KEY, timeout: float = 30.0) -> Connection:
    return Connection(Access(url, key, "MY_KEY"), timeout=timeout, wait=lambda seconds: None)


def failure(url: str, key: str = KEY, timeout: float = 30.0) -> CswitchError:
    with pytest.raises(CswitchError) as told, connected(url, key, timeout) as server:
        server.project(1)
    assert key not in repr(told.value) + str(told.value)
    return told.value


def test_address_and_key_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:8080/")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", f" {KEY}\n")
    monkeypatch.setenv("MINE", OTHER)
    assert access() == Access("http://127.0.0.1:8080", KEY)
    assert access("https://label.example.org", "MINE") == Access("https://label.example.org", OTHER, "MINE")
    assert KEY not in repr(access())


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("LABEL_STUDIO_URL", None, "no Label Studio server is named"),
        ("LABEL_STUDIO_API_KEY", None, r"no key in \$LABEL_STUDIO_API_KEY"),
        ("LABEL_STUDIO_API_KEY", f"{KEY} {KEY}", r"what \$LABEL_STUDIO_API_KEY holds is no key"),
        ("LABEL_STUDIO_API_KEY", f"{KEY}é", r"what \$LABEL_STUDIO_API_KEY holds is no key"),
    ],
)
def test_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, fault: str) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:8080")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    monkeypatch.delenv(name)
    if value is not None:
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=fault) as told:
        access()
    assert KEY not in str(told.value)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("127.0.0.1:8080", "is no address of a server; write http://127"),
        ("ftp://host", "is no address of a server; write http://host"),
        ("http://", "is no address of a server"),
        ("http://host:port", "is no address of a server"),
        ("http://me:secret@host", "holds a user name or a password"),
        ("http://host/projects?page=1", "is the address of a page; write http://host"),
    ],
)
def test_addresses_that_cannot_be_meant(url: str, fault: str) -> None:
    with pytest.raises(UsageError, match=fault) as told:
        checked_url(url)
    assert "secret" not in str(told.value)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "label_studio_sdk", None)
    with pytest.raises(MissingExtraError, match=r'pip install "cswitch\[studio\]"'):
        connected("http://127.0.0.1:1").__enter__()


def test_everything_that_is_asked_of_a_server(url: str, studio: Studio) -> None:
    with connected(url) as server:
        assert server.users() == {1: "a@example.org", 2: "b@example.org"}
        made = server.create_project({"title": "Spanglish", "maximum_annotations": 2})
        assert server.update_project(made["id"], {"title": "Spanish"})["title"] == "Spanish"
        assert [project["title"] for project in server.projects("Hing")] == ["Hinglish"]
        assert server.project(1)["label_config"] == LABELLING.xml()
        assert server.import_tasks(1, json.dumps([task(0), task(1), task(2)]).encode()) == [1, 2, 3]
        assert [found["data"]["id"] for found in server.tasks(1, after=1)] == ["s1", "s2"]
        server.delete_tasks(1, [2])
        studio.annotate(1, [{"from_name": "lang", "type": "labels", "value": {"labels": ["hi"]}}])
        assert server.used(1) == {"lang": {"hi": 1}}
        for everything, count in ((False, 1), (True, 2)):
            file = BytesIO(b"what was there before")
            server.export(1, file, everything=everything)
            assert len(json.loads(file.getvalue())) == count


def test_tasks_are_listed_page_by_page(url: str, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cswitch.annotators.labelstudio.connection.PAGE", 4)
    studio.bring(1, [task(number) for number in range(10)])
    with connected(url) as server:
        assert [found["id"] for found in server.tasks(1)] == list(range(1, 11))


@pytest.mark.usefixtures("sdk")
def test_a_personal_access_token_is_exchanged_again_when_it_has_run_out(studio: Studio, manners: Manners) -> None:
    manners.lives = -1.0
    with serving(studio, manners) as url, connected(url, token("refresh")) as server:
        server.project(1)
        list(server.tasks(1))
    assert manners.refreshes >= 3
    assert all(key.startswith("Bearer ") for key in manners.keys)
    assert len(set(manners.keys)) == len(manners.keys)


@pytest.mark.usefixtures("sdk")
def test_a_personal_access_token_is_exchanged_once_while_it_lives(studio: Studio, manners: Manners) -> None:
    with serving(studio, manners) as url, connected(url, token("refresh")) as server:
        for _ in range(3):
            server.project(1)
    assert manners.refreshes == 1


def test_a_token_that_has_run_out_for_good(url: str) -> None:
    error = failure(url, token("refresh", -100.0))
    assert "refuses the key in $MY_KEY: API key has expired" in str(error)


def test_a_key_that_is_refused(url: str) -> None:
    error = failure(url, OTHER)
    assert isinstance(error, UsageError)
    assert "refuses the key in $MY_KEY: Invalid token; copy it anew" in str(error)


@pytest.mark.usefixtures("sdk")
def test_where_nothing_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        error = failure(f"http://127.0.0.1:{free.getsockname()[1]}")
    assert isinstance(error, ServerGone)
    assert "nothing answers at http://127.0.0.1" in str(error)


def test_where_something_else_answers(url: str, manners: Manners) -> None:
    assert "is no Label Studio server; give the address alone" in str(failure(f"{url}/projects"))
    manners.page = True
    assert "is no Label Studio server" in str(failure(url))
    assert "is no Label Studio server" in str(failure(url, token("refresh")))


def test_where_one_is_sent_on(url: str, manners: Manners) -> None:
    manners.location = "https://label.example.org/"
    assert "sends on to https://label.example.org/; give the address" in str(failure(url))


def test_a_server_that_does_not_answer_in_time(url: str, manners: Manners) -> None:
    manners.silent = 0.3
    assert "did not answer in time (checking the key)" in str(failure(url, timeout=0.05))


def test_questions_are_put_again_but_imports_are_not(url: str, manners: Manners) -> None:
    with connected(url) as server:
        for status in (503, 429, 0):
            manners.status = [status, status]
            assert server.project(1)["id"] == 1
        manners.requests.clear()
        manners.status = [503, 200]
        with pytest.raises(ServerGone, match="is too busy for importing"):
            server.import_tasks(1, b"[]")
        manners.status = [0, 200]
        with pytest.raises(ServerGone, match="stopped in the middle of importing"):
            server.import_tasks(1, b"[]")
        assert manners.requests == ["POST /api/projects/1/import"] * 2


def test_an_export_that_was_cut_is_fetched_again(url: str, studio: Studio, manners: Manners) -> None:
    studio.bring(1, [task(number) for number in range(50)])
    manners.cut_export = 2
    file = BytesIO()
    with connected(url) as server:
        server.export(1, file, everything=True)
        assert len(json.loads(file.getvalue())) == 50
        manners.cut_export = 9
        with pytest.raises(ServerGone, match="stopped in the middle of exporting project 1"):
            server.export(1, file, everything=True)


def test_a_project_that_is_gone(url: str) -> None:
    with connected(url) as server:
        for ask in (
            lambda: server.project(7),
            lambda: server.import_tasks(7, b"[]"),
            lambda: server.export(7, BytesIO()),
            lambda: server.used(7),
            lambda: server.update_project(7, {"title": "abc"}),
        ):
            with pytest.raises(UsageError, match="there is no project 7 on http"):
                ask()


@pytest.mark.parametrize("status", [400, 403, 413, 500])
def test_no_refusal_tells_the_key(url: str, manners: Manners, status: int) -> None:
    with connected(url) as server:
        manners.status = [status]
        with pytest.raises(CswitchError) as told:
            server.import_tasks(1, b"[]")
    assert KEY not in str(told.value) + repr(told.value.__dict__)


def test_what_the_server_says_of_predictions_is_told(url: str, studio: Studio) -> None:
    studio.faults = ["refused"]
    with connected(url) as server, pytest.raises(Refused, match="predictions: no; 0 tasks of this run have arrived"):
        push_tasks(server, 1, [task(0)])


def test_a_push_over_broken_connections_brings_each_once(url: str, studio: Studio, manners: Manners) -> None:
    studio.faults = ["half", "unheard", "", "lost", "failed"]
    with connected(url) as server:
        push_tasks(server, 1, map(task, range(40)), chunk=7, wait=lambda seconds: None)
    assert sorted(row["data"]["id"] for row in studio.rows[1].values()) == sorted(f"s{at}" for at in range(40))


@pytest.fixture
def shell(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("LABEL_STUDIO_URL", url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    monkeypatch.setattr("cswitch.annotators.labelstudio.connection._FIRST_WAIT", 0.0)
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps(sample(number)) for number in range(20)]
    Path("in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Path("guide.md").write_text("# Read\n", encoding="utf-8")
    return url


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["studio", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_commands_one_after_the_other(shell: str, studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    setup = ["init", "-p", "Urdlish", "--pair", "ur-en", "--overlap", "2", "--guidelines", "guide.md"]
    status, _, err = run(capsys, *setup)
    assert (status, err) == (0, f"project 2, Urdlish: made\n{shell}/projects/2\n")
    assert run(capsys, *setup)[2].startswith("project 2, Urdlish: unchanged")
    push = ["push", "in.jsonl", "-p", "Hinglish", "--batch", "first", "--blind", "0.5"]
    status, _, err = run(capsys, *push, "--limit", "5")
    assert (status, len(studio.rows[1])) == (0, 5)
    status, out, _ = run(capsys, *push, "--json")
    report = json.loads(out)
    assert (report["sent"], report["there"], report["title"], len(studio.rows[1])) == (15, 5, "Hinglish", 20)
    shown = next(at for at, row in studio.rows[1].items() if row["predictions"])
    studio.annotate(shown, studio.rows[1][shown]["predictions"][0]["result"])
    status, _, err = run(capsys, "pull", "-p", "Hinglish", "-o", "out.jsonl")
    assert (status, err.splitlines()[0]) == (0, "1 sample in out.jsonl, 1 judgement: a@example.org 1")
    record = json.loads(Path("out.jsonl").read_text(encoding="utf-8"))
    assert record["judgements"][0]["langs"] == ["hi", "en", "hi", None]
    status, out, _ = run(capsys, "status", "-p", "1")
    assert (status, "0% of 1" in out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["push", "in.jsonl", "-p", "Nobody"], "there is no project 'Nobody'"),
        (["push", "nothing.jsonl", "-p", "1"], "nothing.jsonl: no such file"),
        (["pull", "-p", "9", "-o", "out.jsonl"], "there is no project 9"),
        (["pull", "-p", "1", "-o", "in.jsonl"], "in.jsonl: exists already"),
        (["pull", "-p", "1", "-o", "-", "--json"], "would both go to stdout"),
        (["init", "-p", "abc"], "no labels are named"),
        (["init", "-p", "abc", "--pair", "hi-en", "--labels", "hi"], "exclude each other"),
        (["init", "-p", "abc", "--pair", "hi-en", "--guidelines", "no.md"], "no.md: no such file"),
        (["status", "-p", "1", "--key-env", "NO_SUCH"], "no key in $NO_SUCH"),
        (["status", "-p", "1", "--url", "http://127.0.0.1:9"], "nothing answers at http://127.0.0.1:9"),
    ],
)
def test_wrong_use_is_one_line(
    shell: str, capsys: pytest.CaptureFixture[str], arguments: list[str], fault: str
) -> None:
    status, _, err = run(capsys, *arguments)
    assert (status in (1, 2), fault in err, err.count("\n")) == (True, True, 1)
    assert sorted(path.name for path in Path().iterdir()) == ["guide.md", "in.jsonl"]


def test_a_pull_that_fails_leaves_no_file_and_a_second_pull_refuses(
    shell: str, studio: Studio, manners: Manners, capsys: pytest.CaptureFixture[str]
) -> None:
    from cswitch.pipeline.locked_files import PartFile

    Path("out.jsonl").write_text("before\n", encoding="utf-8")
    part = PartFile(Path("out.jsonl").resolve())
    part.open()
    arguments = ["pull", "-p", "1", "-o", "out.jsonl", "--force"]
    assert "another run is writing" in run(capsys, *arguments)[2]
    part.remove()
    studio.bring(1, [task(0)])
    studio.annotate(1, [])
    manners.cut_export = 9
    assert "stopped in the middle of exporting" in run(capsys, *arguments)[2]
    assert Path("out.jsonl").read_text(encoding="utf-8") == "before\n"
    manners.cut_export = 0
    assert run(capsys, *arguments)[0] == 0
    assert json.loads(Path("out.jsonl").read_text(encoding="utf-8"))["id"] == "s0"
    assert sorted(path.name for path in Path().iterdir()) == ["guide.md", "in.jsonl", "out.jsonl"]


def test_a_record_that_does_not_fit_is_told_with_its_line(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[Any] = [sample(0), {**sample(1), "langs": ["hi", "xx", "hi", "other"]}]
    Path("in.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    status, _, err = run(capsys, "push", "in.jsonl", "-p", "1")
    assert (status, "in.jsonl:2: sample s1: prediction 1: unknown label 'xx'" in err) == (2, True)


def test_a_configuration_edited_by_hand_is_told_at_a_push(
    shell: str, studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.held[1]["label_config"] = LABELLING.xml().replace("#56b4e9", "#ff0000")
    assert "is other than cswitch writes it" in run(capsys, "push", "in.jsonl", "-p", "1")[2]
    studio.held[1]["label_config"] = "<View/>"
    status, _, err = run(capsys, "push", "in.jsonl", "-p", "1")
    assert (status, "Text 'text' is missing" in err) == (2, True)


@pytest.mark.parametrize("order", ["random", "uncertainty", "diverse"])
def test_samples_come_in_the_order_asked_for_and_only_the_first(
    shell: str, studio: Studio, capsys: pytest.CaptureFixture[str], order: str
) -> None:
    records = [{**sample(number), "probabilities": [1 - number / 50] * 4} for number in range(20)]
    Path("in.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    push = ["push", "in.jsonl", "-p", "1", "--order", order, "--limit", "6"]
    assert run(capsys, *push)[0] == 0
    there = [row["data"]["id"] for row in studio.rows[1].values()]
    assert len(set(there)) == 6
    if order == "uncertainty":
        assert there == [f"s{number}" for number in range(19, 13, -1)]
    assert "6 there already" in run(capsys, *push)[2]
    assert [row["data"]["id"] for row in studio.rows[1].values()] == there
