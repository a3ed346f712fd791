"""The technician's PIN is kept as a salted hash."""

import pytest

from kiosk_app import pin
from kiosk_app.settings import parse


def test_the_kept_pin_opens_and_another_does_not() -> None:
    kept = pin.make("246810")
    assert pin.matches("246810", kept)
    assert not pin.matches("246811", kept)
    assert "246810" not in kept


def test_equal_pins_are_kept_unlike() -> None:
    assert pin.make("2468") != pin.make("2468")


def test_with_nothing_kept_nothing_opens() -> None:
    assert not pin.matches("", "")
    assert not pin.matches("2468", "")


@pytest.mark.parametrize("wrong", ["", "123", "1234567890123", "12a4", "๑๒๓๔"])
def test_a_pin_is_digits(wrong: str) -> None:
    with pytest.raises(ValueError, match="4 to 12 digits"):
        pin.make(wrong)


def test_the_settings_accept_what_is_made() -> None:
    kept = pin.make("2468")
    assert parse({"kiosk": {"technician_pin_hash": kept}}).kiosk.technician_pin_hash == kept
