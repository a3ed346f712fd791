"""The citizen id: the thirteen-digit number of a Thai citizen."""

from typing import Self


def check_digit(first12: str) -> int:
    """The thirteenth digit for the first twelve: (11 − Σ d[i]·(13−i) mod 11) mod 10. Raises ValueError unless `first12`
    is twelve digits."""
    if len(first12) != 12 or not (first12.isascii() and first12.isdigit()):
        raise ValueError("An ID number's check digit is computed from twelve digits.")
    return (11 - sum(int(digit) * (13 - i) for i, digit in enumerate(first12)) % 11) % 10


def is_valid(digits: str) -> bool:
    """Whether these are thirteen digits 0–9 with the right check digit."""
    return len(digits) == 13 and digits.isascii() and digits.isdigit() and check_digit(digits[:12]) == int(digits[12])


class CitizenId(str):
    """A citizen id with a valid check digit. Its repr masks all but four digits, because reprs appear in logs."""

    __slots__ = ()

    def __new__(cls, digits: str) -> Self:
        """Raises ValueError for anything but thirteen digits with the right check digit."""
        if not is_valid(digits):
            raise ValueError("This is not a citizen's ID number.")
        return super().__new__(cls, digits)

    def __repr__(self) -> str:
        return f"CitizenId({mask(self)!r})"


def format_grouped(digits: str) -> str:
    """'1234567890121' as printed on the card: '1-2345-67890-12-1'. Raises ValueError unless 13 characters."""
    if len(digits) != 13:
        raise ValueError("An ID number has thirteen digits.")
    return "-".join((digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12]))


def mask(digits: str) -> str:
    """Only the last four digits are left: 'x-xxxx-xxxx0-12-1'."""
    return format_grouped("x" * 9 + digits[9:])
