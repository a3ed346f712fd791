"""A generated corpus of cases for the search benchmark, with what is relevant to each question."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.bench._search_matters import BACKGROUND, CLOSINGS, HELD_OUT, OPENINGS, TUNED, Matter

CASES_OF_MATTER = 8
_NAMES = ("นายสมชาย ใจกล้า", "นางสาวมาลี แก้วใส", "นางบุญมา ใจดี")
_MISTYPED_SHARE = 0.15  # of the stories have one typing error
_LETTER_SHARE = 0.3  # are a recognised letter, with one error in 60 signs
_THAI_SIGNS = [chr(code) for code in range(0x0E01, 0x0E2F)]
_DAYS_BETWEEN = 20 / 1000  # 50 cases a day


@dataclass(frozen=True)
class Text:
    """The text of one case. `matter` is None for the background."""

    text: str
    is_letter: bool
    matter: Matter | None


def texts(count: int, seed: int = 7) -> Iterator[Text]:
    """So many texts: `CASES_OF_MATTER` of each matter in random places, the others background."""
    chance = random.Random(seed)
    of_matters = [
        _story(matter, matter.stories[number % len(matter.stories)], chance)
        for matter in (*TUNED, *HELD_OUT)
        for number in range(CASES_OF_MATTER)
    ]
    places = dict(zip(chance.sample(range(count), len(of_matters)), of_matters, strict=True))
    for number in range(count):
        yield places.get(number) or Text(_composed(chance.sample(BACKGROUND, 2), chance), is_letter=False, matter=None)


def relevant(matter: Matter, cases: dict[int, Matter]) -> dict[int, int]:
    """The grade of each relevant case."""
    grades: dict[int, int] = defaultdict(int)
    for case_id, other in cases.items():
        if other is matter:
            grades[case_id] = 2
        elif other.family == matter.family:
            grades[case_id] = 1
    return grades


def case_row(model: Any, text: Text, number: int, count: int, centres: list[int], now: datetime) -> Any:
    """An unsaved case with this text, newest last."""
    at = now - timedelta(days=(count - number) * _DAYS_BETWEEN)
    return model(
        centre_id=centres[number * 7919 % len(centres)], submission_id=f"00000000-0000-7000-8000-{number:012d}",
        case_number=f"KKN{number // 10**6 % 100:02d}A-{number % 10**6:06d}-51", tracking_hash=f"{number:064x}",
        nature="complaint", topic=("utilities", "land", "environment", "debt")[number % 4], about="nobody",
        area=("400101", "400107", "400201")[number % 3], for_whom="self", text="" if text.is_letter else text.text,
        name_disclosure="withheld" if number % 20 == 0 else "named", language="th", notice_version="2569-01",
        notice_accepted_at=at, received_at=at, filed_at=at, filing_time_quality="kiosk_clock",
        status="in_progress" if number % 10 == 0 else "closed", closed_at=None if number % 10 == 0 else at,
        attention="",
    )  # fmt: skip


def _story(matter: Matter, sentence: str, chance: random.Random) -> Text:
    is_letter = chance.random() < _LETTER_SHARE
    text = _composed([sentence, chance.choice(BACKGROUND)] if chance.random() < 0.3 else [sentence], chance)
    errors = len(text) // 60 if is_letter else int(chance.random() < _MISTYPED_SHARE)
    for _ in range(errors):
        place = chance.randrange(len(text))
        if text[place] in _THAI_SIGNS:
            text = text[:place] + chance.choice(_THAI_SIGNS) + text[place + 1 :]
    return Text(text, is_letter, matter)


def _composed(sentences: list[str], chance: random.Random) -> str:
    signed = f"ลงชื่อ {chance.choice(_NAMES)}" if chance.random() < 0.2 else ""
    at = f"บ้านเลขที่ {chance.randrange(1, 400)} หมู่ {chance.randrange(1, 15)}"
    parts = [chance.choice(OPENINGS), *sentences, at, chance.choice(CLOSINGS), signed]
    return " ".join(filter(None, parts))
