"""The console script ``cswitch``: finds the command, runs it, and turns what goes wrong into one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from cswitch import __version__
from cswitch.cli.command_line import remember
from cswitch.cli.errors import INTERRUPTED, WRONG_USAGE, report, silence_stdout
from cswitch.cli.groups import lazy_group

COMMANDS: dict[str, tuple[str, str]] = {
    "synth": ("cswitch.cli.synth:synth", "Make code-mixed text from parallel text, at the CMI you ask for."),
    "prompt": ("cswitch.cli.prompt:app", "Make code-mixed text by a language model, measured and repaired."),
    "recipes": ("cswitch.cli.recipes:app", "Published methods as recipes: list them, look at one, run one."),
    "perturb": ("cswitch.cli.perturb:app", "Mix the text of a benchmark, its labels, code and numbers kept."),
    "align": ("cswitch.cli.align:align", "Link the words of parallel sentences."),
    "lexicon": ("cswitch.cli.lexicon:app", "Build a lexicon from parallel text, or look words up."),
    "tag": ("cswitch.cli.tag:tag", "Tell the language of every token."),
    "evaluate": ("cswitch.cli.evaluate:evaluate", "Score language tags against gold."),
    "train-tagger": ("cswitch.cli.train_tagger:train_tagger", "Train a language tagger on tagged text."),
    "studio": ("cswitch.cli.studio:app", "Have people check tags in Label Studio; agreement, adjudication, gold."),
    "run": ("cswitch.cli.run:run", "Do a whole run that a file describes, in shards that survive any kill."),
    "export": ("cswitch.cli.export:app", "Write samples for other tools, ready to train on."),
    "filter": ("cswitch.cli.filter:filter_records", "Keep tagged records that pass every filter."),
    "measure": ("cswitch.cli.measure:measure", "Measure how mixed tagged text is."),
    "romanise": ("cswitch.cli.romanise:romanise", "Write words of any script in Latin letters, or back."),
    "show": ("cswitch.cli.show:show", "Show tagged text in the terminal, coloured by language."),
    "doctor": ("cswitch.cli.doctor:doctor", "Tell what is installed and what each extra would add."),
}
"""Every command: where its function is, imported only to run it, and its line in ``cswitch --help``."""


app = typer.Typer(
    cls=lazy_group(COMMANDS),
    invoke_without_command=True,
    rich_markup_mode=None,  # Rich's help takes longer to import than everything else together
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Each command has its own help: cswitch synth --help",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cswitch {__version__}")
        raise typer.Exit


@app.callback()
def cswitch(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Code-mixed text at the mixing level you ask for, with a language tag on every token."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(WRONG_USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and gives its exit status: 0 done, 1 failed or yielded nothing, 2 wrong usage or bad input.

    Args:
        arguments: What follows ``cswitch``; by default that of this process.
    """
    command = typer.main.get_command(app)
    remember(sys.argv[1:] if arguments is None else arguments)
    try:
        status = command.main(args=arguments, prog_name="cswitch", standalone_mode=False)
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 the last line of defence: every error becomes one line
        return _ended(error)
    except KeyboardInterrupt as error:
        return _ended(error)
    # Typer itself turns Ctrl-C into this status without a word.
    return report(KeyboardInterrupt()) if status == INTERRUPTED else int(status or 0)


def _ended(error: BaseException) -> int:
    if isinstance(error, BrokenPipeError):
        silence_stdout()
    return report(error)


def run() -> None:
    """The console script."""
    if sys.stdout is None:  # closed by the caller (>&-): there is nobody to write to
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 it stays open to the end
    sys.exit(main())
