"""Treebanks as surface tokens, gradients, and a tagger trained from nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cswitch.annotators.pos.corpus import Corpus, one_hot, vocabulary
from cswitch.annotators.pos.figures import measure
from cswitch.annotators.pos.recipe import Recipe, Treebank, train
from cswitch.annotators.pos.training import FloatNetwork, Settings
from cswitch.annotators.pos.treebank import TaggedSentence, read_treebank
from cswitch.annotators.pos.vectors import context_vectors
from cswitch.annotators.pos.windowed import WindowedTagger
from cswitch.core.errors import InputError
from cswitch.core.text.tokens import tokenise


def word(
    number: int, form: str, upos: str, feats: str, head: int, relation: str, misc: str = "_", tag: str = "_"
) -> str:
    return "\t".join((str(number), form, "_", upos, tag, feats, str(head), relation, "_", misc))


def part(numbers: str, form: str, misc: str = "_") -> str:
    return "\t".join((numbers, form, *"_" * 7, misc))


TREEBANKS = {
    "contraction": (
        "en",
        [
            word(1, "I", "PRON", "Number=Sing", 4, "nsubj"),
            part("2-3", "don't"),
            word(2, "do", "AUX", "VerbForm=Fin", 4, "aux"),
            word(3, "n't", "PART", "_", 4, "advmod"),
            word(4, "know", "VERB", "VerbForm=Inf", 0, "root", "SpaceAfter=No"),
            word(5, ".", "PUNCT", "_", 4, "punct"),
        ],
        "I/PRON don't/AUX.Fin know/VERB.Inf ./PUNCT",
    ),
    "genitive and clitic": (
        "en",
        [
            part("1-2", "It's"),
            word(1, "It", "PRON", "_", 5, "nsubj"),
            word(2, "'s", "AUX", "VerbForm=Fin", 5, "cop"),
            part("3-4", "Asha's"),
            word(3, "Asha", "PROPN", "_", 5, "nmod:poss"),
            word(4, "'s", "PART", "_", 3, "case"),
            word(5, "scissors", "NOUN", "Number=Ptan", 0, "root"),
        ],
        "It's/PRON Asha's/PROPN scissors/NOUN.Plur",
    ),
    "hyphen and per cent": (
        "en",
        [
            word(1, "well", "ADV", "_", 3, "advmod", "SpaceAfter=No"),
            word(2, "-", "PUNCT", "_", 1, "punct", "SpaceAfter=No"),
            word(3, "known", "ADJ", "_", 4, "amod"),
            word(4, "people", "NOUN", "Number=Plur", 0, "root"),
            word(5, "waiting", "VERB", "Tense=Pres|VerbForm=Part", 4, "acl"),
            word(6, "20", "NUM", "_", 7, "nummod", "SpaceAfter=No"),
            word(7, "%", "SYM", "_", 5, "obl"),
        ],
        "well-known/ADJ people/NOUN.Plur waiting/VERB.Ger 20%/NUM",
    ),
    "Spanish clitics": (
        "es",
        [
            part("1-3", "dámelo"),
            word(1, "da", "VERB", "VerbForm=Fin", 0, "root"),
            word(2, "me", "PRON", "_", 1, "obl"),
            word(3, "lo", "PRON", "_", 1, "obj"),
            part("4-5", "del"),
            word(4, "de", "ADP", "_", 6, "case"),
            word(5, "el", "DET", "_", 6, "det"),
            word(6, "coche", "NOUN", "Number=Sing", 1, "obl"),
        ],
        "dámelo/VERB.Fin del/ADP coche/NOUN.Sing",
    ),
    "Hindi verb group": (
        "hi",
        [
            word(1, "वह", "PRON", "_", 3, "nsubj"),
            word(2, "खाकर", "VERB", "_", 3, "advcl"),
            word(3, "जा", "VERB", "_", 0, "root"),
            word(4, "रहा", "AUX", "Aspect=Prog|Gender=Masc|Mood=Ind", 3, "aux"),
            word(5, "था", "AUX", "Gender=Masc|Tense=Past", 3, "aux", "SpaceAfter=No"),
            word(6, "।", "PUNCT", "_", 3, "punct"),
        ],
        "वह/PRON खाकर/VERB.Conv जा/VERB.Conv रहा/AUX.Part था/AUX.Fin ।/PUNCT",
    ),
    "German verb forms": (
        "de",
        [
            word(1, "Sie", "PRON", "_", 4, "nsubj"),
            word(2, "hat", "AUX", "Mood=Ind", 4, "aux", tag="VBC"),
            word(3, "es", "PRON", "_", 4, "obj"),
            word(4, "versucht", "VERB", "_", 0, "root", "SpaceAfter=No", tag="VBN"),
            word(5, ",", "PUNCT", "_", 7, "punct"),
            word(6, "zu", "PART", "_", 7, "mark"),
            word(7, "gehen", "VERB", "_", 4, "xcomp", tag="VB"),
        ],
        "Sie/PRON hat/AUX.Fin es/PRON versucht/VERB.Part ,/PUNCT zu/PART gehen/VERB.Inf",
    ),
    "Indonesian clitic": (
        "id",
        [
            part("1-2", "Bukunya"),
            word(1, "Buku", "NOUN", "Number=Sing", 3, "nsubj"),
            word(2, "nya", "PRON", "_", 1, "nmod"),
            word(3, "dibeli", "VERB", "Voice=Pass", 0, "root"),
            word(4, "anak-anak", "NOUN", "Number=Plur", 3, "obl"),
        ],
        "Bukunya/NOUN dibeli/VERB anak-anak/NOUN",
    ),
    "Hindi perfective and infinitive": (
        "hi",
        [
            word(1, "उसने", "PRON", "_", 3, "nsubj"),
            word(2, "करने", "VERB", "VerbForm=Inf", 3, "advcl"),
            word(3, "कहा", "VERB", "Aspect=Perf|Gender=Masc|Mood=Ind", 0, "root"),
        ],
        "उसने/PRON करने/VERB.Inf कहा/VERB.Fin",
    ),
}


@pytest.mark.parametrize("name", TREEBANKS)
def test_surface_tokens(name: str, tmp_path: Path) -> None:
    lang, lines, wanted = TREEBANKS[name]
    path = tmp_path / "bank.conllu"
    path.write_text("# sent_id = 1\n" + "\n".join(lines) + "\n\n", encoding="utf-8")
    (sentence,) = read_treebank(path, lang, lambda text: tokenise(text).offsets)
    assert " ".join(f"{t}/{label}" for t, label in zip(*sentence, strict=True)) == wanted


CHINESE = [
    word(1, "我", "PRON", "_", 2, "nsubj", "SpaceAfter=No"),
    word(2, "买", "VERB", "_", 0, "root", "SpaceAfter=No"),
    word(3, "三", "NUM", "_", 4, "nummod", "SpaceAfter=No"),
    word(4, "本", "NOUN", "_", 5, "clf", "SpaceAfter=No"),
    word(5, "书", "NOUN", "_", 2, "obj", "SpaceAfter=No"),
]


@pytest.mark.parametrize(
    ("spans", "wanted"),
    [
        (None, "我/PRON 买/VERB 三/NUM 本/NOUN 书/NOUN"),
        ([(0, 1), (1, 2), (2, 4), (4, 5)], "我/PRON 买/VERB 三本/NUM 书/NOUN"),
        ([(0, 2), (2, 5)], "我买/VERB 三本书/NOUN"),
    ],
)
def test_unspaced_text_is_cut_in_more_ways(spans: list[tuple[int, int]] | None, wanted: str, tmp_path: Path) -> None:
    path = tmp_path / "bank.conllu"
    path.write_text("\n".join(CHINESE) + "\n\n", encoding="utf-8")
    (sentence,) = read_treebank(path, "zh", None if spans is None else lambda text: spans)
    assert " ".join(f"{t}/{label}" for t, label in zip(*sentence, strict=True)) == wanted


def test_a_line_that_is_no_treebank_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bank.conllu"
    path.write_text("# a comment\n1\tonly\tthree\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bank\.conllu:2: .*10 columns"):
        list(read_treebank(path, "en", lambda text: tokenise(text).offsets))


SENTENCES = [
    TaggedSentence(tuple(f"{name} {verb} the {thing} .".split()), ("PROPN", "VERB.Fin", "DET", "NOUN.Sing", "PUNCT"))
    for name in ("Asha", "Ravi", "Maria")
    for verb in ("wanted", "needed", "called", "moved")
    for thing in ("car", "plan", "house")
]


def test_gradients_are_those_of_the_loss() -> None:
    names = {label: number for number, label in enumerate(sorted({x for s in SENTENCES for x in s.labels}))}
    tokens = [sentence.tokens for sentence in SENTENCES[:8]]
    targets = [one_hot(sentence.labels, names) for sentence in SENTENCES[:8]]
    keys = vocabulary(tokens, 1)
    vectors = context_vectors(tokens, 4, contexts=8)
    corpus = Corpus(tokens, targets, keys, treebanks=[0, 1] * 4, vectors=vectors)
    plain = Settings(epochs=1, size=6, hidden=7, second=5, drop_form=0, drop_part=0, drop_unit=0)
    network: FloatNetwork[Corpus] = FloatNetwork(keys, len(names), plain, treebanks=2, context_size=4)
    for name, slope in network.gradients(corpus, range(8)).items():
        step = np.float32(0.02) * slope / np.linalg.norm(slope)
        losses = []
        for sign in (1, -2):
            network.weights[name] += np.float32(sign) * step
            losses.append(network.loss(corpus))
        network.weights[name] += step
        assert losses[0] - losses[1] == pytest.approx(2 * 0.02 * np.linalg.norm(slope), rel=0.03), name


def test_a_tagger_learns_from_a_handful_of_sentences(tmp_path: Path) -> None:
    small = Settings(epochs=12, batch=4, rate=0.02, size=8, hidden=12, second=8, min_count=1)
    recipe = Recipe(teacher=small, pupil=small, teachers=2)
    plain = [("Asha", "called", "the", "plan", "."), ("Ravi", "moved", "the", "house", ".")] * 4
    network = train("en", [Treebank("toy", SENTENCES)], plain, recipe, licence="CC0 1.0")
    network.dump(tmp_path / "toy.bin")
    tagger = WindowedTagger.read(tmp_path / "toy.bin")
    assert measure(tagger, SENTENCES).label > 0.98
    assert tagger.tag([("Maria", "folded", "the", "map", ".")]) == [SENTENCES[0].labels]
    assert tagger.tag([("@someone", "called", "the", "plan", ".", "🙂")])[0][-1] == "SYM"
