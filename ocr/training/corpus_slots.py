"""What fills the slots of `corpus_templates.py`: numbers, dates, names, places, English, table rows."""

import random
from collections.abc import Callable, Iterator, Mapping

from ocr.training.corpus_words import WORDS, Vocabulary

_CONSONANTS = "กขคงจชซดตถทธนบปผพฟภมยรลวศสหอฮ"
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Digits that the untrained network lacks or confuses are drawn more often: ๔/๘, ๓/๗, ๖/๙.
_DIGIT_WEIGHTS = (10, 10, 10, 13, 17, 10, 15, 15, 17, 14)


class Slots(Mapping[str, str]):
    """A mapping for `str.format_map`: each look-up draws a new value."""

    def __init__(self, chance: random.Random, vocabulary: Vocabulary) -> None:
        self._chance = chance
        self._vocabulary = vocabulary

    def __getitem__(self, name: str) -> str:
        return _SLOTS[name](self._chance, self._vocabulary)

    def __iter__(self) -> Iterator[str]:
        return iter(_SLOTS)

    def __len__(self) -> int:
        return len(_SLOTS)


def number(chance: random.Random, shortest: int, longest: int) -> str:
    """Digits; hard ones more often, and pairs such as ๔๘ side by side."""
    return "".join(map(str, chance.choices(range(10), _DIGIT_WEIGHTS, k=chance.randint(shortest, longest))))


def _grouped(chance: random.Random) -> str:
    digits = number(chance, 1, 7)
    return f"{int(digits):,}" + chance.choice(("", ".-", ".00", f".{number(chance, 2, 2)}"))


def _date(chance: random.Random) -> str:
    return f"{chance.randint(1, 31)} {chance.choice(WORDS['months'])} {chance.choice(('', 'พ.ศ. '))}{_year(chance)}"


def _year(chance: random.Random) -> str:
    return "25" + number(chance, 2, 2)


def _short_date(chance: random.Random) -> str:
    return chance.choice(
        (
            f"{chance.randint(1, 31)}/{chance.randint(1, 12)}/{_year(chance)}",
            f"{chance.randint(1, 31):02}/{chance.randint(1, 12):02}/{number(chance, 2, 2)}",
            f"{chance.randint(1, 31)} {chance.choice(WORDS['short_months'])} {number(chance, 2, 2)}",
            f"{chance.randint(1, 31)} {chance.choice(WORDS['short_months'])} {_year(chance)}",
            f"{chance.randint(1, 31)}-{chance.randint(1, 12)}-{_year(chance)}",
        )
    )


def _reference(chance: random.Random) -> str:
    letters = "".join(chance.choices(_CONSONANTS, k=chance.choice((2, 2, 2, 1, 3))))
    parts = [number(chance, 4, 4), *(number(chance, 1, 2) for _ in range(chance.choice((0, 0, 1, 1, 2))))]
    return f"{letters} {'.'.join(parts)}/{chance.choice(('', '', '', 'ว ', 'ว'))}{number(chance, 1, 5)}"


def _phone(chance: random.Random) -> str:
    return chance.choice(
        (
            f"0{number(chance, 2, 2)}-{number(chance, 3, 3)}-{number(chance, 4, 4)}",
            f"0 {number(chance, 4, 4)} {number(chance, 4, 4)}",
            f"0{number(chance, 9, 9)}",
            f"0-{number(chance, 4, 4)}-{number(chance, 4, 4)}",
            f"0{number(chance, 2, 2)} {number(chance, 3, 3)} {number(chance, 4, 4)}",
            f"0 {number(chance, 4, 4)} {number(chance, 4, 4)} ต่อ {number(chance, 2, 4)}",
        )
    )


def _id_number(chance: random.Random) -> str:
    groups = (number(chance, size, size) for size in (1, 4, 5, 2, 1))
    return chance.choice((" ", "-", "")).join(groups)


def _address(chance: random.Random) -> str:
    return number(chance, 1, 3) + chance.choice(("", "", f"/{number(chance, 1, 2)}", f"/{number(chance, 1, 3)}"))


def _person(chance: random.Random) -> str:
    given_name = chance.choice(WORDS["given_name_starts"]) + chance.choice(WORDS["given_name_ends"])
    family = "".join(chance.choices(WORDS["family_name_parts"], k=chance.choice((2, 2, 3))))
    return f"{chance.choice(WORDS['titles'])}{given_name} {family}"


def _name_word(chance: random.Random) -> str:
    return "".join(chance.choices(WORDS["family_name_parts"], k=2))


def _phrase(chance: random.Random, vocabulary: Vocabulary) -> str:
    return "".join(vocabulary.choose(chance, chance.randint(1, 7)))


def _office(chance: random.Random, vocabulary: Vocabulary) -> str:
    return chance.choice(WORDS["offices"]) + chance.choice(("", chance.choice(vocabulary.thai_places)))


def _place(chance: random.Random, vocabulary: Vocabulary) -> str:
    return chance.choice(WORDS["places"]) + chance.choice(("", "บ้าน")) + chance.choice(vocabulary.thai_places)


def _english_word(chance: random.Random) -> str:
    word = chance.choice(WORDS["english_words"])
    return chance.choice((word, word, word.capitalize(), word.upper()))


def _english(chance: random.Random, vocabulary: Vocabulary) -> str:
    pattern = chance.choice(WORDS["english_sentences"])
    while "{" in pattern:
        pattern = pattern.replace("{word}", chance.choice(WORDS["english_words"]), 1)
        pattern = pattern.replace("{Word}", chance.choice(WORDS["english_words"]).capitalize(), 1)
        pattern = pattern.replace("{place}", chance.choice(vocabulary.english_places), 1)
        pattern = pattern.replace("{number}", number(chance, 1, 4), 1)
    return chance.choice((pattern, pattern, pattern, pattern.upper(), pattern.title()))


def _email(chance: random.Random) -> str:
    name = chance.choice(WORDS["english_words"]).lower() + chance.choice((".", "", "-")) + number(chance, 0, 3)
    domain = f"{chance.choice(WORDS['english_words']).lower()}.{chance.choice(('go.th', 'or.th', 'com', 'co.th'))}"
    return f"{name.strip('.-')}@{domain}"


def _url(chance: random.Random) -> str:
    host = f"{chance.choice(WORDS['english_words']).lower()}.{chance.choice(('go.th', 'com', 'in.th'))}"
    return chance.choice(("www.", "https://", "http://www.")) + host


def _code(chance: random.Random) -> str:
    letters = "".join(chance.choices(_LATIN, k=chance.randint(1, 4)))
    return letters + chance.choice(("-", "", " ", "/")) + number(chance, 2, 6)


def _plate(chance: random.Random) -> str:
    letters = "".join(chance.choices(_CONSONANTS, k=2))
    return chance.choice((letters, f"{chance.randint(1, 9)}{letters}", number(chance, 2, 2) + "-")) + number(
        chance, 1, 4
    )


def _abbreviation(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(WORDS["abbreviations"])
    return "".join(
        "".join(chance.choices(_CONSONANTS, k=chance.choice((1, 1, 2)))) + "." for _ in range(chance.randint(1, 3))
    )


def _table_row(chance: random.Random, vocabulary: Vocabulary) -> str:
    cells = [
        number(chance, 1, 2),
        _phrase(chance, vocabulary),
        number(chance, 1, 4),
        chance.choice(WORDS["units"]),
        _grouped(chance),
        _short_date(chance),
    ]
    first = chance.randint(0, 3)
    return " ".join(cells[first : first + chance.randint(2, 4)])


def _digits(chance: random.Random) -> str:
    return chance.choice(
        (number(chance, 1, 10), _grouped(chance), ".".join((number(chance, 1, 3), number(chance, 1, 3))))
    )


_SLOTS: dict[str, Callable[[random.Random, Vocabulary], str]] = {
    "reference": lambda chance, _: _reference(chance),
    "number": lambda chance, _: number(chance, 1, 5),
    "count": lambda chance, _: number(chance, 1, 3),
    "small": lambda chance, _: number(chance, 1, 2),
    "short_number": lambda chance, _: number(chance, 4, 4),
    "digits": lambda chance, _: _digits(chance),
    "decimal": lambda chance, _: f"{number(chance, 1, 2)}.{number(chance, 1, 3)}",
    "money": lambda chance, _: _grouped(chance),
    "words": lambda chance, _: "".join(chance.choices(WORDS["number_words"], k=chance.randint(2, 6))) + "บาทถ้วน",
    "age": lambda chance, _: number(chance, 2, 2),
    "day": lambda chance, _: str(chance.randint(1, 31)),
    "date": lambda chance, _: _date(chance),
    "short_date": lambda chance, _: _short_date(chance),
    "month_short": lambda chance, _: chance.choice(WORDS["short_months"]),
    "year": lambda chance, _: _year(chance),
    "year_short": lambda chance, _: number(chance, 2, 2),
    "time": lambda chance, _: f"{chance.randint(0, 23):02}{chance.choice('.:')}{chance.randint(0, 59):02}",
    "phone": lambda chance, _: _phone(chance),
    "id_number": lambda chance, _: _id_number(chance),
    "account": lambda chance, _: "-".join(number(chance, size, size) for size in (3, 1, 5, 1)),
    "address": lambda chance, _: _address(chance),
    "postcode": lambda chance, _: number(chance, 5, 5),
    "plate": lambda chance, _: _plate(chance),
    "code": lambda chance, _: _code(chance),
    "person": lambda chance, _: _person(chance),
    "name_word": lambda chance, _: _name_word(chance),
    "abbreviation": lambda chance, _: _abbreviation(chance),
    "position": lambda chance, _: chance.choice(WORDS["positions"]),
    "problem": lambda chance, _: chance.choice(WORDS["problems"]),
    "thing": lambda chance, _: chance.choice(WORDS["things"]),
    "document": lambda chance, _: chance.choice(WORDS["documents"]),
    "unit": lambda chance, _: chance.choice(WORDS["units"]),
    "phrase": _phrase,
    "office": _office,
    "place": _place,
    "province": lambda chance, vocabulary: chance.choice(vocabulary.thai_places),
    "district": lambda chance, vocabulary: chance.choice(vocabulary.thai_places),
    "tambon": lambda chance, vocabulary: chance.choice(vocabulary.thai_places),
    "english": _english,
    "english_word": lambda chance, _: _english_word(chance),
    "english_place": lambda chance, vocabulary: chance.choice(vocabulary.english_places) + ", Thailand",
    "email": lambda chance, _: _email(chance),
    "url": lambda chance, _: _url(chance),
    "table_row": _table_row,
}
