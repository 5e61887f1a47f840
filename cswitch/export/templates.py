"""Templates of chats: YAML files with what the user asks and the assistant answers, rendered in a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec

from cswitch.core.errors import InputError, UsageError
from cswitch.core.registry import suggest
from cswitch.core.seeds import digest
from cswitch.core.text.scripts import languages
from cswitch.export.contracts import Record
from cswitch.schemas.decode import RecordError, convert_record

_SUFFIX = ".yaml"
_MOST = 1 << 16
_LEVELS = ((0.0, ""), (0.5, "lightly mixed"), (15.0, "clearly mixed"), (30.0, "strongly mixed"))
"""What a CMI asked for is called, from this CMI on."""


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template file. Names are versioned: a released template is never changed."""

    about: str
    """What it is for."""
    needs: list[Literal["sources"]] = []
    """What records must bring."""
    system: str = ""
    """The system message; empty for none."""
    user: str | list[str]
    """What the user says; of several wordings, one is drawn by the record's id."""
    assistant: str
    """What the assistant answers."""


class ChatTemplate:
    """A template that is ready to render.

    Args:
        name: Name of a template that is shipped, or path of one.
        seed: Decides with the record's id which wording is taken.
        labels: Tags that tokens may have.

    Raises:
        UsageError: There is no such template.
        InputError: The file is no template.
        MissingExtraError: Jinja is not installed.

    >>> template = ChatTemplate("write.v1")
    >>> record = {"id": "1", "text": "kal meeting hai", "languages": ["hi", "en"], "matrix": "hi",
    ...           "tokens": [], "langs": []}
    >>> for role, text in template.messages(record, {}, cmi=30): print(role, "|", text)
    system | You know Hindi and English, and you mix them as people do in daily life.
    user | Say something the way people who speak Hindi and English do, strongly mixed. Hindi is the main language.
    assistant | kal meeting hai
    """

    def __init__(self, name: str, seed: int = 0, labels: tuple[str, ...] = ()) -> None:
        self.name, self._seed, self._labels = name, seed, labels
        self.template = load(name)
        wordings = [self.template.user] if isinstance(self.template.user, str) else self.template.user
        if not wordings:
            raise InputError("no wording", path=name, field="user", hint="write what the user says")
        self._system = self._compiled(self.template.system, "system") if self.template.system else None
        self._user = [self._compiled(text, f"user[{place}]") for place, text in enumerate(wordings)]
        self._assistant = self._compiled(self.template.assistant, "assistant")

    def messages(self, record: Record, sources: Mapping[str, str], cmi: float | None = None) -> list[tuple[str, str]]:
        """Role and text of each message.

        Args:
            record: A record.
            sources: Its source texts by language.
            cmi: The CMI that the user asks for.

        Raises:
            RecordError: The template names something that the record lacks.
        """
        values = self._values(record, sources, cmi)
        user = self._user[digest("wording", self._seed, str(record["id"])) % len(self._user)]
        found = [("system", self._system)] if self._system else []
        return [(role, self._rendered(made, values)) for role, made in [*found, ("user", user)]] + [
            ("assistant", self._rendered(self._assistant, values))
        ]

    def _values(self, record: Record, sources: Mapping[str, str], cmi: float | None) -> dict[str, Any]:
        langs = [lang for lang in record.get("languages") or () if isinstance(lang, str)]
        matrix = record.get("matrix") if isinstance(record.get("matrix"), str) else next(iter(langs), "")
        side = next((lang for lang in sources if lang == "en"), next(iter(sources), ""))
        return {
            "text": record["text"],
            "tokens": record.get("tokens") or [],
            "tagged": list(zip(record.get("tokens") or (), record.get("langs") or (), strict=False)),
            "labels": list(self._labels),
            "languages": [language_name(lang) for lang in langs],
            "matrix": language_name(str(matrix)),
            "embedded": [language_name(lang) for lang in langs if lang != matrix],
            "sources": {language_name(lang): text for lang, text in sources.items()},
            "source": sources.get(side, ""),
            "side": language_name(side),
            "cmi": cmi,
            "level": level(cmi),
            "task": record.get("labels") or {},
        }

    def _compiled(self, text: str, field: str) -> Any:
        from cswitch.generators.prompting.templates import environment

        made = environment()
        from jinja2 import TemplateSyntaxError

        try:
            return made.from_string(text)
        except TemplateSyntaxError as error:
            raise InputError(
                f"line {error.lineno} of it: {error.message}", path=self.name, field=field, hint="correct the template"
            ) from error
        except RecursionError as error:
            raise InputError("nested too deeply", path=self.name, field=field, hint="correct the template") from error

    def _rendered(self, made: Any, values: Mapping[str, Any]) -> str:
        from jinja2 import TemplateError

        try:
            text: str = made.render(values).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            known = ", ".join(values)
            raise RecordError(f"template {self.name}: {error}", hint=f"the variables are {known}") from error
        return text


def load(name: str) -> Template:
    """A template by its name or path.

    Raises:
        UsageError: There is none.
        InputError: The file is no template.

    >>> load("translate.v1").needs
    ['sources']
    """
    if name in shipped():
        return _parsed((files("cswitch.export") / "templates" / f"{name}{_SUFFIX}").read_text(encoding="utf-8"), name)
    path = Path(name)
    if path.suffix not in {_SUFFIX, ".yml"} or not path.is_file():
        raise UsageError(f"no template {name!r}", hint=f"{suggest(name, shipped())}; or name a YAML file")
    if path.stat().st_size > _MOST:
        raise InputError(f"is larger than {_MOST >> 10} KiB", path=name, hint="name a template")
    try:
        return _parsed(path.read_text(encoding="utf-8"), name)
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", path=name, hint="save it as UTF-8") from error


def shipped() -> list[str]:
    """Names of the templates that come with the package.

    >>> shipped()
    ['mix.v1', 'tag.v1', 'translate.v1', 'write.v1']
    """
    found = (entry.name for entry in (files("cswitch.export") / "templates").iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX))


def level(cmi: float | None) -> str:
    """What a CMI asked for is called; empty for none.

    >>> level(None), level(10), level(25), level(45)
    ('', 'lightly mixed', 'clearly mixed', 'strongly mixed')
    """
    return next((name for least, name in reversed(_LEVELS) if cmi is not None and cmi >= least), "")


def language_name(code: str) -> str:
    """The English name of a language, its code when it is not known.

    >>> language_name("hi"), language_name("xx")
    ('Hindi', 'xx')
    """
    known = languages().get(code)
    return known.name if known else code


def _parsed(text: str, name: str) -> Template:
    from cswitch.generators.prompting.yaml_files import parse

    try:
        return convert_record(parse(text, name).value, Template)
    except RecordError as error:
        raise InputError(error.message, path=name, field=error.field or None, hint=error.hint) from error
