"""What switching costs a training run, and what it gives for what is asked: ``python -m benchmarks.augmentation``.

Prints sentences a second of processor time on one core for mixing by lexicon and by links, beside a loop that copies
its tokens and one that replaces words as CoSDA-ML does (each word with the probability asked for, if the dictionary has
it). Then the rate that each gets for a rate asked for, and what a batch of 32 costs in a collator without and with
switching. English sentences of NTREX; links are those of the lexical aligner.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.synth import read_rows
from cswitch.core.lexicon import Lexicon
from cswitch.core.text.tokens import tokenise
from cswitch.generators.switching.view import AlignedPair
from cswitch.pipeline.annotate import Annotator
from cswitch.schemas.settings import SynthSettings
from cswitch.training import AugmentSettings, Example, LinkedSwitcher, Switcher, SwitchingCollator
from cswitch.training.settings import ALWAYS_KEPT

LANG = "es"
BATCH = 32


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data", help="folder with parallel/ntrex")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args()
    rows = read_rows(Path(options.data), LANG)
    examples = [Example(id=row.pair.id, tokens=tokenise(row.pair.texts["en"], "en").tokens) for row in rows]
    annotated = Annotator(SynthSettings(pair=("en", LANG))).annotate(rows)
    pairs = [pair for _, pair in annotated if isinstance(pair, AlignedPair)]
    found = {
        "sentences": len(examples),
        "tokens a sentence": round(sum(len(each.tokens) for each in examples) / len(examples), 1),
        "speed": speed(examples, pairs),
        "rates": [rates(examples, asked) for asked in (0.1, 0.2, 0.4, 0.6)],
        "cmi": [by_links(pairs, asked) for asked in (10.0, 20.0, 30.0)],
        "batch": batch(examples),
    }
    print(json.dumps(found, indent=2)) if options.json else table(found)


def clock(work: Callable[[int], object], sentences: int, passes: int = 3) -> float:
    """Sentences a second of processor time: the median of some passes, each an epoch, after one that warms up."""
    work(0)
    taken = []
    for epoch in range(1, passes + 1):
        started = time.process_time()
        work(epoch)
        taken.append(time.process_time() - started)
    return sentences / statistics.median(taken)


def naive(tokens: Sequence[str], lexicon: Lexicon, rate: float, random: Random) -> tuple[list[str], int]:
    """Tokens as CoSDA-ML replaces them, and how many it replaced."""
    out, replaced = [], 0
    for token in tokens:
        known = lexicon.translations(token) if random.random() < rate else ()
        replaced += bool(known)
        out.append(random.choice(known).word if known else token)
    return out, replaced


def speed(examples: list[Example], pairs: list[AlignedPair]) -> dict[str, float]:
    """Sentences a second of each way."""
    lexicon = Lexicon.load("en", LANG)
    plans = {
        "by lexicon, CoSDA-ML settings, rate 0.4": AugmentSettings.cosda("en", (LANG,), rate=0.4),
        "by lexicon, CoSDA-ML settings, 3 languages": AugmentSettings.cosda("en", (LANG, "de", "hi"), rate=0.4),
        "by lexicon, content words, CMI 25": AugmentSettings(matrix="en", languages=(LANG,), cmi=25),
        "by lexicon, phrases, CMI 25": AugmentSettings(matrix="en", languages=(LANG,), cmi=25, unit="phrase"),
    }
    found = {
        "nothing (tokens copied)": clock(lambda epoch: [list(each.tokens) for each in examples], len(examples)),
        "naive loop, rate 0.4": clock(
            lambda epoch: [naive(each.tokens, lexicon, 0.4, Random(epoch)) for each in examples], len(examples)
        ),
    }
    for name, settings in plans.items():
        found[name] = clock(_pass(Switcher(settings).switch, examples), len(examples))
    for method in ("insertion", "alternation"):
        settings = AugmentSettings(matrix="en", languages=(LANG,), cmi=25, unit="phrase", method=method)
        mixer = LinkedSwitcher(settings)

        def work(epoch: int, mixer: LinkedSwitcher = mixer) -> None:
            for pair in pairs:
                mixer.switch_pair(pair, epoch=epoch)

        found[f"by links, {method}, CMI 25"] = clock(work, len(pairs))
    return found


def _pass(switch: Callable[[Example, int], object], examples: list[Example]) -> Callable[[int], None]:
    def work(epoch: int) -> None:
        for each in examples:
            switch(each, epoch)

    return work


def rates(examples: list[Example], asked: float) -> dict[str, float]:
    """Mean rate of the sentences, by us and by the naive loop, and how far from what was asked."""
    switcher = Switcher(AugmentSettings.cosda("en", (LANG,), rate=asked))
    lexicon = Lexicon.load("en", LANG)
    ours, theirs, reached = [], [], 0
    for each in examples:
        made = switcher.switch(each)
        words = made.langs.count("en") + made.replaced
        words = sum(token[:1].isalpha() for token in each.tokens) or words or 1
        ours.append(made.rate)
        theirs.append(naive(each.tokens, lexicon, asked, Random(each.id))[1] / words)
        reached += made.reachable[1] + 0.5 / words >= asked
    return {
        "asked": asked,
        "ours": statistics.mean(ours),
        "our mean distance": statistics.mean(abs(rate - asked) for rate in ours),
        "naive": statistics.mean(theirs),
        "naive mean distance": statistics.mean(abs(rate - asked) for rate in theirs),
        "sentences that can reach it": reached / len(examples),
    }


def by_links(pairs: list[AlignedPair], asked: float) -> dict[str, float]:
    """Mean distance from a CMI asked for, by lexicon and by links."""
    settings = AugmentSettings(matrix="en", languages=(LANG,), cmi=asked, unit="phrase", keep=ALWAYS_KEPT)
    linked, lexical = LinkedSwitcher(settings), Switcher(settings)
    links = [linked.switch_pair(pair) for pair in pairs]
    lexicon = [lexical.switch(Example(id=pair.id, tokens=pair.source.tokens)) for pair in pairs]
    return {
        "asked": asked,
        "links": statistics.mean(made.cmi for made in links),
        "links mean distance": statistics.mean(abs(made.cmi - asked) for made in links),
        "lexicon": statistics.mean(made.cmi for made in lexicon),
        "lexicon mean distance": statistics.mean(abs(made.cmi - asked) for made in lexicon),
    }


def word_pieces(examples: list[Example]) -> Any:
    """A small tokenizer, trained on the sentences themselves."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=8000, special_tokens=special, show_progress=False)
    made.train_from_iterator([" ".join(each.tokens) for each in examples], trainer)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", model_max_length=512)


def batch(examples: list[Example]) -> dict[str, float]:
    """Milliseconds a batch in the collator, labels of words included."""
    tokenizer = word_pieces(examples)
    names = {"ner_tags": ["O", "B-X", "I-X"]}
    rows = [{"tokens": list(each.tokens), "ner_tags": [0] * len(each.tokens)} for each in examples]
    batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
    found = {}
    plans: dict[str, AugmentSettings | None] = {
        "without switching": None,
        "CoSDA-ML settings": AugmentSettings.cosda("en", (LANG,), rate=0.4),
        "content words, CMI 25": AugmentSettings(matrix="en", languages=(LANG,), cmi=25),
    }
    for name, settings in plans.items():
        collate = SwitchingCollator(tokenizer, settings, names=names)

        def work(epoch: int, collate: SwitchingCollator = collate) -> None:
            collate.set_epoch(epoch)
            for each in batches:
                collate(each)

        found[name] = 1000 / clock(work, len(batches))
    return found


def table(found: dict[str, Any]) -> None:
    """The results as text."""
    print(f"NTREX en-{LANG}: {found['sentences']:,} sentences of {found['tokens a sentence']} tokens\n")
    for name, value in found["speed"].items():
        print(f"  {name:44} {value:12,.0f} sentences/s")
    print(
        "\n  rate asked     ours   mean |asked - got|    naive loop   mean |asked - got|   sentences that can reach it"
    )
    for row in found["rates"]:
        print(
            f"  {row['asked']:10.2f} {row['ours']:8.3f} {row['our mean distance']:20.3f} {row['naive']:13.3f}"
            f" {row['naive mean distance']:20.3f} {row['sentences that can reach it']:29.1%}"
        )
    print("\n  CMI asked   by links   mean |asked - got|   by lexicon   mean |asked - got|")
    for row in found["cmi"]:
        print(
            f"  {row['asked']:9.0f} {row['links']:10.1f} {row['links mean distance']:20.2f}"
            f" {row['lexicon']:12.1f} {row['lexicon mean distance']:20.2f}"
        )
    print(f"\n  collator, a batch of {BATCH}:")
    for name, value in found["batch"].items():
        print(f"  {name:44} {value:10.2f} ms")


if __name__ == "__main__":
    main()
