"""The console script ``cswitch``: finds the command, runs it, and turns what goes wrong into one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cswitch import __version__
from cswitch.cli.errors import INTERRUPTED, WRONG_USAGE, report, silence_stdout
from cswitch.core.errors import UsageError

COMMANDS: dict[str, tuple[str, str]] = {
    "synth": ("cswitch.cli.synth:synth", "Make code-mixed text from parallel text, at the CMI you ask for."),
    "prompt": ("cswitch.cli.prompt:app", "Make code-mixed text by a language model, measured and repaired."),
    "align": ("cswitch.cli.align:align", "Link the words of parallel sentences."),
    "lexicon": ("cswitch.cli.lexicon:app", "Build a lexicon from parallel text, or look words up."),
    "tag": ("cswitch.cli.tag:tag", "Tell the language of every token."),
    "evaluate": ("cswitch.cli.evaluate:evaluate", "Score language tags against gold."),
    "train-tagger": ("cswitch.cli.train_tagger:train_tagger", "Train a language tagger on tagged text."),
    "measure": ("cswitch.cli.measure:measure", "Measure how mixed tagged text is."),
    "romanise": ("cswitch.cli.romanise:romanise", "Write words of any script in Latin letters, or back."),
    "show": ("cswitch.cli.show:show", "Show tagged text in the terminal, coloured by language."),
    "doctor": ("cswitch.cli.doctor:doctor", "Tell what is installed and what each extra would add."),
}
"""Every command: where its function is, imported only to run it, and its line in ``cswitch --help``."""


class LazyGroup(TyperGroup):
    """A group of commands that imports only the one that runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, imported now.

        Raises:
            UsageError: There is no such command.
        """
        if cmd_name not in COMMANDS:
            from cswitch.core.registry import suggest

            raise UsageError(f"unknown command {cmd_name!r}", hint=suggest(cmd_name, list(COMMANDS)))
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
        single.command(cmd_name)(found)
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


app = typer.Typer(
    cls=LazyGroup,
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
