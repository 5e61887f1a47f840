"""``cswitch prompt`` as a process: killed without warning, resumed by the same command, against a server that fails."""

from __future__ import annotations

import pytest

pytest.importorskip("aiohttp", reason="the extra llm is not installed")
pytest.importorskip("openai", reason="the extra llm is not installed")

from tests.generators.prompting.survival import FAULTS, Survived, survive

ROWS = 160
"""``python -m benchmarks.survival`` does the same with 2,000."""


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Survived:
    """A run with faults that was killed three times, and the same let alone by a server without faults."""
    return survive(tmp_path_factory.mktemp("survived"), ROWS, kills=3)


def test_it_was_really_killed_and_the_server_really_failed(survived: Survived) -> None:
    assert len(survived.kills) == 3
    figures = survived.figures
    assert 0.1 < sum(figures.faults.values()) / figures.requests < 0.3
    assert len(figures.faults) > len(FAULTS) / 2


def test_every_row_is_answered_or_rejected_with_a_reason_once(survived: Survived) -> None:
    figures = survived.figures
    assert figures.samples + sum(figures.rejects.values()) == figures.rows == ROWS
    assert (figures.missing, figures.doubled) == ([], [])
    assert figures.samples > 0.7 * ROWS
    assert figures.rejects


def test_no_answer_that_was_kept_is_asked_for_again(survived: Survived) -> None:
    assert survived.figures.paid_twice == []
    assert survived.figures.unexplained == []
    assert survived.again == 0


def test_tokens_are_summed_to_the_last(survived: Survived) -> None:
    assert survived.figures.usage == survived.figures.served
    assert survived.figures.usage[0] > 0


def test_the_output_is_that_of_a_run_that_was_let_alone(survived: Survived) -> None:
    assert survived.same == dict.fromkeys(survived.same, True)


def test_the_key_is_nowhere(survived: Survived) -> None:
    assert survived.traces == []
