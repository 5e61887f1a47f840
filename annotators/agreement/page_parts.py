"""The sections of the page."""

from __future__ import annotations

from cswitch.annotators.agreement.markup import Child, Html, el, join, name, table
from cswitch.annotators.agreement.page_charts import over_time, span
from cswitch.annotators.agreement.results import Agreement, Dispute, DisputedToken, Estimate

_TITLES = {
    "tokens": "tokens",
    "contested": "contested tokens",
    "switches": "switch points",
    "naturalness": "naturalness",
    "decision": "decision",
}


def cards(found: Agreement) -> Html:
    """The numbers one looks for first."""
    measures = found.measures
    several = sum(tasks for annotators, tasks in found.judged.items() if annotators > 1)
    shown: list[tuple[str, str, str]] = [
        (number(measures["tokens"].alpha.value), "alpha of tokens", bounds(measures["tokens"].alpha)),
        (number(measures["contested"].alpha.value), "alpha of contested tokens", bounds(measures["contested"].alpha)),
        (number(measures["switches"].alpha.value), "alpha of switch points", bounds(measures["switches"].alpha)),
        (f"{several:,}", "tasks judged by two or more", f"of {found.tasks:,}, by {len(found.annotators):,} annotators"),
    ]
    if "naturalness" in measures:
        rating = measures["naturalness"].alpha
        shown.insert(3, (number(rating.value), "ordinal alpha of naturalness", bounds(rating)))
    return el("div", *(el("div", el("b", big), el("span", what), el("span", more), class_="card")
                       for big, what, more in shown), class_="cards")  # fmt: skip


def measures(found: Agreement) -> Html:
    """What annotators agree on, and on which label."""
    rows: list[list[Child]] = []
    for one in found.measures.values():
        ac1 = "" if one.ac1 is None else number(one.ac1.value)
        title = _title(one.name)
        rows.append([name(title), f"{one.compared:,}", *_alpha(one.alpha), ac1, _bar(one.agreement)])
        if one.alpha_interval is not None:
            rows.append([f"{title}, as numbers", f"{one.compared:,}", *_alpha(one.alpha_interval), "", ""])
    labels: list[list[Child]] = [
        [join(name(label.label), None if kind == "tokens" else f" ({_title(kind)})"), f"{label.given:,}",
         *_alpha(label.alpha), _bar(label.specific)]
        for kind, one in found.measures.items()
        if kind != "contested"
        for label in one.labels
    ]  # fmt: skip
    heads: list[Child] = ["", "compared", "alpha", "95 % interval", "", "AC1", "agreement"]
    return _section(
        "What annotators agree on",
        "Alpha is 1 when all agree and 0 when they agree no more than chance would have it. From .80 (strong zone) "
        "conclusions are safe, from .667 (faint zone) tentative (Krippendorff, 2004). Contested tokens are words "
        "whose language their script does not decide.",
        table(heads, rows),
        table(
            ["", "given", "alpha", "95 % interval", "", "specific agreement"], labels, "Each label against the others"
        ),
    )


def periods(found: Agreement) -> Html:
    """Alpha over time."""
    rows: list[list[Child]] = [
        [name(one.name), f"{one.first} – {one.last}" if one.first else "", f"{one.tasks:,}",
         f"{len(one.annotators):,}", *_alpha(one.alpha)]
        for one in found.periods
    ]  # fmt: skip
    drift = found.drift
    said = (
        f"The last {found.by} differs from the first by {drift.value:+.3f} {bounds(drift)}."
        if drift.value is not None
        else f"No drift can be told: {drift.reason}."
    )
    heads: list[Child] = [found.by, "days", "tasks", "annotators", "alpha", "95 % interval", ""]
    return _section(f"By {found.by}", said, over_time(found.periods), table(heads, rows))


def confusion(found: Agreement) -> Html | None:
    """Which tags are given to the same tokens, as a map of shares of the row."""
    labels = found.confusion_labels
    apart = [sum(row) - row[place] for place, row in enumerate(found.confusion)]
    if not any(apart):
        return None
    top = max(
        times / max(sum(row), 1) for own, row in enumerate(found.confusion) for other, times in enumerate(row)
        if own != other
    )  # fmt: skip
    rows = []
    for own, row in enumerate(found.confusion):
        cells = [_heat(times, max(sum(row), 1), top, own == other) for other, times in enumerate(row)]
        rows.append(el("tr", el("th", name(labels[own]), scope="row"), *cells))
    head = el("tr", el("th", "", scope="col"), *(el("th", name(label), scope="col") for label in labels))
    drawn = el("table", el("thead", head), el("tbody", *rows), class_="heat")
    return _section(
        "What is taken for what",
        "Row: the tag of one annotator. Cell: how often another gave the token the tag of the column, as a share of "
        "the row. Stronger is more often; the striped cells are agreement.",
        el("div", drawn, class_="scroll", tabindex="0", role="region", aria_label="Confusions"),
    )


def pairs(found: Agreement) -> Html | None:
    """Every two annotators."""
    rows: list[list[Child]] = [
        [join(name(one.annotators[0]), " & ", name(one.annotators[1])), f"{one.tasks:,}", f"{one.tokens:,}",
         *_alpha(one.kappa, zones=False), _bar(one.agreement)]
        for one in sorted(found.pairs, key=lambda one: -one.tokens)
        if one.tokens
    ]  # fmt: skip
    if not rows:
        return None
    alone = sum(not one.tokens for one in found.pairs)
    more = f" {alone:,} pairs have no token in common." if alone else ""
    heads: list[Child] = ["", "tasks", "tokens", "kappa", "95 % interval", "", "agreement"]
    text = f"Cohen's kappa over the tokens that both tagged.{more}"
    return _section("Two by two", text, table(heads, rows))


def people(found: Agreement) -> Html:
    """Each annotator."""
    rows: list[list[Child]] = [
        [name(one.annotator), f"{one.tasks:,}", f"{one.tokens:,}", f"{one.left:,}", _bar(one.with_others),
         bounds(one.with_others), number(one.alpha_without.value),
         "" if one.seconds_a_task is None else f"{one.seconds_a_task:.1f}",
         "" if one.tokens_a_minute is None else f"{one.tokens_a_minute:.0f}"]
        for one in found.people
    ]  # fmt: skip
    apart: list[list[Child]] = [
        [name(one.annotator), name(pair.own), name(pair.other), f"{pair.times:,}", f"{pair.share:.0%}"]
        for one in found.people
        for pair in one.confusions[:3]
    ]
    heads: list[Child] = ["", "tasks", "tokens", "left", "with others", "95 % interval", "alpha without", "s a task"]
    caption = "The most frequent disagreements of each, and their share of all"
    return _section(
        "Annotators",
        "Left: words without a tag. With others: the mean share of the others who gave the same tag. Alpha without: "
        "alpha when this annotator is left out; well above the overall alpha, it points at a different reading of the "
        "guidelines.",
        table([*heads, "tokens/min"], rows),
        table(["", "own tag", "another's tag", "times", "share"], apart, caption) if apart else None,
    )


def suggestions(found: Agreement) -> Html | None:
    """What became of suggestions, and whether they pulled."""
    if not found.kept:
        return None
    rows: list[list[Child]] = [
        [name(one.annotator), f"{one.tasks:,}", _bar(one.kept), bounds(one.kept), f"{one.removed:,}",
         _bar(one.untouched)]
        for one in found.kept
    ]  # fmt: skip
    drawn: list[list[Child]] = [
        [_anchored(one.of), number(one.shown.value), number(one.blind.value),
         "–" if one.difference.value is None else f"{one.difference.value:+.3f}", bounds(one.difference),
         span(one.difference, zones=False, low=-0.3, high=0.3) or ""]
        for one in found.anchoring
    ]  # fmt: skip
    heads: list[Child] = ["agreement", "shown", "blind", "difference", "95 % interval", ""]
    caption = "Where the suggestion was shown, against blind tasks"
    text = (
        "An interval of the difference that lies above 0 says that seeing the suggestion pulled annotators towards it."
        if drawn
        else "There are no blind tasks beside those that showed a suggestion, so anchoring cannot be told."
    )
    return _section(
        "Suggestions",
        text,
        table(["", "tasks", "kept", "95 % interval", "removed", "tasks untouched"], rows, "Words that kept their tag"),
        table(heads, drawn, caption) if drawn else None,
    )


def disputed(found: Agreement) -> Html | None:
    """The most disputed sentences with the votes of each token."""
    if not found.disputed:
        return None
    return _section(
        f"The {len(found.disputed)} most disputed sentences",
        "Framed words were seen differently; the votes stand below.",
        *map(_dispute, found.disputed),
    )


def signatures(found: Agreement) -> Html:
    """What each number measures, exactly."""
    told = dict.fromkeys(
        one.signature
        for measure in found.measures.values()
        for one in (measure.alpha, measure.alpha_interval, measure.ac1, measure.agreement)
        if one is not None
    )
    reasons = dict.fromkeys(
        f"{what} of {_title(measure.name)}: {one.reason}"
        for measure in found.measures.values()
        for what, one in (("alpha", measure.alpha), ("AC1", measure.ac1), ("agreement", measure.agreement))
        if one is not None and one.reason
    )
    return el(
        "footer",
        *(el("p", reason, class_="reason") for reason in reasons),
        el("details", el("summary", "Signatures"), *(el("p", el("code", one)) for one in told)),
    )


def number(value: float | None) -> str:
    """A coefficient, or a dash."""
    return "–" if value is None else f"{value:.3f}"


def bounds(one: Estimate) -> str:
    """Its interval; empty without one."""
    return "" if one.interval is None else "[{:.3f}, {:.3f}]".format(*one.interval)


def _alpha(one: Estimate, *, zones: bool = True) -> tuple[Child, Child, Child]:
    return number(one.value), bounds(one), span(one, zones=zones) or ""


def _bar(one: Estimate) -> Child:
    """A share as a bar, with the number beside it."""
    if one.value is None:
        return "–"
    return el("span", el("i", el("b", style=f"width:{100 * one.value:.0f}%")), number(one.value), class_="bar")


def _heat(times: int, whole: int, top: float, own: bool) -> Html:
    part = times / whole
    told = f"{part:.0%}" if part >= 0.005 or not times else "<1%"
    if own:
        return el("td", told, class_="own", title=f"{times:,} times")
    return el("td", told, style=f"background:rgba(var(--data-rgb),{0.55 * part / top:.2f})", title=f"{times:,} times")


def _dispute(one: Dispute) -> Html:
    apart = [token for token in one.tokens if len(token.votes) > 1]
    more = [
        *(f"{who} rates it {rating}" for who, rating in one.naturalness.items()),
        *(f"{who}: {decision}" for who, decision in one.decisions.items()),
    ]
    votes = [
        el("p", name(token.token), ": ",
           *(join("; " if place else None, name(tag), " ", name(", ".join(who)))
             for place, (tag, who) in enumerate(token.votes.items())))
        for token in apart
    ]  # fmt: skip
    heading = join(
        name(one.id), f" · {one.batch}" if one.batch else None, f" · {len(apart)} of {len(one.tokens)} words"
    )
    said = el("p", name("; ".join(more)), class_="soft") if more else None
    return el(
        "article",
        el("h3", heading),
        el("div", *map(_word, one.tokens), class_="words", dir="auto"),
        el("details", el("summary", "who said what"), *votes, said),
    )


def _word(token: DisputedToken) -> Html:
    apart = len(token.votes) > 1
    votes = [f"{tag} {len(who)}" if apart else tag for tag, who in token.votes.items()]
    return el(
        "span", name(token.token), el("small", el("bdi", " · ".join(votes) or "–")), class_="apart" if apart else None
    )


def _anchored(of: str) -> Html:
    kind, _, who = of.partition(":")
    if kind == "annotators":
        return join("among annotators (alpha)")
    return join(name(who), " with the suggestion") if who else join("with the suggestion")


def _title(kind: str) -> str:
    return _TITLES.get(kind, kind.replace("layer:", "layer "))


def _section(title: str, text: str, *parts: Child) -> Html:
    return el("section", el("h2", title), el("p", text, class_="soft"), *parts)
