import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import crockford, tracking_code
from protocol.tracking_code import DATA_SYMBOLS, LENGTH, MODULUS, TrackingCodeError


def code_of(value: int) -> str:
    return crockford.encode(value, DATA_SYMBOLS) + crockford.ALPHABET[value % MODULUS]


codes = st.integers(0, 32**DATA_SYMBOLS - 1).filter(lambda value: value % MODULUS < 32).map(code_of)


def is_code(text: str) -> bool:
    try:
        tracking_code.parse(text)
    except TrackingCodeError:
        return False
    return True


def test_new_codes_are_canonical_and_do_not_repeat() -> None:
    codes = {tracking_code.generate() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(len(code) == LENGTH and tracking_code.parse(code) == code for code in codes)
    # 60 random bits: every symbol of the alphabet occurs at each of the twelve positions.
    assert all({code[place] for code in codes} == set(crockford.ALPHABET) for place in range(DATA_SYMBOLS))


@given(codes)
def test_a_displayed_code_is_parsed_back(code: str) -> None:
    shown = tracking_code.display(code)
    assert [len(group) for group in shown.split("-")] == [4, 4, 5]
    assert tracking_code.parse(shown) == code
    assert tracking_code.code_from_url(tracking_code.tracking_url("https://centre.example/", code)) == code
    assert tracking_code.code_from_url(code) == code


def test_the_code_is_in_the_fragment_of_the_address() -> None:
    code = code_of(7)
    assert tracking_code.tracking_url("https://centre.example", code) == "https://centre.example/t#0000-0000-00077"


@given(codes, st.data())
def test_common_typing_variations_are_accepted(code: str, data: st.DataObject) -> None:
    alternatives = {"0": "0Oo๐", "1": "1IiLl๑", **{str(d): f"{d}{chr(0x0E50 + d)}" for d in range(2, 10)}}
    written = "".join(
        data.draw(st.sampled_from(["", " ", "-", "–", "\u200b", "\u00a0"]))
        + data.draw(st.sampled_from(alternatives.get(symbol, symbol + symbol.lower())))
        for symbol in code
    )
    assert tracking_code.parse(f" {written}\n") == code


@given(codes)
def test_every_wrong_symbol_is_detected(code: str) -> None:
    for place in range(LENGTH):
        for symbol in crockford.ALPHABET:
            if symbol != code[place]:
                assert not is_code(code[:place] + symbol + code[place + 1 :])


@given(codes)
def test_every_swap_of_neighbours_is_detected(code: str) -> None:
    for place in range(LENGTH - 1):
        if code[place] != code[place + 1]:
            assert not is_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "13 symbols, not 0"),
        ("7KQ2-M9XD", "13 symbols, not 8"),
        ("7KQ2-M9XD-4TBVU", "no U"),
        ("กขคงจฉชซฌญฎฏฐ", "no U"),
    ],
)
def test_other_text_is_refused_with_its_reason(text: str, sentence: str) -> None:
    with pytest.raises(TrackingCodeError, match=sentence):
        tracking_code.parse(text)


@given(st.text())
def test_any_text_is_a_code_or_a_clear_refusal_that_does_not_repeat_it(text: str) -> None:
    try:
        assert len(tracking_code.parse(text)) == LENGTH
    except TrackingCodeError as error:
        assert len(text) < 4 or text not in str(error)
