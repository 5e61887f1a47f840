"""Rows of the shape of known data sets, written by seeded templates."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Row = dict[str, Any]

_NAMES = ("Asha", "Omar", "Lena", "Diego", "Mei", "Tunde", "Priya", "Ivan")
_THINGS = ("apples", "books", "letters", "tickets", "toys", "pencils", "flowers", "eggs")
_PLACES = ("market", "school", "station", "library", "garden", "village", "hospital", "office")
_CITIES = ("Delhi", "Lima", "Paris", "Cairo", "Oslo", "Quito")
_TIMES = ("in the morning", "after lunch", "on Monday", "before noon", "in the evening")
_GROUPS = ("friends", "neighbours", "children", "teachers", "students", "workers")
_FACTS = (
    "The river carries water from the mountain to the sea.",
    "The teacher told the children a story about the moon.",
    "Every family in the village has a garden and a small house.",
    "The doctor gave the woman a medicine and asked her to drink water.",
    "The price of bread went up by 12% in the last year.",
    "A committee of 7 members wrote the report in a week.",
    "The museum keeps the letters of the king in a room on the second floor.",
    "In the winter the road to the city is closed for 3 months.",
)


_QUESTIONS = (
    (
        "Which organ of the body sends blood to the hands and the feet?",
        ["the heart", "the skin", "a bone", "the ear"],
    ),
    (
        r"Let $f(x) = 3x + 2$. What is the value of \(f(4)\) in the table of the teacher?",
        ["14", "12", "$f(2)$", "a prime number"],
    ),
    (
        "Statement 1 | Every field is a ring. Statement 2 | A ring has an identity.",
        ["True, True", "False, False", "True, False", "False, True"],
    ),
    (
        "A man leaves money to his daughter in a letter. What does the law of the country say about the letter?",
        ["The daughter owns the house.", "The letter is a gift.", "The money goes to the city.", "No court sees it."],
    ),
    (
        "A ball falls from a height of 20 m. Which answer (A) to (D) gives the time and the speed?",
        ["2 s and 20 m/s", "the time of the night", "3 s and 10 m/s", "no answer"],
    ),
)


def gsm8k(random: Random, number: int) -> Row:
    """A word problem with its solution."""
    name, other = random.sample(_NAMES, 2)
    thing, place, group = random.choice(_THINGS), random.choice(_PLACES), random.choice(_GROUPS)
    first, share, price = random.randint(10, 90) * 2, random.randint(2, 9), random.choice(("$3", "$1.50", "₹20"))
    half = first // 2
    question = (
        f"{name} bought {first} {thing} at the {place} {random.choice(_TIMES)}, and gave half of the {thing} to "
        f"{other} and {share} other {group}. Each of the {thing} costs {price}, and the way to the {place} takes "
        f"{random.randint(1, 9)}.5 km. How many {thing} does {name} still have at the end of the day?"
    )
    answer = f"{name} gave away {first}/2 = <<{first}/2={half}>>{half} {thing}.\n#### {half}"
    return {"question": question, "answer": answer}


def mmlu(random: Random, number: int) -> Row:
    """A question with four options and the number of the right one."""
    question, choices = random.choice(_QUESTIONS)
    return {"question": question, "subject": "written_here", "choices": list(choices), "answer": random.randrange(4)}


def belebele(random: Random, number: int) -> Row:
    """A passage, a question on it and four options."""
    facts = random.sample(_FACTS, 4)
    options = [f"The {random.choice(_PLACES)} of the {thing}" for thing in random.sample(_THINGS, 4)]
    return {
        "link": f"https://example.org/{number // 2}",
        "question_number": 1 + number % 2,
        "flores_passage": " ".join(facts),
        "question": f"What did the {random.choice(_GROUPS)} of the text see in the {random.choice(_PLACES)}?",
        **{f"mc_answer{at}": option for at, option in enumerate(options, start=1)},
        "correct_answer_num": str(random.randint(1, 4)),
        "dialect": "eng_Latn",
    }


def xnli(random: Random, number: int) -> Row:
    """A premise, a hypothesis and a label."""
    name, place, group = random.choice(_NAMES), random.choice(_PLACES), random.choice(_GROUPS)
    return {
        "premise": f"{name} and {random.randint(2, 20)} {group} waited at the {place} {random.choice(_TIMES)}.",
        "hypothesis": f"The {group} were at the {place}.",
        "label": random.randrange(3),
    }


def squad(random: Random, number: int) -> Row:
    """A context, a question, and answers with where they start."""
    city, place, group = random.choice(_CITIES), random.choice(_PLACES), random.choice(_GROUPS)
    facts = random.sample(_FACTS, 3)
    answer = random.choice(
        (f"the old {place} near the river", f"{random.randint(1700, 1999)}", f"the {group} of the town")
    )
    tail = f"In {city} the visitors saw {answer} on the first day."
    context = " ".join([*facts[:2], tail, facts[2]])
    start = context.index(answer, context.index(tail))
    shorter = answer.split()[-1]
    return {
        "id": f"{number:08x}",
        "title": city,
        "context": context,
        "question": f"What did the visitors of the city see in {city}?",
        "answers": {"text": [answer, shorter], "answer_start": [start, start + len(answer) - len(shorter)]},
    }


def conll2003(random: Random, number: int) -> Row:
    """A sentence in tokens with numbered labels."""
    name, city = random.choice(_NAMES), random.choice(_CITIES)
    group, place = random.choice(_GROUPS), random.choice(_PLACES)
    words = [
        ("The", 12, 11, 0), (group, 24, 12, 0), ("of", 15, 13, 0), ("New", 22, 11, 5), (city, 22, 12, 6),
        ("met", 38, 21, 0), (name, 22, 11, 1), ("Khan", 22, 12, 2), ("at", 15, 13, 0), ("the", 12, 11, 0),
        (place, 21, 12, 0), ("for", 15, 13, 0), (str(random.randint(2, 30)), 11, 11, 0), ("days", 24, 12, 0),
        (".", 7, 0, 0),
    ]  # fmt: skip
    return {
        "id": str(number),
        "tokens": [word for word, *_ in words],
        "pos_tags": [pos for _, pos, _, _ in words],
        "chunk_tags": [chunk for *_, chunk, _ in words],
        "ner_tags": [ner for *_, ner in words],
    }


def bigcodebench(random: Random, number: int) -> Row:
    """A task as a docstring and as an instruction."""
    thing, size = random.choice(("words", "lines", "letters", "numbers")), random.randint(2, 9)
    code = f"import os\nimport re\n\ndef task_func(path, size={size}):\n"
    doc = (
        f'    """\n    Count the {thing} of a file and give the list of the {size} that come most often.\n\n'
        f"    Parameters:\n    - path (str): The path of the file on the computer.\n"
        f"    - size (int): The size of the list. Default is {size}.\n\n"
        f"    Returns:\n    - list: The {thing}, and the number of times for each of them.\n\n"
        f"    Requirements:\n    - os\n    - re\n\n    Example:\n    >>> task_func('a.txt')\n    ['a', 'b']\n    "
        + '"""\n'
    )
    instruct = (
        f"Count the {thing} of a file and give the list of the {size} that come most often.\n"
        f"The function should raise the exception for: ValueError if `size` is less than the number of {thing}.\n"
        f"You should write self-contained code starting with:\n```\n{code}```"
    )
    return {
        "task_id": f"Written/{number}",
        "complete_prompt": code + doc,
        "instruct_prompt": instruct,
        "code_prompt": code,
        "entry_point": "task_func",
    }


SHAPES: dict[str, Callable[[Random, int], Row]] = {
    "gsm8k": gsm8k,
    "mmlu": mmlu,
    "belebele": belebele,
    "xnli": xnli,
    "squad": squad,
    "conll2003": conll2003,
    "bigcodebench": bigcodebench,
}
"""A maker of rows for each preset."""


def rows_of(shape: str, count: int, seed: int = 0) -> list[Row]:
    """Rows of the shape that a preset is for."""
    random = Random(f"{shape} {seed}")
    return [SHAPES[shape](random, number) for number in range(count)]
