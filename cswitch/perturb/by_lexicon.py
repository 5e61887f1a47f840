"""Fields mixed by the words of a lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from cswitch.core.lexicon import Lexicon
from cswitch.core.tag_names import language_tag
from cswitch.perturb.meant import MeantWords
from cswitch.perturb.mixing import MixedField, MixedTokens, TextTask, TokensTask, runs_of, tells_nothing
from cswitch.perturb.natural import NaturalWords, fits, with_articles, with_capitals, with_german_nouns
from cswitch.perturb.nouns import NounLexicon
from cswitch.perturb.settings import PerturbSettings
from cswitch.perturb.spelling import Spelling
from cswitch.training.records import Example, Mixed
from cswitch.training.settings import AugmentSettings, Keep
from cswitch.training.switcher import Switcher
from cswitch.training.texts import ReadText, read_text, write_text

_KEPT: dict[str, tuple[Keep, ...]] = {
    "natural": ("names", "entities", "function-words"),
    "content": ("names", "entities", "function-words"),
    "all": ("names", "entities"),
}
OTHER = "other"


class LexiconMixer:
    """Mixes fields by lexicon.

    Args:
        settings: What to make.
        cmi: CMI of these fields.
        lexicons: Lexicon by language, read already.
        names: Layer of labels to what its numbers mean.

    >>> from cswitch.perturb.settings import FieldSettings
    >>> settings = PerturbSettings(pair=("en", "es"), fields={"text": FieldSettings()})
    >>> mixer = LexiconMixer(settings, 20, {"es": Lexicon.load("en", "es")})
    >>> mixer.mix([TextTask("1", "She has the money in a house.")])[0].text
    'She has the dinero in a house.'
    """

    def __init__(
        self,
        settings: PerturbSettings,
        cmi: float,
        lexicons: Mapping[str, Lexicon],
        names: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.settings, self.cmi = settings, cmi
        self.lang, other = settings.pair
        self.tag = language_tag(self.lang)
        self.natural = _natural(settings, lexicons[other])
        augment = AugmentSettings(
            matrix=self.lang,
            languages=(other,),
            cmi=cmi,
            translations="best",
            min_prob=settings.min_prob,
            keep=_KEPT[settings.words],
            seed=settings.seed,
        )
        self.switcher = Switcher(augment, lexicons=lexicons, names=names, fits=None if self.natural is None else fits)
        self.spelling = Spelling(settings)

    def mix(self, tasks: Sequence[TextTask]) -> list[MixedField]:
        """Texts, mixed."""
        read = [read_text(task.text, self.lang, id=task.id, spans=task.spans, kept=task.protected) for task in tasks]
        mixed = self._mixed([self._tagged(one.example, one.kept) for one in read])
        return [self._field(*found) for found in zip(tasks, read, mixed, strict=True)]

    def mix_tokens(self, tasks: Sequence[TokensTask]) -> list[MixedTokens]:
        """Sentences in tokens, mixed."""
        examples = [
            self._tagged(
                Example(id=task.id, tokens=task.tokens, labels=task.labels, fixed=task.protected), task.protected
            )
            for task in tasks
        ]
        found = []
        for task, mixed in zip(tasks, self._mixed(examples), strict=True):
            if not mixed.replaced:
                reason, detail = tells_nothing(mixed.reachable, self.cmi)
                made = MixedTokens(task.tokens, task.labels, (), mixed.cmi, mixed.reachable, 0, reason, detail)
            else:
                came = runs_of(mixed.langs, [(at, at + 1) for at in range(len(mixed.tokens))], self.tag)
                made = MixedTokens(mixed.tokens, mixed.labels, came, mixed.cmi, mixed.reachable, mixed.replaced)
            found.append(made)
        return found

    def _tagged(self, example: Example, protected: Iterable[int]) -> Example:
        """A sentence whose protected tokens are of no language: code and formulas are no words that are mixed."""
        langs = self.switcher.reader.tags(example.tokens)
        for at in protected:
            langs[at] = OTHER
        return replace(example, langs=langs)

    def _field(self, task: TextTask, read: ReadText, mixed: Mixed) -> MixedField:
        if not mixed.replaced:
            reason, detail = tells_nothing(mixed.reachable, self.cmi)
            return MixedField(task.text, task.spans, (), mixed.cmi, mixed.reachable, 0, reason, detail)
        made = write_text(read, mixed)
        came = runs_of(mixed.langs, made.offsets, self.tag)
        return MixedField(made.text, made.spans[: len(task.spans)], came, mixed.cmi, mixed.reachable, mixed.replaced)

    def _mixed(self, examples: Sequence[Example]) -> list[Mixed]:
        classes: list[list[str]] | list[None] = [None] * len(examples)
        if self.natural is not None:
            classes = self.natural.classes([example.tokens for example in examples])
        return [self._one(*found) for found in zip(examples, classes, strict=True)]

    def _one(self, example: Example, classes: list[str] | None) -> Mixed:
        prepared = example
        if classes is not None:
            fixed = example.fixed.union([at for at, found in enumerate(classes) if not found])
            prepared = replace(example, classes=classes, fixed=fixed)
        mixed = with_articles(self.switcher.switch(prepared), self.lang)
        if self.settings.pair[1] == "en":
            mixed = with_capitals(mixed, self.lang)
        elif self.settings.pair[1] == "de":
            mixed = with_german_nouns(mixed, classes)
        return self.spelling.spelt(mixed, example.fixed)


def _natural(settings: PerturbSettings, lexicon: Lexicon) -> NaturalWords | MeantWords | None:
    """What says which words are replaced alone; None where any content word may be, or nothing is known of classes."""
    natural = NaturalWords(settings.pair[0])
    if settings.words != "natural" or not natural.known:
        return None
    return MeantWords(natural, lexicon) if isinstance(lexicon, NounLexicon) else natural
