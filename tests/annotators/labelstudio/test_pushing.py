"""Each sample arrives once, whatever breaks on the way."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.annotators.labelstudio.faults import Refused, ServerGone
from cswitch.annotators.labelstudio.pushing import Pushed, push_tasks
from cswitch.core.errors import InputError, RunError
from tests.annotators.labelstudio.fake_studio import FAULTS, LABELLING, InProcess, Studio, task


def studio_with_project() -> Studio:
    studio = Studio()
    studio.make({"title": "Hinglish", "label_config": LABELLING.xml()})
    return studio


def ids(studio: Studio, project: int = 1) -> list[str]:
    return [row["data"]["id"] for row in studio.rows[project].values()]


def push(studio: Studio, tasks: Any, **options: Any) -> Pushed:
    return push_tasks(InProcess(studio), 1, tasks, **{"chunk": 3, "wait": lambda seconds: None, **options})


WANTED = [f"s{number}" for number in range(10)]


@pytest.fixture
def studio() -> Studio:
    return studio_with_project()


@pytest.mark.parametrize("ahead", [True, False])
def test_tasks_arrive_in_order_and_a_second_push_brings_nothing(studio: Studio, ahead: bool) -> None:
    first = push(studio, map(task, range(10)), ahead=ahead)
    second = push(studio, map(task, range(12)), ahead=ahead)
    assert ids(studio) == [f"s{number}" for number in range(12)]
    assert (first.samples, first.sent, first.there, second.sent, second.there) == (10, 10, 0, 2, 10)
    assert studio.imports == [3, 3, 3, 1, 2]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", range(4))
def test_a_failed_import_is_made_again_only_for_what_has_not_arrived(studio: Studio, fault: str, at: int) -> None:
    studio.faults = [""] * at + [fault]
    pushed = push(studio, map(task, range(10)))
    assert sorted(ids(studio)) == WANTED
    assert pushed.sent == 10


@given(
    st.lists(st.sampled_from(["", *FAULTS]), max_size=12),
    st.lists(st.integers(0, 10), max_size=3),
    st.integers(1, 5),
)
def test_however_it_breaks_and_is_run_again_each_sample_is_there_once(
    faults: list[str], stops: list[int], chunk: int
) -> None:
    studio = studio_with_project()
    studio.faults = [*faults]

    def until(stop: int) -> Iterator[dict[str, Any]]:
        yield from map(task, range(stop))
        raise KeyboardInterrupt

    for stop in stops:
        with pytest.raises((KeyboardInterrupt, RunError)):
            push(studio, until(stop), chunk=chunk)
    studio.faults.clear()
    push(studio, map(task, range(10)), chunk=chunk)
    assert sorted(ids(studio)) == WANTED


def test_an_import_that_is_carried_out_late_leaves_nothing_twice(studio: Studio) -> None:
    server = InProcess(studio)
    late: list[bytes] = []
    import_tasks = server.import_tasks

    def slow(project: int, tasks: bytes) -> list[int]:
        if not late:
            late.append(tasks)
            raise ServerGone("no answer in time")
        if len(late) == 1:  # the server comes round to the first request only now
            late.append(tasks)
            import_tasks(project, late[0])
        return import_tasks(project, tasks)

    server.import_tasks = slow  # type: ignore[method-assign]
    pushed = push_tasks(server, 1, map(task, range(10)), chunk=10, wait=lambda seconds: None)
    assert sorted(ids(studio)) == WANTED
    assert pushed.removed == 10


def test_an_import_between_look_and_end_is_noticed_by_the_number_of_tasks(studio: Studio) -> None:
    server = InProcess(studio)
    held = server.project
    asked: list[int] = []

    def late(project: int) -> dict[str, Any]:
        asked.append(project)
        if len(asked) == 2:  # the last look before the end
            studio.bring(1, [task(3)])
        return held(project)

    server.project = late  # type: ignore[method-assign]
    assert push_tasks(server, 1, map(task, range(10)), chunk=4).removed == 1
    assert ids(studio) == WANTED


def test_two_pushes_one_between_the_other_leave_each_sample_once(studio: Studio) -> None:
    other = iter(range(0, 10, 4))

    def between() -> None:
        studio.before_import = lambda: None
        for number in other:
            studio.bring(1, [task(at) for at in range(number, min(number + 4, 10))])
            break
        studio.before_import = between

    studio.before_import = between
    push(studio, map(task, range(10)))
    assert sorted(ids(studio)) == WANTED


def test_pushes_at_once_leave_each_sample_once(studio: Studio) -> None:
    threads = [Thread(target=push, args=(studio, [task(number) for number in range(60)])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ids(studio)) == sorted(f"s{number}" for number in range(60))


def test_of_two_tasks_the_one_with_annotations_stays(studio: Studio) -> None:
    studio.bring(1, [task(0), task(0), task(1), task(1), task(2), task(2)])
    for number in (2, 5, 6):
        studio.annotate(number, [])
    pushed = push(studio, [task(0)])
    assert list(studio.rows[1]) == [2, 3, 5, 6]
    assert (pushed.removed, pushed.doubled, pushed.sent, pushed.there) == (2, 1, 0, 1)


def test_what_comes_from_elsewhere_stays_and_is_counted(studio: Studio) -> None:
    studio.bring(1, [{"data": {"text": "a"}}, {"data": {"id": 3, "text": "a"}}])
    assert push(studio, [task(0)]).foreign == 2
    assert len(studio.rows[1]) == 3


def test_a_sample_with_another_text_is_left_and_told(studio: Studio) -> None:
    push(studio, [task(0)])
    pushed = push(studio, [task(0, text="main hoon")])
    assert (pushed.sent, pushed.there, pushed.changed) == (0, 1, 1)
    assert studio.rows[1][1]["data"]["text"] == "main happy hoon !"


def test_another_round_is_another_task(studio: Studio) -> None:
    again = task(0)
    again["data"]["round"] = 2
    assert push(studio, [task(0), again]).sent == 2


def test_predictions_of_a_project_have_one_version(studio: Studio) -> None:
    tasks = [task(number) for number in range(2)]
    tasks[1]["predictions"] = [{**tasks[1]["predictions"][0], "model_version": name} for name in ("x", "y")]
    push(studio, tasks)
    versions = [[each["model_version"] for each in row["predictions"]] for row in studio.rows[1].values()]
    assert versions == [["cswitch"], ["cswitch", "y"]]
    assert studio.held[1]["model_version"] == "cswitch"  # only predictions of this version are shown
    assert studio.rows[1][2]["data"]["made_by"] == "x"


def test_the_version_of_a_project_is_kept(studio: Studio) -> None:
    studio.held[1]["model_version"] = "older"
    push(studio, [task(0)])
    assert studio.rows[1][1]["predictions"][0]["model_version"] == "older"


def test_blind_tasks_have_no_prediction_and_are_counted(studio: Studio) -> None:
    assert push(studio, [task(0), task(1, blind=True)]).blind == 1
    assert [len(row["predictions"]) for row in studio.rows[1].values()] == [1, 0]


def test_a_request_that_is_too_large_is_halved(studio: Studio) -> None:
    studio.largest = 3
    push(studio, map(task, range(10)), chunk=10)
    assert sorted(ids(studio)) == WANTED
    assert studio.imports[0] == 10


def test_what_is_refused_is_told_with_what_has_arrived(studio: Studio) -> None:
    studio.faults = ["", "refused"]
    with pytest.raises(Refused, match="no; 3 tasks of this run have arrived: what is there is not sent again"):
        push(studio, map(task, range(10)))
    assert push(studio, map(task, range(10))).sent == 7


def test_a_server_that_stays_away_is_told_after_some_tries(studio: Studio) -> None:
    studio.faults = [""] + ["lost"] * 5
    waited: list[float] = []
    with pytest.raises(ServerGone, match="the server stopped; 3 tasks of this run have arrived"):
        push(studio, map(task, range(10)), wait=waited.append)
    assert waited == sorted(waited)
    assert push(studio, map(task, range(10))).sent == 7


def test_a_sample_given_twice(studio: Studio) -> None:
    assert push(studio, [task(0), task(0)]).repeated == 1
    with pytest.raises(InputError, match="sample s1 is given twice with different texts"):
        push(studio, [task(1), task(1, text="hoon")])
    with pytest.raises(InputError, match="a task has no id, text and tokens"):
        push(studio, [{"data": {"text": "a"}}])


def test_a_fault_of_the_input_ends_the_push_after_what_came_before(studio: Studio) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield from map(task, range(3))
        raise InputError("not JSON", path="in.jsonl", line=4)

    with pytest.raises(InputError, match=r"in\.jsonl:4: not JSON"):
        push(studio, broken())
    assert len(ids(studio)) == 3
