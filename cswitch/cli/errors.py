"""One line on stderr and an exit status for everything that can end a command."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Any

import typer

from cswitch import __version__
from cswitch.cli.streams import printable
from cswitch.core.errors import CswitchError, RunError

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""

# Typer 0.20 and later carry their own copy of click; the classes above BadParameter are the public way to either.
TyperUsageError: type[Any] = typer.BadParameter.__mro__[1]
TyperError: type[Any] = TyperUsageError.__mro__[1]

_MISUSE = {errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG}
"""System errors that another path on the command line would cure; the rest, such as a full disk, are failed runs."""


class InterruptedRunError(RunError):
    """Ctrl-C, with what is safe."""

    exit_status = INTERRUPTED


def say(message: str) -> None:
    """Writes one line for the user to stderr, whatever the message holds."""
    typer.echo(printable(" ".join(f"cswitch: {message}".split())), err=True)


def report(error: BaseException) -> int:
    """Tells the user about an error in one line and gives the exit status.

    ``CSWITCH_DEBUG=1`` in the environment adds the traceback.
    """
    if os.environ.get("CSWITCH_DEBUG", "0") not in {"", "0"}:
        traceback.print_exception(error)
    line, status = describe(error)
    if line:
        say(line)
    return status


def describe(error: BaseException) -> tuple[str, int]:
    """The line that tells of an error, empty when it is best passed over, and the exit status.

    >>> from cswitch.core.errors import UsageError
    >>> describe(UsageError("no pair given", hint="add --pair en-hi"))
    ('error: no pair given; add --pair en-hi', 2)
    >>> describe(OSError(28, "No space left on device", "out.jsonl"))
    ('error: out.jsonl: no space left on device', 1)
    >>> describe(KeyboardInterrupt())
    ('interrupted', 130)
    >>> describe(ZeroDivisionError("division by zero"))[0].partition(";")[0]
    'error: unexpected ZeroDivisionError: division by zero'
    """
    if isinstance(error, CswitchError):
        return f"error: {error}", error.exit_status
    if isinstance(error, TyperUsageError):
        return f"error: {_usage(error)}", WRONG_USAGE
    if isinstance(error, TyperError):
        return f"error: {_sentence(error.format_message())}", int(error.exit_code)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "interrupted", INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return "", FAILED
    if isinstance(error, OSError) and error.errno is not None:
        return f"error: {_system(error)}", WRONG_USAGE if error.errno in _MISUSE else FAILED
    return (
        f"error: unexpected {type(error).__name__}: {error}; this is a fault in cswitch {__version__}:"
        " set CSWITCH_DEBUG=1 for the traceback and report it with the command that you ran",
        FAILED,
    )


def silence_stdout() -> None:
    """Lets the interpreter's last flush succeed after the reader of stdout has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(error: Any) -> str:
    """What is wrong with the command line, the nearest option, and where the options are listed."""
    text = _sentence(error.message if hasattr(error, "possibilities") else error.format_message())
    if error.ctx is None:
        return text
    near = _nearest(error.option_name, error.ctx.command) if hasattr(error, "possibilities") else ""
    see = f"{error.ctx.command_path} --help"
    return f"{text}; did you mean {near}? See {see}" if near else f"{text}; see {see}"


def _nearest(option: str, command: Any) -> str:
    from rapidfuzz.process import extractOne

    known = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
    near = extractOne(option, [*known, "--help"], score_cutoff=60)
    return str(near[0]) if near else ""


def _sentence(message: str) -> str:
    """A message of Typer in this package's form: a small first letter, no full stop.

    >>> _sentence("Missing argument 'IN'.")
    "missing argument 'IN'"
    >>> _sentence("Invalid value for '--format': Value error, 'xml' is not one of 'text', 'jsonl'")
    "invalid value for '--format': 'xml' is not one of 'text', 'jsonl'"
    """
    text = " ".join(message.split()).rstrip(".").replace("Value error, ", "")
    return text[:1].lower() + text[1:]


def _system(error: OSError) -> str:
    what = _sentence(error.strerror or str(error))
    return f"{os.fsdecode(error.filename)}: {what}" if isinstance(error.filename, str | bytes) else what
