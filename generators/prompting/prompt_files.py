"""Prompts as files: a head that says what a prompt is for, and the messages it makes, as templates.

A file starts with a head in YAML between two lines ``---``: ``role``, ``about``, ``reply``, and, if any, ``citation``
and ``variables``. Then come the messages as Jinja templates, each after a line ``[system]``, ``[user]`` or
``[assistant]``. A file is checked when it is loaded, before a request is paid for. data/prompts/README.md documents
the layout and every variable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, cast, get_args

import msgspec

from cswitch.core.errors import InputError, UsageError
from cswitch.core.registry import suggest
from cswitch.generators.prompting.contracts import DialogueReply, Message, ScoreReply, TextReply
from cswitch.generators.prompting.contracts import Role as Speaker
from cswitch.generators.prompting.templates import environment, line_of, shipped, shipped_names, text_digest
from cswitch.generators.prompting.variables import VARIABLES, PromptRole
from cswitch.generators.prompting.yaml_files import Document, parse, read_text

if TYPE_CHECKING:
    from jinja2 import Template

ReplyKind = Literal["text", "dialogue", "score"]
REPLIES: dict[str, type[TextReply] | type[DialogueReply] | type[ScoreReply]] = {
    "text": TextReply,
    "dialogue": DialogueReply,
    "score": ScoreReply,
}
"""What an answer has to fit, by the ``reply`` of a prompt."""

SUFFIX = ".txt"
_SECTION = re.compile(r"\[(\w+)\]\s*")


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The head of a prompt file."""

    role: PromptRole
    """What the prompt is for; it decides which variables there are."""
    about: str
    """What it asks, in a sentence."""
    reply: ReplyKind
    """What the answer has to be."""
    citation: str = ""
    """The paper whose method this is."""
    variables: dict[str, str] = {}
    """The variables the prompt uses and what each holds, for who reads the file."""


class _Section(NamedTuple):
    speaker: Speaker
    text: str
    line: int
    """Lines of the file before the text."""


class PromptFile:
    """A prompt that was read and found right.

    Args:
        name: Its versioned name, such as ``write.mix.v1``.
        text: The text of the file.
        path: Where it comes from, for messages.

    Raises:
        InputError: The head or a template is wrong, or a variable or section is not known.
        MissingExtraError: Jinja is not installed.

    >>> prompt = PromptFile.load("translate.v1")
    >>> prompt.head.role, [message.role for message in prompt.render(source="English", target="Hindi", text="Hello")]
    ('translate', ['system', 'user'])
    """

    def __init__(self, name: str, text: str, *, path: str) -> None:
        self.id = name
        self.path = path
        self.digest = text_digest(text)
        """Hash of the file's text."""
        self._document, rest, before = _split_head(text, path)
        self.head = self._document.convert(Head)
        self._defaults = {name: empty for name, (empty, _) in VARIABLES[self.head.role].items()}
        self._check_declared()
        self._sections = _sections(rest, before, path)
        self._templates = [(section, self._compile(section)) for section in self._sections]
        self.variables = frozenset(name for section in self._sections for name in self._used(section))
        """Names of the variables it uses."""
        self._try_out()

    @classmethod
    def load(cls, name: str, *, folder: Path | None = None) -> Self:
        """A shipped prompt by its name, or one's own by its path.

        Args:
            name: A versioned name such as ``write.mix.v1``, or a path.
            folder: Where a relative path starts; the working directory when not given.

        Raises:
            UsageError: No such prompt; the message lists those there are.
            InputError: The file is wrong.
        """
        if name in prompt_names():
            return cls(name, shipped(name + SUFFIX), path=name + SUFFIX)
        path = (folder or Path()) / name
        if "/" in name or name.endswith(SUFFIX) or path.is_file():
            return cls(path.name.removesuffix(SUFFIX), read_text(path), path=str(path))
        raise UsageError(f"unknown prompt {name!r}", hint=suggest(name, prompt_names()))

    @property
    def reply(self) -> type[TextReply] | type[DialogueReply] | type[ScoreReply]:
        """What the answer has to fit."""
        return REPLIES[self.head.reply]

    def render(self, **variables: Any) -> tuple[Message, ...]:
        """The messages; variables that are not given are empty.

        Values are data: they are put in as they are, and never read as a template.

        Raises:
            ValueError: A variable is given that this role of prompt does not have.
            InputError: A template of one's own fails on these values.
        """
        unknown = sorted(variables.keys() - self._defaults.keys())
        if unknown:
            raise ValueError(f"prompts of role {self.head.role} have no variable {unknown[0]!r}")
        values = {**self._defaults, **variables}
        made = []
        for section, template in self._templates:
            text = self._rendered(section, template, values)
            if text:
                made.append(Message(section.speaker, text))
        return tuple(made)

    def _rendered(self, section: _Section, template: Template, values: Mapping[str, Any]) -> str:
        from jinja2.exceptions import TemplateError

        try:
            return str(template.render(values)).strip()
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            line = section.line + (line_of(error) or 1)
            raise InputError(f"the template fails: {error}", path=self.path, line=line, hint=_CORRECT) from error

    def _check_declared(self) -> None:
        for name in self.head.variables:
            if name not in self._defaults:
                raise self._document.error("no such variable", f"variables.{name}", hint=self._known(name))

    def _compile(self, section: _Section) -> Template:
        made = environment()
        from jinja2.exceptions import TemplateSyntaxError

        try:
            return made.from_string(section.text)
        except TemplateSyntaxError as error:
            line = section.line + error.lineno
            message = f"not a template: {error.message}"
            raise InputError(message, path=self.path, line=line, hint=_CORRECT) from error

    def _used(self, section: _Section) -> set[str]:
        """Variables of a section.

        Raises:
            InputError: One of them is not known.
        """
        from jinja2 import meta, nodes

        tree = environment().parse(section.text)
        used = meta.find_undeclared_variables(tree) - environment().globals.keys()
        for node in sorted(tree.find_all(nodes.Name), key=lambda node: node.lineno):
            if node.name in used and node.name not in self._defaults:
                line = section.line + node.lineno
                message = f"unknown variable {node.name!r}"
                raise InputError(message, path=self.path, line=line, hint=self._known(node.name))
        return set(used)

    def _try_out(self) -> None:
        """Renders it with samples and with nothing, so that what fails later fails now."""
        samples = {name: sample for name, (_, sample) in VARIABLES[self.head.role].items()}
        for values in (samples, self._defaults):
            for section, template in self._templates:
                if not self._rendered(section, template, values) and section.speaker == "user" and values is samples:
                    raise InputError("the message is empty", path=self.path, line=section.line, hint="say what to do")

    def _known(self, name: str) -> str:
        return suggest(name, sorted(self._defaults))


_CORRECT = "data/prompts/README.md describes the layout"


def prompt_names() -> list[str]:
    """Names of the prompts that are shipped.

    >>> "write.mix.v1" in prompt_names()
    True
    """
    return list(_prompt_names())


def variables_of(role: PromptRole) -> list[str]:
    """Names of the variables that prompts of a role may use.

    >>> variables_of("translate")
    ['script', 'source', 'target', 'text']
    """
    return sorted(VARIABLES[role])


@cache
def _prompt_names() -> tuple[str, ...]:
    return tuple(shipped_names("", SUFFIX))


def _split_head(text: str, path: str) -> tuple[Document, str, int]:
    """The head, what follows it, and how many lines stand before that."""
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if len(marks) < 2 or marks[0] != 0:
        hint = "begin with a head between two lines ---: role, about, reply"
        raise InputError("no head", path=path, line=1, hint=hint)
    head = "\n".join(lines[1 : marks[1]])
    return parse(head, path, before=1), "\n".join(lines[marks[1] + 1 :]), marks[1] + 1


def _sections(text: str, before: int, path: str) -> list[_Section]:
    """The messages in order; there is a user's, and the system's comes first."""
    speakers = get_args(Speaker)
    found: list[tuple[Speaker, int, list[str]]] = []
    for number, line in enumerate(text.split("\n"), start=before + 1):
        named = _SECTION.fullmatch(line)
        if named and named[1] not in speakers:
            raise InputError(
                f"unknown section [{named[1]}]", path=path, line=number, hint=suggest(named[1], [*speakers])
            )
        if named:
            found.append((cast(Speaker, named[1]), number, []))
        elif found:
            found[-1][2].append(line)
        elif line.strip():
            raise InputError("text before the first section", path=path, line=number, hint="put it below [user]")
    names = [speaker for speaker, _, _ in found]
    if "user" not in names or names[-1] != "user" or "system" in names[1:]:
        hint = "write [system] first, if there is one, and [user] last"
        raise InputError("the sections are not in order", path=path, line=found[-1][1] if found else before, hint=hint)
    return [_Section(speaker, "\n".join(body), line) for speaker, line, body in found]
