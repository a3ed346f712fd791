"""Which offers of a letter are shown: those for empty fields, as the page still says them."""

from dataclasses import replace

import pytest

from journey.complaint.draft import Draft, LetterOffer, LetterPage, RecognisedLine
from journey.complaint.letter_offers import FIELD_OF_OFFER, MAX_OFFERS, useful_offers
from protocol.choices import NameDisclosure
from tools.sample_pages import HANDWRITTEN_PAGE, RECOGNISED_PAGE

SUBJECT, PHONE = RECOGNISED_PAGE.offers
LETTER = Draft(pages=(RECOGNISED_PAGE, HANDWRITTEN_PAGE))


def phone_page(page_id: str, *numbers: str) -> LetterPage:
    lines = tuple(RecognisedLine(f"โทร {number}", 91.0, is_uncertain=False) for number in numbers)
    offers = tuple(LetterOffer("phone", number, number, is_uncertain=False) for number in numbers)
    return LetterPage(page_id, 1000, 1400, lines=lines, is_readable=True, offers=offers)


def test_a_letter_offers_its_subject_and_its_phone_number() -> None:
    assert list(useful_offers(LETTER).items()) == [(SUBJECT, RECOGNISED_PAGE), (PHONE, RECOGNISED_PAGE)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"text": "น้ำไม่ไหล"}, [PHONE]),
        ({"phone": "043123456"}, [SUBJECT]),
        ({"name_disclosure": NameDisclosure.ANONYMOUS}, [SUBJECT]),
        ({"pages": (replace(RECOGNISED_PAGE, text="เรื่อง ขอความช่วยเหลือ"),)}, []),
        ({"pages": (replace(RECOGNISED_PAGE, text=f"โทรศัพท์ {PHONE.text}"),)}, [PHONE]),
        ({"pages": (replace(RECOGNISED_PAGE, is_readable=False),)}, []),
        ({"pages": ()}, []),
    ],
)
def test_what_has_no_use_is_not_offered(changes: dict[str, object], expected: list[LetterOffer]) -> None:
    assert list(useful_offers(replace(LETTER, **changes))) == expected  # type: ignore[arg-type]


def test_a_number_is_offered_once_and_only_the_first_two() -> None:
    pages = (phone_page("a", "0812345678"), phone_page("b", "0812345678", "021234567", "043123456"))
    assert [offer.value for offer in useful_offers(Draft(pages=pages))] == ["0812345678", "021234567"]


def test_every_offered_field_is_a_text_of_the_draft() -> None:
    assert set(FIELD_OF_OFFER.values()) == set(MAX_OFFERS) <= set(vars(Draft()))
