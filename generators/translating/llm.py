"""Translation by a language model, asked through the client of prompting: its cache, its budget, its admission."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

from msgspec.structs import replace

from cswitch.core.contracts import Translated
from cswitch.core.errors import UsageError
from cswitch.core.text.scripts import check_language, script_of, scripts_for
from cswitch.core.text.tokens import is_neutral, tokenise
from cswitch.generators.prompting.contents import contents
from cswitch.generators.prompting.contracts import Chat, NoAnswer, NotYet, Request, TextReply
from cswitch.generators.prompting.normalise import normalise
from cswitch.generators.prompting.phrases import language_name, script_words
from cswitch.generators.prompting.prompt_files import PromptFile

PROMPT = "translate.v1"
"""The prompt that is shipped."""
ASK_AGAIN = 0.5
"""Temperature of the second try: at 0 most models would give the first answer again."""
_FRAME_TOKENS, _LEAST, _MOST = 64, 256, 8192
"""Tokens of an answer: of the format around it, the least and the most."""

Building = Callable[[str, str, str], Request]
"""Makes the request for a text, its language and the target language."""


class LlmTranslator:
    """Asks a language model for each text, all at once, and looks its answers over.

    An answer must be in the script of the target, must not be the text itself, and must hold the numbers, URLs,
    mentions, hashtags and placeholders of the text. One that does not is asked for once more; then it is a problem.
    A text without a word is not sent.

    Args:
        chat: The model.
        build: Makes the requests; by the prompt ``translate.v1`` when not given.

    Raises:
        MissingExtraError: Jinja is not installed.
    """

    name = "llm"

    def __init__(self, chat: Chat, build: Building | None = None) -> None:
        self._chat, self._build = chat, build or request_by(prompt_of())

    @classmethod
    def load(cls, target: str = "", *, chat: Chat | None = None) -> Self:
        """The translator as it is named: ``llm``, or ``llm:PATH`` with a prompt file of one's own.

        Raises:
            UsageError: No model is given, or the prompt is not one that translates.
            InputError: The prompt file is wrong.
        """
        if chat is None:
            raise UsageError("the translator 'llm' needs a language model", hint="give it a chat, or use another one")
        return cls(chat, request_by(prompt_of(target)))

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """A translation of each text, or why there is none.

        Raises:
            UsageError: A language is unknown.
            StopRun: The model gives no answers any more. All answers that were on their way came in first.
            NotYet: Some answers wait in a batch; all requests were made.
        """
        pair = check_language(source), check_language(target)
        found = await asyncio.gather(*(self._one(text, *pair) for text in texts), return_exceptions=True)
        raised = [each for each in found if isinstance(each, BaseException)]
        if raised:
            raise next((error for error in raised if not isinstance(error, NotYet)), raised[0])
        return [each for each in found if isinstance(each, Translated)]

    async def _one(self, text: str, source: str, target: str) -> Translated:
        if all(map(is_neutral, tokenise(text, source).tokens)):
            return Translated("", problem="the text has no word" if text.strip() else "the text is empty")
        request = self._build(text, source, target)
        problem = ""
        for asked in (request, replace(request, attempt=1, temperature=max(request.temperature, ASK_AGAIN))):
            try:
                value = (await self._chat.ask(asked)).value
            except NoAnswer as error:
                return Translated("", problem=str(error))
            answer = normalise(value.text, sources=(text,)).text if isinstance(value, TextReply) else ""
            problem = fault(text, answer, target)
            if not problem:
                return Translated(answer)
        return Translated("", problem=problem)


def prompt_of(target: str = "") -> PromptFile:
    """The prompt that ``llm`` and ``llm:PATH`` use; its ``digest`` tells a run by one prompt from a run by another.

    Args:
        target: What follows the colon: a path, or the name of a prompt that is shipped; empty for ``translate.v1``.

    Raises:
        UsageError: It is not one that translates.
        InputError: The file is wrong.

    >>> prompt_of().id
    'translate.v1'
    """
    prompt = PromptFile.load(target or PROMPT)
    if prompt.head.role != "translate" or prompt.reply is not TextReply:
        wanted = "its head needs role: translate and reply: text"
        raise UsageError(f"the prompt {prompt.id!r} is not one that translates", hint=wanted)
    return prompt


def request_by(prompt: PromptFile) -> Building:
    """Makes requests by a prompt file.

    Args:
        prompt: One of role ``translate``, from :func:`prompt_of`.

    >>> made = request_by(prompt_of())("My house", "en", "hi")
    >>> made.prompt, made.temperature, "My house" in made.messages[-1].content
    ('translate.v1', 0.0, True)
    """

    def build(text: str, source: str, target: str) -> Request:
        names = {"source": language_name(source), "target": language_name(target)}
        messages = prompt.render(text=text, script=script_words([target], "native"), **names)
        return Request(
            prompt=prompt.id,
            messages=messages,
            reply=TextReply,
            max_tokens=longest_answer(text),
            temperature=0.0,
        )

    return build


def longest_answer(text: str) -> int:
    """How many tokens a translation may take, generously: a model may need a token for every byte of some scripts.

    >>> longest_answer("My house"), longest_answer("house " * 100)
    (256, 1264)
    """
    return min(max(_FRAME_TOKENS + 2 * len(text.encode()), _LEAST), _MOST)


def fault(text: str, answer: str, target: str) -> str:
    """What is wrong with an answer as a translation of a text; nothing when it may be used.

    >>> fault("Pay 50 to {name}", "{name} को 60 दो", "hi")
    "the answer lacks '50'"
    >>> fault("Good day", "good  day", "es"), fault("Good day", "Shubh din", "hi")
    ('the answer is the text itself', 'the answer is not in the script of hi')
    >>> fault("Good day", "शुभ दिन", "hi")
    ''
    """
    tokens = tokenise(answer, target).tokens
    if all(map(is_neutral, tokens)):
        return "there is no word in the answer"
    if answer.casefold().split() == text.casefold().split():
        return "the answer is the text itself"
    copied = set(tokenise(text).tokens)
    words = [token for token in tokens if not is_neutral(token) and token not in copied]
    native = sum(script_of(word) in (*scripts_for(target), "Zyyy") for word in words)
    if 2 * native < len(words):
        return f"the answer is not in the script of {target}"
    before, after = contents(text), contents(answer)
    lost = [*(before.numbers - after.numbers), *(before.fixed - after.fixed)]
    if lost:
        return f"the answer lacks {', '.join(map(repr, lost))}"
    new = sorted(after.fixed - before.fixed)
    return f"the answer made up {', '.join(map(repr, new))}" if new else ""
