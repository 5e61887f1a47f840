"""``prompt --dry-run``: what a run would take, and one request as it would be sent; nothing is sent or written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from cswitch.core.contracts import Translated
from cswitch.core.text.join import join
from cswitch.generators.prompting.back import back_prompt, back_request
from cswitch.generators.prompting.contracts import Brief, Request, ScoreReply
from cswitch.generators.prompting.store.forecast import Asking, Forecast, Rendered, forecast, times_asked
from cswitch.generators.translating.llm import prompt_of, request_by
from cswitch.generators.translating.named import needs_chat, parse_spec
from cswitch.pipeline.prompt_access import Access, PriceList, check_access, places
from cswitch.pipeline.prompt_input import prepared, sides
from cswitch.pipeline.prompt_setup import Maker, asks_back, making
from cswitch.pipeline.prompt_source import Note, PromptSource
from cswitch.pipeline.readers import Row
from cswitch.schemas.prompting import Finding, PromptSettings
from cswitch.schemas.reject import Reject

SAMPLE = 200
"""Rows that are rendered."""
ACCEPTED = 0.7
"""Share of texts that a try is supposed to bring; what a model really does is known only from a run."""


_FORM = 120
"""UTF-8 bytes that say in which form to answer."""
_REMARK = "Some of the words would be said in the other language, and the order of the first clause is unusual."
_WORDS = "yaar kal ki meeting cancel ho gayi hai so let us go and watch that movie tonight"


class Seen(NamedTuple):
    """What a run would take."""

    rows: int
    """Rows of the input."""
    rejected: int
    """Rows among the first that would be rejected before anything is asked."""
    first: int
    """How many the first rows are."""
    found: Forecast
    """Requests, tokens and money."""
    currency: str
    request: Request | None
    """The first request; None when no row comes to one."""
    stand_in: bool
    """Whether the translation in it is only a stand-in."""


class _Rendering(NamedTuple):
    """Sizes of requests by what they are for."""

    write: list[Rendered]
    rewrite: list[Rendered]
    refine: list[Rendered]
    judges: dict[str, list[Rendered]]
    translate: list[Rendered]
    back: list[Rendered]


def look_ahead(
    source: PromptSource,
    settings: PromptSettings,
    access: Access,
    *,
    few_shot: str | None = None,
    note: Note = lambda line: None,
    batch: bool = False,
) -> Seen:
    """What a run would take, from its first rows.

    Args:
        source: The input.
        settings: From :func:`cswitch.pipeline.prompt_setup.settled`.
        access: Where the models would be; no key is needed.
        few_shot: Path of a tagged file that examples are drawn from.
        note: Called with one line about anything the user should know.
        batch: Whether requests would go into batches.

    Raises:
        UsageError: Something cannot be meant.
        InputError: The input cannot be read.
    """
    check_access(access, settings, keys=False)
    rows = source.rows(settings, note)
    first = list(islice(rows, SAMPLE))
    count = len(first) + sum(1 for _ in rows)
    stand_in = settings.source == "text" and needs_chat(settings.translator)
    with making(settings, few_shot, access.device) as maker:
        briefs, rejected = asyncio.run(_briefs(first, maker, stand_in))
        requests = [maker.prompts.write(brief, maker.prompts.plan(brief)) for brief in briefs]
        rendering = _rendered(maker, briefs, requests)
    if stand_in:
        translating, pair = request_by(prompt_of(parse_spec(settings.translator).target)), sides(settings)
        texts = (row.pair.texts[pair[0]] for row in first)
        rendering = rendering._replace(translate=[_size(translating(text, *pair)) for text in texts if text.strip()])
    prices = PriceList(access, settings)
    share = (len(first) - rejected) / len(first) if first else 0.0
    found = forecast(
        _askings(rendering, settings, access, prices), round(share * count * settings.per_pair), batch=batch
    )
    request = requests[0] if requests else None
    return Seen(count, rejected, len(first), found, prices.currency, request, stand_in)


def shown(request: Request) -> Iterator[str]:
    """The lines of a request, as it would be sent."""
    for message in request.messages:
        yield f"[{message.role}]"
        yield from message.content.split("\n")


async def _briefs(rows: Sequence[Row], maker: Maker, stand_in: bool) -> tuple[list[Brief], int]:
    """What the samples of rows are to be, and how many rows would be rejected."""
    preparer = maker.preparer(StandIn() if stand_in else None)
    briefs: list[Brief] = []
    rejected = 0
    async for item in prepared(iter(rows), preparer):
        if isinstance(item.work, Reject):
            rejected += 1
        else:
            briefs.extend(item.work or ())
    return briefs, rejected


class StandIn:
    """Stands in for a translator that would have to be paid: the text itself stands for its translation."""

    name = "stand-in"

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """The texts, marked so that they are not taken for the same."""
        return [Translated(f"{text} …", links=()) for text in texts]


def _rendered(maker: Maker, briefs: Sequence[Brief], requests: Sequence[Request]) -> _Rendering:
    """The sizes of all requests that rows may come to, as far as they can be told before there is an answer."""
    found = _Rendering(list(map(_size, requests)), [], [], {}, [], [])
    back = back_prompt() if asks_back(maker.settings) else None
    for brief in briefs:
        plan, text = maker.prompts.plan(brief), _some_text(brief)
        candidate = maker.measurer.measure(brief, text)
        finding, gap = Finding("cmi_missed"), maker.editor.gap(brief, candidate)
        found.rewrite.append(_size(maker.prompts.rewrite(brief, plan, candidate, [finding], gap, 0)))
        for judge in maker.prompts.judges:
            found.judges.setdefault(judge, []).append(_size(maker.prompts.judge(brief, candidate, judge)))
        if back is not None:
            found.back.append(_size(back_request(brief, text, back)))
        if maker.prompts.judges:
            verdicts = {judge: ScoreReply(1, _REMARK) for judge in maker.prompts.judges}
            found.refine.append(_size(maker.prompts.refine(brief, plan, candidate, verdicts, 0)))
    return found


def _some_text(brief: Brief) -> str:
    """A text as long as an answer may be: the longer side of the source, or some words a turn."""
    if brief.pair is None:
        return "\n".join([_WORDS] * brief.turns)
    sides = (join(side.tokens, side.gaps).text for side in (brief.pair.source, brief.pair.target))
    return max(sides, key=lambda text: len(text.encode()))


def _askings(found: _Rendering, settings: PromptSettings, access: Access, prices: PriceList) -> list[Asking]:
    """Requests by kind, with how often a row comes to them."""
    where = places(access, settings)
    writer, judge = prices.of(where[0]), prices.of(where[-1])
    times = times_asked(
        accepted=ACCEPTED,
        reprompts=settings.reprompts,
        refinements=settings.refinements,
        judged=bool(settings.judges),
    )
    a_text = 1 / settings.per_pair
    most = 1.0 + settings.reprompts + (settings.refinements if settings.judges else 0)
    return [
        Asking("write", found.write, times.write, writer),
        Asking("rewrite", found.rewrite, times.rewrite, writer),
        Asking("refine", found.refine, times.refine, writer),
        Asking("translate", found.translate, (a_text, a_text, 2 * a_text), writer),
        Asking("back", found.back, (1.0, 1.0, most), judge),
        *(Asking(name, sizes, times.judge, judge) for name, sizes in found.judges.items()),
    ]


def _size(request: Request) -> Rendered:
    return Rendered(sum(len(message.content.encode()) for message in request.messages) + _FORM, request.max_tokens)
