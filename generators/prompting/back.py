"""Whether a text still says what its source says: it is translated back and compared by the letters they share.

Comparing by back-translation is how Ge et al. (2025, arXiv 2507.11966) measure, by sentence vectors; here it is by
:func:`~cswitch.generators.prompting.similarity.letter_similarity`, which needs no model.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from cswitch.core.contracts import Translator
from cswitch.core.errors import UsageError
from cswitch.core.seeds import digest
from cswitch.generators.prompting.contracts import Brief, Chat, Request, TextReply
from cswitch.generators.prompting.normalise import normalise
from cswitch.generators.prompting.outcomes import Paid
from cswitch.generators.prompting.phrases import language_name, script_words
from cswitch.generators.prompting.prompt_files import PromptFile
from cswitch.generators.prompting.similarity import letter_similarity
from cswitch.generators.prompting.templates import listed

PROMPT = "translate.back.v1"
"""The prompt by which a model translates back."""
SCORE = "back_translation"
"""Name of the similarity among the scores of a sample."""
_LEAST, _FRAME = 256, 64


class Returned(NamedTuple):
    """A text, translated back."""

    text: str
    """Empty where there is no translation."""
    similarity: float
    """To the source, 0 to 1."""
    paid: Paid
    """What it took."""
    problem: str = ""
    """Why there is no translation."""


class Returning(Protocol):
    """Translates texts back."""

    async def back(self, brief: Brief, text: str) -> Returned:
        """The text in a language of its source, and how similar it is to that.

        Raises:
            NoAnswer: The model gave nothing that can be read.
            StopRun: The model will not answer any more.
            NotYet: The answer waits in a batch.
        """
        ...


class BackByModel:
    """Asks a language model.

    Args:
        chat: The model.
        prompt: The prompt, of role ``translate``; the one that is shipped when not given.
    """

    def __init__(self, chat: Chat, prompt: PromptFile | None = None) -> None:
        self._chat, self._prompt = chat, prompt or back_prompt()

    async def back(self, brief: Brief, text: str) -> Returned:
        """See :class:`Returning`."""
        source = brief.texts[original(brief)]
        answer = await self._chat.ask(back_request(brief, text, self._prompt))
        value = answer.value
        said = normalise(value.text).text if isinstance(value, TextReply) else ""
        return Returned(said, letter_similarity(said, source), Paid(answer.usage, answer.cost))


class BackByTranslator:
    """Asks a translator, which takes the text for one in its matrix language.

    Args:
        translator: The translator.
    """

    def __init__(self, translator: Translator) -> None:
        self._translator = translator

    async def back(self, brief: Brief, text: str) -> Returned:
        """See :class:`Returning`."""
        lang = original(brief)
        written = brief.matrix if brief.matrix != lang else next(one for one in brief.languages if one != lang)
        [told] = await self._translator.translate([text], written, lang)
        return Returned(told.text, letter_similarity(told.text, brief.texts[lang]), Paid(), told.problem)


def back_request(brief: Brief, text: str, prompt: PromptFile) -> Request:
    """What a model is asked.

    Args:
        brief: What was asked for.
        text: The text that came.
        prompt: A prompt of role ``translate``.
    """
    lang = original(brief)
    messages = prompt.render(
        text=text,
        source=listed([language_name(one) for one in brief.languages]),
        target=language_name(lang),
        script=script_words([lang], "native"),
    )
    return Request(
        prompt=prompt.id,
        messages=messages,
        reply=TextReply,
        max_tokens=max(_LEAST, _FRAME + 2 * len(text.encode())),
        temperature=0.0,
        seed=digest(brief.name, prompt.id) % 2**31,
    )


def original(brief: Brief) -> str:
    """The language of a source that a text is translated back to: the first, as the input has it.

    Raises:
        UsageError: There is no source.

    >>> original(Brief(id="1", languages=("hi", "en"), cmi=20, tolerance=5, texts={"en": "Go home!", "hi": "घर जाओ!"}))
    'en'
    """
    if not brief.texts:
        raise UsageError(
            "a text without a source cannot be compared with it", hint="leave out --back-translation, or give pairs"
        )
    return next(iter(brief.texts))


def back_prompt() -> PromptFile:
    """The prompt that is shipped.

    >>> back_prompt().head.role
    'translate'
    """
    return PromptFile.load(PROMPT)
