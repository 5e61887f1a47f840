"""Trains the part-of-speech models of data/models and prints their figures.

    python -m scripts.train_pos [DATA] [--langs en,es,hi,de,id,zh] [--figures-only]

DATA holds treebanks/, parallel/ and romanisation/ (default: $CSWITCH_DATA, else ../shared/data). Figures are of
sentences that no part of the training saw, on the words that the tokeniser makes and on those of the treebank, beside
two plain taggers that learn from the same treebank. English is shipped as measured. The other languages have little
data, so they are measured on a model without the held-out part, then trained again on everything. Two to five minutes
a language on one core, ten for Chinese, which needs jieba and OpenCC (see scripts/pos_chinese.py).
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.pos import MostFrequent, Perceptron
from cswitch.annotators.pos.characters import Joiner
from cswitch.annotators.pos.figures import measure
from cswitch.annotators.pos.network import Network
from cswitch.annotators.pos.recipe import Recipe, Treebank, train
from cswitch.annotators.pos.training import Settings
from cswitch.annotators.pos.treebank import TaggedSentence, read_treebank
from cswitch.annotators.pos.variation import read_endings, read_tagged, varied
from cswitch.annotators.pos.windowed import WindowedTagger
from cswitch.core.contracts import PosTagger
from cswitch.core.text.tokens import tokenise
from scripts import pos_chinese

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "data" / "models"
LICENCE = "CC BY-SA 4.0"

RAW = "running text"
"""Tokens as the tokeniser cuts them."""
_ROUNDS = 5
"""Rounds of perceptron training."""
_CHAT = 2
"""How often the sentences as people talk are repeated."""
_VARIED = 4
"""One in so many sentences with verbs comes again with other endings."""
_WIDE = {"size": 64, "hidden": 128, "second": 64}
_SMALL_PUPIL = Settings(epochs=20, size=28)
_SMALL_TREEBANK = Settings(epochs=20, batch=16, min_count=1, drop_form=0.4, drop_part=0.2, drop_unit=0.5, **_WIDE)
RECIPES = {
    "en": Recipe(
        teacher=Settings(epochs=10, min_count=2, drop_form=0.3, drop_part=0.1, drop_unit=0.3, **_WIDE),
        pupil=Settings(epochs=20, drop_unit=0.1),
    ),
    "es": Recipe(teacher=_SMALL_TREEBANK, pupil=Settings(epochs=20)),
    "hi": Recipe(teacher=_SMALL_TREEBANK, pupil=Settings(epochs=20)),
    "de": Recipe(teacher=_SMALL_TREEBANK, pupil=_SMALL_PUPIL),
    "id": Recipe(teacher=_SMALL_TREEBANK, pupil=_SMALL_PUPIL),
    "zh": Recipe(teacher=replace(_SMALL_TREEBANK, epochs=8, batch=32), pupil=_SMALL_PUPIL),
}


class Case(NamedTuple):
    """Sentences of a treebank in one cut."""

    seen: Sequence[TaggedSentence]
    """What plain taggers learn from, to compare with."""
    unseen: Sequence[TaggedSentence]
    """What no part of the training saw."""


class Plan(NamedTuple):
    """What a model learns from, and what it is measured on."""

    treebanks: list[Treebank]
    held_out: dict[str, Case]
    """What the model is measured on, by the way sentences are cut into tokens."""
    plain: list[tuple[str, ...]]
    everything: list[Treebank] | None
    """What the shipped model learns from, when that includes the held-out part."""


def spans(text: str) -> Sequence[tuple[int, int]]:
    """Token offsets, as in running text."""
    return tokenise(text).offsets


def english(data: Path) -> Plan:
    """EWT and PUD; measured on EWT's test part."""
    ewt = _treebank(data, "en", "treebanks/ud_english_ewt/en_ewt-ud-{}.conllu", "train", "dev")
    pud = _treebank(data, "en", "parallel/pud/en_pud-ud-{}.conllu", "test")
    commands = (data / "parallel/hinglish_top/Human_Annotated_Data/train.tsv").read_text("utf-8").splitlines()[1:]
    plain = [*_lines(data / "parallel/ntrex/eng.txt"), *(line.split("\t")[0] for line in commands)]
    banks = [Treebank("UD English EWT 2.15 train, dev", ewt), Treebank("UD English PUD", pud)]
    test = _treebank(data, "en", "treebanks/ud_english_ewt/en_ewt-ud-{}.conllu", "test")
    return Plan(banks, {RAW: Case([*ewt, *pud], test)}, _tokens(plain), None)


def spanish(data: Path) -> Plan:
    """GSD and PUD; measured on GSD's test part."""
    dev = _treebank(data, "es", "treebanks/ud_spanish_gsd/es_gsd-ud-{}.conllu", "dev")
    test = _treebank(data, "es", "treebanks/ud_spanish_gsd/es_gsd-ud-{}.conllu", "test")
    pud = Treebank("UD Spanish PUD", _treebank(data, "es", "parallel/pud/es_pud-ud-{}.conllu", "test"))
    plain = [*_lines(data / "parallel/ntrex/spa.txt"), *_lines(data / "parallel/ntrex/spa-MX.txt")]
    name = "UD Spanish GSD 2.15 dev"
    everything = [Treebank(f"{name}, test", _with_chat("es", dev + test)), pud]
    held_out = {RAW: Case([*dev, *pud.sentences], test)}
    return Plan([Treebank(name, _with_chat("es", dev)), pud], held_out, _tokens(plain), everything)


def hindi(data: Path) -> Plan:
    """PUD; measured on its last 200 sentences."""
    pud = _treebank(data, "hi", "parallel/pud/hi_pud-ud-{}.conllu", "test")
    plain = [
        *_lines(data / "parallel/ntrex/hin.txt"),
        *_lines(data / "romanisation/dakshina/sentences/hi.dev.native.txt"),
    ]
    name = "UD Hindi PUD"
    everything = [Treebank(name, _with_chat("hi", pud))]
    held_out = {RAW: Case(pud[:800], pud[800:])}
    return Plan([Treebank(name, _with_chat("hi", pud[:800]))], held_out, _tokens(plain), everything)


def german(data: Path) -> Plan:
    """PUD; measured on its last 200 sentences."""
    return _of_pud(data, "de", "UD German PUD", "deu")


def indonesian(data: Path) -> Plan:
    """PUD; measured on its last 200 sentences."""
    return _of_pud(data, "id", "UD Indonesian PUD", "ind")


def chinese(data: Path) -> Plan:
    """PUD in every cut and both ways of writing; measured on its last 200 sentences."""
    lines = [line for part in ("zho-CN", "zho-TW") for line in _lines(data / f"parallel/ntrex/{part}.txt")]
    plain = [tuple(line[start:end] for start, end in pos_chinese.words(line)) for line in lines]
    counts = Counter(chain.from_iterable(plain))
    known = Joiner(word for word, count in counts.items() if count >= RECIPES["zh"].pupil.min_count)
    cuts = {"treebank words": None, "words": pos_chinese.words, "joined": pos_chinese.joined(known)}
    path = data / "parallel/pud/zh_pud-ud-test.conllu"
    pud = pos_chinese.treebank(path, cuts)
    talk = pos_chinese.everywhere(read_tagged(MODELS / "pos-zh.chat.txt"), cuts.values()) * _CHAT
    first = [sentence for part in pud.values() for sentence in part[:-200]]
    whole = [sentence for part in pud.values() for sentence in part]
    raw = pos_chinese.treebank(path, {"characters": pos_chinese.characters})
    cases = {name: part for name, part in pud.items() if not name.startswith("joined")} | raw
    held_out = {name: Case(part[:-200], part[-200:]) for name, part in cases.items()}
    name = "UD Chinese PUD"
    return Plan([Treebank(name, first + talk)], held_out, plain, [Treebank(name, whole + talk)])


def _of_pud(data: Path, lang: str, name: str, plain: str) -> Plan:
    path = data / f"parallel/pud/{lang}_pud-ud-test.conllu"
    pud = list(read_treebank(path, lang, spans))
    cases = {RAW: pud, "treebank words": list(read_treebank(path, lang))}
    held_out = {cut: Case(part[:-200], part[-200:]) for cut, part in cases.items()}
    everything = [Treebank(name, _with_chat(lang, pud))]
    text = _tokens(_lines(data / f"parallel/ntrex/{plain}.txt"))
    return Plan([Treebank(name, _with_chat(lang, pud[:-200]))], held_out, text, everything)


PLANS: dict[str, Callable[[Path], Plan]] = {
    "en": english,
    "es": spanish,
    "hi": hindi,
    "de": german,
    "id": indonesian,
    "zh": chinese,
}


def main() -> None:
    """Train, measure and write the models."""
    options = _options()
    for lang in options.langs.split(","):
        started = time.perf_counter()
        plan = PLANS[lang](options.data)
        network = train(lang, plan.treebanks, plan.plain, RECIPES[lang], licence=LICENCE)
        _report(lang, network, plan)
        if options.figures_only:
            continue
        if plan.everything:
            network = train(lang, plan.everything, plan.plain, RECIPES[lang], licence=LICENCE)
        path = MODELS / f"pos-{lang}.bin"
        network.dump(path)
        took = time.perf_counter() - started
        print(f"{lang}: {path.relative_to(ROOT)}, {path.stat().st_size:,} bytes, {took:.0f} s", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the part-of-speech models.")
    default = os.environ.get("CSWITCH_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument(
        "data", nargs="?", type=Path, default=Path(default), help="folder with treebanks/ and parallel/"
    )
    parser.add_argument("--langs", default=",".join(PLANS), help="languages, separated by commas")
    parser.add_argument("--figures-only", action="store_true", help="measure, and leave the models as they are")
    return parser.parse_args()


def _report(lang: str, network: Network, plan: Plan) -> None:
    for cut, (seen, sentences) in plan.held_out.items():
        taggers: dict[str, PosTagger] = {
            "most frequent": MostFrequent(seen),
            "perceptron": Perceptron(seen, _ROUNDS),
            "windowed": WindowedTagger(network),
        }
        lower = [TaggedSentence(tuple(map(str.lower, tokens)), labels) for tokens, labels in sentences]
        changed = sum(one != other for one, other in zip(lower, sentences, strict=True))
        cases = {cut: sentences}
        if changed > len(sentences) / 2:
            cases[f"{cut}, in lower case"] = lower
        for case, texts in cases.items():
            for name, tagger in taggers.items():
                figures = measure(tagger, texts)._asdict()
                shares = (f"{k} {v if k == 'tokens' else f'{v:.4f}'}" for k, v in figures.items())
                print(f"{lang}, {case}, {name}:", *shares, flush=True)


def _treebank(data: Path, lang: str, pattern: str, *parts: str) -> list[TaggedSentence]:
    return [sentence for part in parts for sentence in read_treebank(data / pattern.format(part), lang, spans)]


def _with_chat(lang: str, sentences: list[TaggedSentence]) -> list[TaggedSentence]:
    """A treebank of written text with sentences as people talk, tagged by hand here, and with more persons of verbs."""
    chat = MODELS / f"pos-{lang}.chat.txt"
    endings = MODELS / f"pos-{lang}.endings.tsv"
    talk = read_tagged(chat) if chat.is_file() else []
    more = varied(sentences, read_endings(endings)) if endings.is_file() else ()
    return [*sentences, *talk * _CHAT, *islice(more, 0, None, _VARIED)]


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def _tokens(texts: Sequence[str]) -> list[tuple[str, ...]]:
    return [tokens for text in texts if (tokens := tokenise(text).tokens)]


if __name__ == "__main__":
    main()
