"""Dates, numerals, ID numbers and telephone numbers."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai import dates, id_number, numerals, phone

EVENING = datetime(2026, 11, 20, 17, 12, tzinfo=UTC)  # past midnight in Thailand


def test_dates_are_in_thailands_time_and_era() -> None:
    assert dates.long_date(EVENING) == "21 พฤศจิกายน 2569"
    assert dates.long_date_with_weekday(EVENING) == "เสาร์ที่ 21 พฤศจิกายน 2569"
    assert dates.short_date_with_weekday(EVENING) == "ส. 21 พ.ย. 2569"
    assert dates.short_date(EVENING) == "21 พ.ย. 2569"
    assert dates.clock_time(EVENING) == "00.12 น."
    assert dates.long_date_with_weekday(EVENING, "en") == "Saturday, 21 November 2026"
    assert dates.short_date_with_weekday(EVENING, "en") == "Sat 21 Nov 2026"
    assert dates.short_date(date(2026, 1, 2), "en") == "2 Jan 2026"
    assert dates.clock_time(EVENING, "en") == "00:12"
    assert dates.day_in_thailand(EVENING) == date(2026, 11, 21)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        dates.long_date(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("digits", "th", "en"),
    [
        ("24940305", "5 มีนาคม 2494", "5 March 1951"),
        ("24940300", "มีนาคม 2494", "March 1951"),
        ("24940000", "2494", "1951"),
        ("99999999", "", ""),
        ("", "", ""),
        ("2494030x", "", ""),
    ],
)
def test_a_cards_date(digits: str, th: str, en: str) -> None:
    assert dates.card_date(digits) == th
    assert dates.card_date(digits, "en") == en


def test_thai_and_arabic_numerals_are_converted() -> None:
    assert numerals.to_arabic("หมู่ ๑๒ ซอย 3") == "หมู่ 12 ซอย 3"
    assert numerals.to_thai("1567") == "๑๕๖๗"


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_the_check_digit_detects_a_wrong_digit(first: str, place: int, by: int) -> None:
    number = first + str(id_number.check_digit(first))
    assert id_number.is_valid(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    # The rule's last "mod 10" gives remainders 0 and 10 the check digits of 10 and 11: a few errors pass by design.
    remainder = sum(int(d) * (13 - i) for i, d in enumerate(wrong[:12])) % 11
    assert id_number.is_valid(wrong) == ((11 - remainder) % 10 == int(wrong[12]))
    if place == 12:
        assert not id_number.is_valid(wrong)


def test_id_numbers_are_shown_grouped_or_masked() -> None:
    assert id_number.check_digit("123456789012") == 1
    assert id_number.is_valid("1234567890121")
    assert not id_number.is_valid("๑๒๓๔๕๖๗๘๙๐๑๒๑")
    assert not id_number.is_valid("")
    assert id_number.format_grouped("1234567890121") == "1-2345-67890-12-1"
    assert id_number.mask("1234567890121") == "x-xxxx-xxxx0-12-1"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("081-234-5678", "0812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("+66 81 234 5678", "0812345678"),
        ("+66 (0)81 234 5678", "0812345678"),
        ("0066812345678", "0812345678"),
        ("043-123-456", "043123456"),
        ("02 123 4567", "021234567"),
        ("+66 2 123 4567", "021234567"),
    ],
)
def test_a_phone_number_is_accepted_in_any_common_notation(typed: str, digits: str) -> None:
    assert phone.normalise(typed) == digits


@pytest.mark.parametrize("typed", ["", "1567", "08123456789", "081234567", "0112345678", "abc", "812345678"])
def test_an_invalid_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="phone number"):
        phone.normalise(typed)


def test_phone_numbers_are_shown_grouped() -> None:
    assert phone.display("0812345678") == "081-234-5678"
    assert phone.display("043123456") == "043-123-456"
    assert phone.display("021234567") == "02-123-4567"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ""),
        ("0", "0"),
        ("08", "08"),
        ("081", "081"),
        ("0812", "081-2"),
        ("081-234", "081-234"),
        ("081-2345", "081-234-5"),
        ("02", "02"),
        ("021", "02-1"),
        ("02123456", "02-123-456"),
        ("๐๘๑ ๒๓", "081-23"),
        ("66", "66"),
        ("668", "66-8"),
        ("+66812345678", "66-81-234-5678"),
        ("6621234567", "66-2-123-4567"),
    ],
)
def test_a_phone_number_is_grouped_while_it_is_typed(typed: str, shown: str) -> None:
    assert phone.display(typed) == shown
    assert phone.display(shown) == shown, "a grouped number is unchanged"
