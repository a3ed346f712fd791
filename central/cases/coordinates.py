"""Latitude and longitude as people write them: decimals, degrees with minutes, or the link of a map. Pure."""

import re

from protocol.bilingual_text import BilingualText
from thai.numerals import to_arabic

DECIMALS = 5  # of a degree: one metre
MAX_CHARS = 500  # a link of a map has 200
# Thailand lies between these degrees.
_SOUTH, _NORTH = 5.5, 20.6
_WEST, _EAST = 97.2, 105.8
_DECIMAL = re.compile(
    r"(?<![\d.])([-+]?\d{1,3}\.\d{2,})\s*°?\s*[NSns]?[\s,;+]+(?:lon(?:gitude)?\s*[:=]?\s*)?([-+]?\d{1,3}\.\d{2,})"
)
_SEXAGESIMAL = re.compile(
    r"""(\d{1,3})\s*°\s*(\d{1,2}(?:\.\d+)?)\s*['′’]\s*(?:(\d{1,2}(?:\.\d+)?)\s*["″”]\s*)?([NSEW])""", re.IGNORECASE
)
UNREADABLE = BilingualText(
    "โปรดเขียนละติจูดและลองจิจูด เช่น 16.43210, 102.83610 หรือวางลิงก์แผนที่ที่มีพิกัด",
    "Write latitude and longitude such as 16.43210, 102.83610, or paste the link of a map that has them",
)
SWAPPED = BilingualText(
    "ละติจูดกับลองจิจูดสลับกัน ละติจูดของประเทศไทย (5 ถึง 21) ต้องมาก่อน",
    "Latitude and longitude are swapped. The latitude, in Thailand from 5 to 21, comes first",
)
OUTSIDE = BilingualText("จุดนี้ไม่อยู่ในประเทศไทย", "This point is not in Thailand")


class CoordinatesError(ValueError):
    """A text that is no point in Thailand; `sentence` says why."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def parse_coordinates(text: str) -> tuple[float, float]:
    """Latitude and longitude in degrees. Raises CoordinatesError."""
    # One space at a time: on 500 spaces in a row the patterns below would take 7 s, and minutes with a word in between.
    spaced = " ".join(to_arabic(text[:MAX_CHARS]).split())
    latitude, longitude = _numbers(spaced.replace("%2C", ",").replace("%2c", ","))
    if _is_inside(latitude, longitude):
        return round(latitude, DECIMALS), round(longitude, DECIMALS)
    raise CoordinatesError(SWAPPED if _is_inside(longitude, latitude) else OUTSIDE)


def is_in_thailand(latitude: float, longitude: float) -> bool:
    """Whether a point can be in Thailand: in the rectangle around the country. False for NaN."""
    return _is_inside(latitude, longitude)


def _is_inside(latitude: float, longitude: float) -> bool:
    return _SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST


def _numbers(text: str) -> tuple[float, float]:
    parts = _SEXAGESIMAL.findall(text)
    if len(parts) == 2 and parts[0][3].upper() in "NS" and parts[1][3].upper() in "EW":
        latitude, longitude = (
            (int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600) * (-1 if letter.upper() in "SW" else 1)
            for degrees, minutes, seconds, letter in parts
        )
        return latitude, longitude
    match = _DECIMAL.search(text)
    if match is None:
        raise CoordinatesError(UNREADABLE)
    return float(match[1]), float(match[2])
