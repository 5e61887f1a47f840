"""Components by name: a literal table, loaded when used, and one entry-point group for plug-ins."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from cswitch.core.errors import UsageError

GROUP = "cswitch"
"""The entry-point group. A plug-in registers ``kind.name = module:Class``, such as ``aligner.mine``."""

BUILT_IN: dict[str, dict[str, str]] = {
    "aligner": {
        "eflomal": "cswitch.generators.alignment.eflomal:EflomalAligner",
        "embedding": "cswitch.generators.alignment.embedding.aligner:EmbeddingAligner",
        "fast-align": "cswitch.generators.alignment.fast_align:FastAlignAligner",
        "given": "cswitch.generators.alignment.given:GivenAligner",
        "hybrid": "cswitch.generators.alignment.hybrid:HybridAligner",
        "lexical": "cswitch.generators.alignment.lexical:LexicalAligner",
    },
    "tagger": {
        "compact": "cswitch.annotators.lid.compact:CompactTagger",
        "hf": "cswitch.annotators.encoder.tagger:EncoderTagger",
    },
    "translator": {
        "gloss": "cswitch.generators.translating.gloss:GlossTranslator",
        "llm": "cswitch.generators.translating.llm:LlmTranslator",
        "seq2seq": "cswitch.generators.translating.seq2seq:Seq2SeqTranslator",
    },
    "pos": {"windowed": "cswitch.annotators.pos.windowed:WindowedTagger"},
    "deromaniser": {"spelling": "cswitch.core.deromanisation.spelling:SpellingDeromaniser"},
    "romaniser": {
        "abjad": "cswitch.core.transliteration.abjad:AbjadRomaniser",
        "anyascii": "cswitch.core.transliteration.floor:FloorRomaniser",
        "beng": "cswitch.core.romanisation.romaniser:BengaliRomaniser",
        "deva": "cswitch.core.romanisation.romaniser:DevanagariRomaniser",
        "gujr": "cswitch.core.romanisation.romaniser:GujaratiRomaniser",
        "guru": "cswitch.core.romanisation.romaniser:GurmukhiRomaniser",
        "hangul": "cswitch.core.transliteration.hangul:HangulRomaniser",
        "jyutping": "cswitch.core.transliteration.chinese:JyutpingRomaniser",
        "kana": "cswitch.core.transliteration.kana:KanaRomaniser",
        "knda": "cswitch.core.romanisation.romaniser:KannadaRomaniser",
        "letters": "cswitch.core.transliteration.letters:LetterRomaniser",
        "mlym": "cswitch.core.romanisation.romaniser:MalayalamRomaniser",
        "pinyin": "cswitch.core.transliteration.chinese:PinyinRomaniser",
        "taml": "cswitch.core.romanisation.romaniser:TamilRomaniser",
        "telu": "cswitch.core.romanisation.romaniser:TeluguRomaniser",
        "thai": "cswitch.core.transliteration.thai:ThaiRomaniser",
        "urdu": "cswitch.core.romanisation.romaniser:UrduRomaniser",
    },
    "builder": {
        "insertion": "cswitch.generators.switching.insertion:InsertionBuilder",
        "alternation": "cswitch.generators.switching.alternation:AlternationBuilder",
        "nested": "cswitch.generators.switching.nested:NestedBuilder",
        "tree": "cswitch.generators.switching.equivalence:TreeBuilder",
    },
    "units": {
        "content": "cswitch.generators.switching.unit_choices:content_words",
        "entity": "cswitch.generators.switching.unit_choices:names",
        "key-phrase": "cswitch.generators.switching.key_phrases:key_phrases",
        "noun": "cswitch.generators.switching.unit_choices:noun_phrases",
        "noun-adjective": "cswitch.generators.switching.unit_choices:nouns_and_adjectives",
        "noun-word": "cswitch.generators.switching.unit_choices:nouns",
        "phrase": "cswitch.generators.switching.unit_choices:phrases_and_words",
        "random": "cswitch.generators.switching.unit_choices:random_spans",
        "word": "cswitch.generators.switching.unit_choices:single_words",
    },
    "weights": {
        "frequency": "cswitch.generators.switching.weights:by_frequency",
        "pos": "cswitch.generators.switching.weights:by_class",
        "uniform": "cswitch.generators.switching.weights:alike",
    },
    "operation": {
        "adversarial": "cswitch.generators.recipes.operations.adversarial:Adversarial",
        "code-prompts": "cswitch.generators.recipes.operations.code_prompts:CodePrompts",
        "constrained-translation": "cswitch.generators.recipes.operations.constrained_translation:LimitedDecoding",
        "convert-by-tag": "cswitch.generators.recipes.operations.convert_by_tag:ConvertByTag",
        "cosda": "cswitch.training.operation:Cosda",
        "dip": "cswitch.generators.recipes.operations.dip:Dip",
        "entitycs": "cswitch.training.operation:Entitycs",
        "m2-switch": "cswitch.generators.recipes.operations.m2_switch:M2Switch",
        "morph-lexicon": "cswitch.generators.recipes.operations.morph_lexicon:MorphLexicon",
        "reasoning-mix": "cswitch.generators.recipes.operations.reasoning_mix:ReasoningMix",
        "silver-spans": "cswitch.generators.recipes.operations.silver_spans:SilverSpans",
        "switch-points": "cswitch.generators.recipes.operations.switch_points:SwitchPoints",
    },
    "recipe": {},
}


def names(kind: str) -> list[str]:
    """Every known name of a kind, plug-ins included.

    >>> names("builder")
    ['alternation', 'insertion', 'nested', 'tree']
    """
    return sorted({*BUILT_IN.get(kind, {}), *_plugins(kind)})


def load(kind: str, name: str) -> Any:
    """The class, function or object registered under a name.

    Raises:
        UsageError: The name is unknown; the message lists the known names and the nearest one.
    """
    path = BUILT_IN.get(kind, {}).get(name) or _plugins(kind).get(name)
    if path is None:
        raise UsageError(f"unknown {kind} {name!r}", hint=suggest(name, names(kind)))
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)


def suggest(name: str, known: list[str]) -> str:
    """A hint that names the nearest known name and lists the rest.

    >>> suggest("lexcal", ["given", "lexical"])
    "did you mean 'lexical'? Known: given, lexical"
    """
    listed = f"known: {', '.join(known)}" if known else "none is known"
    near = extractOne(name, known, scorer=ratio, score_cutoff=70) or extractOne(name, known, score_cutoff=60)
    return f"did you mean {near[0]!r}? {listed[0].upper()}{listed[1:]}" if near else listed


def _plugins(kind: str) -> dict[str, str]:
    prefix = f"{kind}."
    return {e.name[len(prefix) :]: e.value for e in entry_points(group=GROUP) if e.name.startswith(prefix)}
