"""Every error this package raises on purpose.

CswitchError                 one line: what, where, what to do
├── UsageError               wrong options or settings                     exit status 2
├── InputError               bad input data, with file, line and field     exit status 2
├── MissingExtraError        an optional dependency is not installed       exit status 2
└── RunError                 a run that failed or yielded nothing          exit status 1
"""

from __future__ import annotations

from os import PathLike


class CswitchError(Exception):
    """What failed, on which input, and what to do about it.

    Args:
        message: What failed, in one sentence without a full stop.
        hint: What the user can do, in one sentence without a full stop.
    """

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The whole message on one line.

        >>> str(UsageError("no pair given", hint="add --pair en-hi"))
        'no pair given; add --pair en-hi'
        """
        text = f"{self.message}; {self.hint}" if self.hint else self.message
        return " ".join(text.split())


class UsageError(CswitchError):
    """Options or settings that cannot be meant."""

    exit_status = 2


class InputError(CswitchError):
    """Input data that cannot be read, with its place.

    Args:
        message: What is wrong.
        path: The file, or ``-`` for standard input.
        line: 1-based line number, when there is one.
        field: The column or field at fault, when there is one.
        hint: What to do.

    >>> print(InputError("not UTF-8", path="a.tsv", line=3, hint="convert it with iconv"))
    a.tsv:3: not UTF-8; convert it with iconv
    """

    exit_status = 2

    def __init__(
        self,
        message: str,
        *,
        path: str | PathLike[str] | None = None,
        line: int | None = None,
        field: str | None = None,
        hint: str = "",
    ) -> None:
        place = "" if path is None else str(path)
        if line is not None:
            place += f":{line}"
        if field:
            place += f": field {field!r}" if place else f"field {field!r}"
        super().__init__(f"{place}: {message}" if place else message, hint=hint)
        self.path, self.line, self.field = path, line, field


class MissingExtraError(CswitchError):
    """A feature whose optional dependency is absent.

    >>> print(MissingExtraError("segmenting Chinese", extra="cjk"))
    segmenting Chinese needs an extra that is not installed; pip install "cswitch[cjk]"
    """

    exit_status = 2

    def __init__(self, what: str, *, extra: str) -> None:
        super().__init__(f"{what} needs an extra that is not installed", hint=f'pip install "cswitch[{extra}]"')
        self.what, self.extra = what, extra

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuilt from its arguments, so that it comes whole out of a worker process."""
        return _missing_extra, (self.what, self.extra)


def _missing_extra(what: str, extra: str) -> MissingExtraError:
    return MissingExtraError(what, extra=extra)


class RunError(CswitchError):
    """A run that could not go on, or that gave nothing."""
