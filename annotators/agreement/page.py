"""One HTML page of agreement that needs nothing but a browser: no script, no request, everything inside."""

from __future__ import annotations

from cswitch.annotators.agreement import page_parts as parts
from cswitch.annotators.agreement.markup import Html, el, join
from cswitch.annotators.agreement.page_style import STYLE
from cswitch.annotators.agreement.results import Agreement

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Even markup that slipped through could neither run nor fetch."""


def page(found: Agreement) -> str:
    """The page.

    Names, texts and tags are data: they are escaped, and keep their direction of writing to themselves.
    """
    intervals = (
        f"Intervals of {100 * found.confidence:g} % by {found.bootstrap:,} resamples of the tasks, seed {found.seed}."
        if found.bootstrap
        else "No intervals were asked for."
    )
    summary = (
        f"{found.tasks:,} tasks, {found.tokens:,} tokens, {found.judgements:,} judgements by "
        f"{len(found.annotators):,} annotators. {intervals}"
    )
    body = el(
        "main",
        el("h1", "How far annotators agree"),
        el("p", summary, class_="soft"),
        parts.cards(found),
        parts.measures(found),
        parts.periods(found),
        parts.confusion(found),
        parts.people(found),
        parts.pairs(found),
        parts.suggestions(found),
        parts.disputed(found),
        parts.signatures(found),
    )
    return f"<!doctype html>\n{el('html', _head(), el('body', body), lang='en')}\n"


def _head() -> Html:
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", "How far annotators agree"),
        join(Html(f"<style>{STYLE}</style>")),
    )
