"""``cswitch recipes``: published methods by name."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cswitch.cli.errors import TyperUsageError
from cswitch.cli.options import AsJson, Force, Lexicons, Output, print_json
from cswitch.core.errors import UsageError

if TYPE_CHECKING:
    from cswitch.generators.recipes.recipe import Recipe

_WIDTH = 100
_RAW = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app = typer.Typer(
    help="Published methods as recipes: list them, look at one, run one.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
operations = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command("list")
def list_recipes(as_json: AsJson = False) -> None:
    """List the recipes there are, those of plug-ins included."""
    from cswitch.generators.recipes.recipe import load_recipe, recipe_names

    found = [load_recipe(name) for name in recipe_names()]
    if as_json:
        print_json([{"name": one.name, "takes": one.takes, "about": one.about} for one in found])
        return
    wide = max((len(one.name) for one in found), default=0)
    for one in found:
        lines = textwrap.wrap(one.about, _WIDTH - wide - 2) or [""]
        typer.echo(f"{one.name:{wide}}  {lines[0]}")
        for line in lines[1:]:
            typer.echo(f"{'':{wide}}  {line}")


@app.command("show")
def show_recipe(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A recipe's name, or the path of a file.")],
    source: Annotated[bool, typer.Option("--source", help="Print the file, to be copied and edited.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a recipe does, what it leaves out, and how to run it."""
    import msgspec

    from cswitch.generators.recipes.recipe import load_recipe, recipe_source

    recipe = load_recipe(name)
    if source:
        typer.echo(recipe_source(name), nl=False)
    elif as_json:
        print_json(msgspec.to_builtins(recipe))
    else:
        typer.echo(described(recipe))


@app.command("run", context_settings=_RAW)
def run(context: typer.Context) -> None:
    """Run a recipe: cswitch recipes run NAME IN -o OUT, with the options of synth or prompt where it is one of those.

    cswitch recipes run NAME --help lists the options that the recipe takes.
    """
    from cswitch.cli.prompt import app as prompt_app
    from cswitch.cli.synth import synth
    from cswitch.generators.recipes.recipe import load_recipe

    name, *rest = context.args or ["--help"]
    if name.startswith("-"):
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(0 if name in ("-h", "--help") else 2)
    recipe = load_recipe(name)
    only = recipe.first.kind if len(recipe.steps) == 1 else "operation"
    is_set = any(word.startswith("--set") for word in rest)
    if is_set and only == "prompt":
        hint = "leave --set out, and say it by an option: cswitch prompt --help"
        raise UsageError("--set changes lattices and operations, and the recipe asks a language model", hint=hint)
    if only == "operation" or is_set:
        command, named = typer.main.get_command(operations), "cswitch recipes run"
        rest = [name, *rest]
    else:
        if not any(word.startswith("--pair") for word in rest):
            rest += ["--pair", "-".join(recipe.languages)]
        rest += ["--recipe", name]
        single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
        single.command("synth")(synth)
        command, named = typer.main.get_command(single if only == "synth" else prompt_app), f"cswitch {only}"
    try:
        status = command.main(args=rest, prog_name=named, standalone_mode=False)
    except TyperUsageError as error:
        option = error.option_name if hasattr(error, "possibilities") else ""  # none of that name
        if only == "synth" and is_set and option:
            hint = f"say it by --set too: --set {option.strip('-').replace('-', '_')}=VALUE"
            raise UsageError(f"beside --set there is no {option}", hint=hint) from error
        raise
    if status:
        raise typer.Exit(int(status))


@operations.command("run")
def operate(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A recipe's name, or the path of a file.")],
    source: Annotated[str, typer.Argument(metavar="IN", help="What the recipe takes; cswitch recipes show NAME.")],
    output: Output = "-",
    pair: Annotated[
        str, typer.Option(metavar="A-B[-C]", help="The languages. Default: those of the recipe's paper.")
    ] = "",
    matrix: Annotated[
        str,
        typer.Option(metavar="LANG", help="Matrix language. Default: the recipe's first, else the first of --pair."),
    ] = "",
    change: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="STEP.KEY=VALUE", help="Change a setting of the recipe; may be repeated."),
    ] = None,
    script: Annotated[
        Literal["native", "roman"] | None, typer.Option(help="Script of the output. Default: the recipe's.")
    ] = None,
    field: Annotated[str, typer.Option(metavar="NAME", help="Column of the text, for recipes that take texts.")] = "",
    links: Annotated[
        str | None, typer.Option(metavar="FILE", help="Links of pairs, Pharaoh i-j, a line a pair.")
    ] = None,
    fmt: Annotated[str | None, typer.Option("--format", metavar="NAME", help="Layout, when IN does not tell.")] = None,
    pretokenized: Annotated[bool, typer.Option("--pretokenized", help="Tokens stand between spaces in IN.")] = False,
    tagger: Annotated[str, typer.Option(metavar="NAME", help="Tagger, for recipes that want tags.")] = "compact",
    lexicons: Lexicons = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Stop after so many items.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.")] = 0,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes; any number gives the same output.")] = 1,
    rejects: Annotated[
        str | None, typer.Option(metavar="FILE", help="Keep each rejected item with its reason.")
    ] = None,
    force: Force = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an unfinished run stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a recipe over an input.

    Example: cswitch recipes run dip data/samples/en-hi.tsv -o mixed.jsonl
    """
    from cswitch.cli.keeping import TYPED
    from cswitch.cli.recipe_making import make
    from cswitch.cli.streams import refuse_overwriting
    from cswitch.cli.synth_making import Target
    from cswitch.generators.recipes.recipe import load_recipe
    from cswitch.pipeline.recipes.items import RecipeSource
    from cswitch.pipeline.recipes.settings import RecipeSettings, changes, in_order

    recipe = load_recipe(name)
    if as_json and output == "-":
        raise UsageError("--json and samples cannot both go to stdout", hint="name a file: -o OUT")
    sides = _languages(pair) if pair else recipe.languages
    languages = in_order(sides, matrix, recipe)
    settings = RecipeSettings(
        recipe=name,
        languages=languages,
        pair=sides,
        changed=changes(change or (), recipe),
        script=script,
        tagger=tagger,
        lexicons=tuple(map(str, lexicons or ())),
        seed=seed,
    )
    refuse_overwriting([output, rejects], [source, links])
    given = RecipeSource(source, recipe.takes, languages, sides, fmt, links, field, pretokenized, limit)
    make(given, settings, Target(output, rejects, force, resume), TYPED, workers=workers, as_json=as_json)


def described(recipe: Recipe) -> str:
    """A recipe in words."""
    parts = [("", recipe.about), ("Citation", recipe.citation), ("Reproduces", recipe.reproduces)]
    parts += [("Leaves out", recipe.left_out), ("Cannot be known", recipe.unknown)]
    lines = [recipe.name]
    for title, text in parts:
        if text:
            lines += ["", *textwrap.wrap(f"{title}: {text}" if title else text, _WIDTH)]
    lines += ["", f"Takes {recipe.takes}; shown for {'-'.join(recipe.languages)}. Steps:"]
    for step in recipe.steps:
        given = ", ".join(f"{key}: {value}" for key, value in step.settings.items())
        lines += textwrap.wrap(f"- {step.name}: {given}" if given else f"- {step.name}", _WIDTH, subsequent_indent="  ")
    shown = f"data/samples/{recipe.sample}" if recipe.sample else "IN"
    lines += ["", f"  {command_of(recipe, shown)}"]
    if recipe.export:
        lines.append(f"  cswitch export out.jsonl -o DIR --to {recipe.export}")
    return "\n".join(lines)


def command_of(recipe: Recipe, source: str) -> str:
    """The command that runs a recipe, with all that it has to be told."""
    grid = "--grid " if recipe.takes == "grid" else ""
    more = f" {recipe.options}" if recipe.options else ""
    return f"cswitch recipes run {recipe.name} {grid}{source} -o out.jsonl{more}"


def _languages(text: str) -> tuple[str, ...]:
    """The languages of ``--pair``, one or more.

    Raises:
        UsageError: One of them is unknown, or is named twice.
    """
    from cswitch.core.text.scripts import check_language

    try:
        found = tuple(map(check_language, text.split("-")))
    except UsageError as error:
        raise UsageError(f"--pair {text}: {error.message}", hint=error.hint) from error
    if len(set(found)) < len(found):
        raise UsageError(f"--pair {text} names a language twice", hint="name each once, such as en-hi")
    return found
