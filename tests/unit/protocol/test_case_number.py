import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import case_number
from protocol.case_number import MAX_RUNNING_NUMBER, CaseNumber, CaseNumberError

numbers = st.builds(
    CaseNumber,
    kiosk=st.from_regex(r"\A[A-Z]{3}[0-9]{2}\Z"),
    series=st.from_regex(r"\A[A-Z]\Z"),
    running=st.integers(1, MAX_RUNNING_NUMBER),
)


def test_a_case_number_with_check_digits_has_remainder_one() -> None:
    """ISO/IEC 7064 Mod 97-10 by its definition, worked by hand: K=20 K=20 N=23 0 7 A=10 000123, then the check."""
    written = str(CaseNumber("KKN07", "A", 123))
    check = written[-2:]
    assert written == f"KKN07A-000123-{check}"
    assert int("202023" + "07" + "10" + "000123" + check) % 97 == 1


@given(numbers)
def test_a_formatted_case_number_is_parsed_back(number: CaseNumber) -> None:
    assert case_number.parse(str(number)) == number


def test_common_typing_variations_are_accepted() -> None:
    number = CaseNumber("KKN07", "A", 123)
    thai = str(number).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert case_number.parse(f" {thai.lower().replace('-', ' ')} ") == number


@given(numbers, st.data())
def test_a_wrong_symbol_or_swapped_neighbours_are_detected(number: CaseNumber, data: st.DataObject) -> None:
    written = str(number).replace("-", "")
    place = data.draw(st.integers(0, len(written) - 1))
    symbol = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(lambda s: s != written[place]))
    swapped = list(written)
    if place:
        swapped[place - 1], swapped[place] = swapped[place], swapped[place - 1]
    for changed in {written[:place] + symbol + written[place + 1 :], "".join(swapped)} - {written}:
        with pytest.raises(CaseNumberError):
            case_number.parse(changed)


@given(numbers)
def test_a_case_number_is_recognised_before_its_check_digits(number: CaseNumber) -> None:
    written = str(number).replace("-", "")
    assert all(case_number.starts_like_case_number(written[:end]) for end in (12, 13, 14))
    assert not case_number.starts_like_case_number(written[:11])


@pytest.mark.parametrize("parts", [("kkn07", "A", 1), ("KKN7", "A", 1), ("KKN07", "AB", 1), ("KKN07", "A", 0)])
def test_no_number_is_made_from_wrong_parts(parts: tuple[str, str, int]) -> None:
    with pytest.raises(CaseNumberError):
        CaseNumber(*parts)
    with pytest.raises(CaseNumberError):
        CaseNumber("KKN07", "A", MAX_RUNNING_NUMBER + 1)
