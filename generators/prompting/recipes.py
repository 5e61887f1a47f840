"""Recipes: which prompts, which plan and which judges make a method; a YAML file each, with its citation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from cswitch.core.errors import UsageError
from cswitch.core.registry import suggest
from cswitch.generators.prompting.phrases import tables_digest
from cswitch.generators.prompting.prompt_files import PromptFile, ReplyKind, prompt_names
from cswitch.generators.prompting.templates import shipped, shipped_names, text_digest
from cswitch.generators.prompting.variables import PromptRole
from cswitch.generators.prompting.yaml_files import Document, parse, read_text
from cswitch.schemas.prompting import PromptSettings, SourceKind
from cswitch.schemas.settings import Constraint

PlanKind = Literal["spans", "sketch", "wanted", "uncrossed", "nouns", "ratio", "level"]
SUFFIX = ".yaml"


class _Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recipe as it is written."""

    about: str
    plan: PlanKind
    sources: tuple[SourceKind, ...]
    citation: str = ""
    left_out: str = ""
    constraint: Constraint = ""
    write: str = ""
    rewrite: str = ""
    refine: str = ""
    dialogue: str = ""
    rewrite_dialogue: str = ""
    refine_dialogue: str = ""
    judges: dict[str, str] = {}


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A method of prompting: its parts."""

    name: str
    """Versioned name, such as ``mix.v1``."""
    about: str
    """What it does, in a sentence."""
    plan: PlanKind
    """What a CMI becomes: ``spans`` to say in each language, a ``sketch`` to smooth, words ``wanted`` (``uncrossed``:
    at links that cross no other, nowhere else), blanks for ``nouns`` or for words drawn at a ``ratio``, a ``level``."""
    sources: tuple[SourceKind, ...]
    """What it can be made from."""
    citation: str
    """The paper whose method it is; empty for the project's own."""
    left_out: str
    """Where it departs from that paper."""
    constraint: Constraint
    """The constraint under which the lattice chooses words; empty for the builder's own."""
    prompts: Mapping[str, PromptFile]
    """By part: ``write``, ``rewrite``, ``refine``, and the same for dialogues: ``dialogue``, ``rewrite_dialogue``,
    ``refine_dialogue``; only those there are."""
    judges: Mapping[str, PromptFile]
    """Prompts of the judges it names; with them it is judged unless others are asked for."""
    digest: str
    """Hash of the recipe, of all prompt files it names, and of the tables of words that prompts draw on."""

    def judge(self, name: str) -> PromptFile:
        """The prompt of a judge: the recipe's own, else the shipped one.

        Raises:
            UsageError: There is no such judge.
        """
        return self.judges.get(name) or _shipped_judge(name, self.judges)

    def check(self, settings: PromptSettings) -> None:
        """Whether it can be used with these settings, before anything is asked.

        Raises:
            UsageError: It cannot; the message says what to change.

        >>> load_recipe("grid.v1").check(PromptSettings(languages=("en", "hi")))
        Traceback (most recent call last):
        ...
        cswitch.core.errors.UsageError: recipe grid.v1 writes from grid, not from pairs; recipes for pairs: ...
        """
        if settings.source not in self.sources:
            fit = [name for name in recipe_names() if settings.source in load_recipe(name).sources]
            message = f"recipe {self.name} writes from {' or '.join(self.sources)}, not from {settings.source}"
            raise UsageError(message, hint=f"recipes for {settings.source}: {', '.join(fit)}")
        if settings.turns > 1 and "dialogue" not in self.prompts:
            raise UsageError(f"recipe {self.name} writes no dialogues", hint="use --recipe dialogue.v1, or --turns 1")
        if settings.turns == 1 and "write" not in self.prompts:
            raise UsageError(f"recipe {self.name} writes dialogues", hint="say how many turns: --turns 4")
        for name in settings.judges:
            self.judge(name)


_PARTS: dict[str, tuple[PromptRole, ReplyKind]] = {
    "write": ("write", "text"),
    "rewrite": ("rewrite", "text"),
    "refine": ("refine", "text"),
    "dialogue": ("write", "dialogue"),
    "rewrite_dialogue": ("rewrite", "dialogue"),
    "refine_dialogue": ("refine", "dialogue"),
}
_JUDGE = "judge."


def recipe_names() -> list[str]:
    """Names of the recipes that are shipped.

    >>> recipe_names()
    ['dialogue.v1', 'fewshot.v1', 'grid.v1', 'mix.v1', 'nouns.v1', 'ratio.v1', 'smooth.v1', 'switchlingua.v1', ...]
    """
    return shipped_names("recipes", SUFFIX)


def load_recipe(name: str) -> Recipe:
    """A shipped recipe by its name, or one's own by its path; prompt files it names by path lie relative to it.

    Raises:
        UsageError: No such recipe; the message lists those there are.
        InputError: The recipe or one of its prompt files is wrong.
        MissingExtraError: Jinja is not installed.

    >>> load_recipe("switchlingua.v1").citation.partition(".")[0]
    'Peng Xie and others'
    >>> load_recipe("mixx.v1")
    Traceback (most recent call last):
    ...
    cswitch.core.errors.UsageError: unknown recipe 'mixx.v1'; did you mean 'mix.v1'? Known: dialogue.v1, ...
    """
    if name in recipe_names():
        return _load_shipped(name)
    path = Path(name)
    if "/" in name or name.endswith((SUFFIX, ".yml")) or path.is_file():
        return _recipe(path.name.removesuffix(SUFFIX), read_text(path), str(path), path.parent)
    raise UsageError(f"unknown recipe {name!r}", hint=suggest(name, recipe_names()))


def judge_names() -> list[str]:
    """Names of the judges that are shipped.

    >>> judge_names()
    ['culture', 'fluency', 'naturalness']
    """
    return sorted({name.split(".")[1] for name in prompt_names() if name.startswith(_JUDGE)})


@cache
def _load_shipped(name: str) -> Recipe:
    file = f"recipes/{name}{SUFFIX}"
    return _recipe(name, shipped(file), file, None)


def _shipped_judge(name: str, own: Mapping[str, PromptFile]) -> PromptFile:
    if name not in judge_names():
        raise UsageError(f"unknown judge {name!r}", hint=suggest(name, sorted({*own, *judge_names()})))
    return PromptFile.load(max(n for n in prompt_names() if n.startswith(f"{_JUDGE}{name}.")))


def _recipe(name: str, text: str, path: str, folder: Path | None) -> Recipe:
    document = parse(text, path)
    read = document.convert(_Recipe)
    named = {part: getattr(read, part) for part in _PARTS if getattr(read, part)}
    prompts = {part: _prompt(document, part, file, folder, *_PARTS[part]) for part, file in named.items()}
    judges = {
        judge: _prompt(document, f"judges.{judge}", file, folder, "judge", "score")
        for judge, file in read.judges.items()
    }
    _complete(document, read, prompts)
    digests = [prompt.digest for prompt in (*prompts.values(), *judges.values())]
    return Recipe(
        name=name,
        about=read.about,
        plan=read.plan,
        sources=read.sources,
        citation=read.citation,
        left_out=read.left_out,
        constraint=read.constraint,
        prompts=prompts,
        judges=judges,
        digest=text_digest(text, *digests, tables_digest()),
    )


def _prompt(
    document: Document, field: str, file: str, folder: Path | None, role: PromptRole, reply: ReplyKind
) -> PromptFile:
    try:
        prompt = PromptFile.load(file, folder=folder)
    except UsageError as error:
        raise document.error(error.message, field, hint=error.hint) from error
    if (prompt.head.role, prompt.head.reply) != (role, reply):
        message = f"{file} has role {prompt.head.role} and reply {prompt.head.reply}"
        raise document.error(message, field, hint=f"name a prompt with role {role} and reply {reply}")
    return prompt


def _complete(document: Document, read: _Recipe, prompts: Mapping[str, PromptFile]) -> None:
    """What goes together is there together."""
    if not read.sources:
        raise document.error("it is empty", "sources", hint="name at least one of pairs, text, grid")
    if "write" not in prompts and "dialogue" not in prompts:
        raise document.error("nothing to write with", "write", hint="name a prompt, such as write: write.mix.v1")
    if read.plan != "level" and "grid" in read.sources:
        raise document.error(f"a grid has no words for {read.plan}", "plan", hint="write plan: level")
    for first, others in (("write", ("rewrite", "refine")), ("dialogue", ("rewrite_dialogue", "refine_dialogue"))):
        for other in others:
            if first in prompts and other not in prompts:
                raise document.error(
                    f"missing beside {first}", other, hint=f"name a prompt with role {other.split('_')[0]}"
                )
