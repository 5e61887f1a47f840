"""``cswitch lexicon``: a lexicon from the user's own parallel text, and a look into any lexicon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cswitch.cli.options import AsJson, Force, Lexicons, Output, Pair, note, parse_pair, print_json
from cswitch.cli.streams import open_output, progress
from cswitch.core.errors import RunError, UsageError

if TYPE_CHECKING:
    from cswitch.core.lexicon import Lexicon, Translation

app = typer.Typer(
    help="Build a lexicon from parallel text, or look words up.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command()
def build(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="TSV with a heading of language codes, JSON Lines, two files A,B, or -.")
    ],
    pair: Pair,
    output: Output = "-",
    lexicons: Lexicons = None,
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False,
    force: Force = False,
) -> None:
    """Build a lexicon from parallel text, for --lexicon of align and synth.

    Example: cswitch lexicon build corpus.tsv --pair en-hi -o mine.lex
    """
    from cswitch.generators.alignment.induction import induce
    from cswitch.pipeline.linking import tokens_of
    from cswitch.pipeline.readers import read_pairs
    from cswitch.pipeline.user_lexicons import checked

    languages = parse_pair(pair)
    rows = read_pairs(source, languages, pretokenised=pretokenized, note=note)
    core = known(languages, checked(lexicons or (), note))
    with open_output(output, force=force) as out:
        found = induce((tokens_of(row, languages) for row in progress(rows, "read")), *languages, core=core)
        if not len(found):
            raise RunError("no word pair is seen often enough", hint="give more pairs, some hundred at least")
        out.write(found.encode())
    typer.echo(f"{len(found):,} words" + ("" if output == "-" else f" in {output}"), err=True)


@app.command()
def look(
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Words, or units in quotes.")],
    pair: Pair,
    lexicons: Lexicons = None,
    as_json: AsJson = False,
) -> None:
    """Show the translations of words, with their probabilities both ways.

    Example: cswitch lexicon look house --pair en-hi
    """
    from cswitch.core.lexicon import Lexicon
    from cswitch.pipeline.user_lexicons import checked

    languages = parse_pair(pair)
    lexicon = Lexicon.load(*languages, extra=checked(lexicons or (), note))
    found = {word: lexicon.translations(word) for word in words}
    if as_json:
        print_json({word: [translation._asdict() for translation in each] for word, each in found.items()})
    else:
        typer.echo("\n".join(f"{word}: {described(each)}" for word, each in found.items()))
    if not any(found.values()):
        raise RunError("none of the words is in the lexicon", hint="words stand in it in lower case, in their script")


def known(languages: tuple[str, str], extra: tuple[Path, ...]) -> Lexicon | None:
    """What a lexicon is to be built upon: the shipped one and the user's; None for nothing.

    >>> lexicon = known(("en", "es"), ())
    >>> lexicon is not None and "house" in lexicon, known(("en", "ka"), ())
    (True, None)
    """
    from cswitch.core.lexicon import Lexicon

    try:
        return Lexicon.load(*languages, extra=extra)
    except UsageError:  # nothing is shipped for the pair, and nothing is needed
        return None


def described(translations: tuple[Translation, ...]) -> str:
    """Translations in a line, the most probable first.

    >>> from cswitch.core.lexicon import Translation
    >>> described((Translation("casa", 0.5, 0.25),)), described(())
    ('casa (0.50, back 0.25)', 'not known')
    """
    return ", ".join(f"{t.word} ({t.prob:.2f}, back {t.back:.2f})" for t in translations) or "not known"
