"""Checks of what a technician enters. Each returns the message id of one sentence, '' for an acceptable answer."""

import ipaddress
import re
from datetime import datetime

from journey.language import _
from journey.pin import MIN_PIN_DIGITS
from protocol.case_number import KIOSK_ID_PATTERN

MAX_ANSWER_CHARS = 200
ROTATIONS = (0, 90, 180, 270)  # of the picture on the panel, in degrees, anticlockwise
CLOCK_FORMAT = "%Y-%m-%d %H:%M"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
_CENTRE_URL = rf"https://{_HOST}(:\d{{1,5}})?(/[^\s]*)?|http://(localhost|127\.0\.0\.1)(:\d{{1,5}})?(/[^\s]*)?"


def accept_all(_answer: str) -> str:
    return ""


def check_present(answer: str) -> str:
    return "" if answer.strip() else _("Enter something here")


def check_interface_address(answer: str) -> str:
    """An address with the length of its network, such as 10.20.0.15/24."""
    try:
        valid = "/" in answer and ipaddress.ip_interface(answer).network.num_addresses > 1
    except ValueError:
        valid = False
    return "" if valid else _("Enter an address and the length of its network, such as 10.20.0.15/24")


def check_address(answer: str) -> str:
    return "" if _is_address(answer) else _("Enter an address such as 10.20.0.1")


def check_addresses(answer: str) -> str:
    """One or more addresses, separated by commas."""
    valid = all(_is_address(part.strip()) for part in answer.split(","))
    return "" if valid else _("Enter addresses such as 10.20.0.1, with commas between them")


def check_host_and_port(answer: str) -> str:
    """HOST:PORT, or nothing."""
    host, _colon, port = answer.rpartition(":")
    valid = re.fullmatch(_HOST, host) and port.isdecimal() and 0 < int(port) < 65536
    return "" if valid or not answer else _("Enter a name and a port, such as proxy.example.go.th:3128, or nothing")


def check_host(answer: str) -> str:
    return "" if re.fullmatch(_HOST, answer) else _("Enter a name such as time.example.go.th, or an address")


def check_printer_address(answer: str) -> str:
    """A name or an address, with or without a port."""
    host, colon, port = answer.rpartition(":") if ":" in answer else (answer, "", "")
    valid = re.fullmatch(_HOST, host) and (not colon or (port.isdecimal() and 0 < int(port) < 65536))
    return "" if valid else _("Enter an address such as 10.20.0.9, or with a port 10.20.0.9:9100")


def check_clock(answer: str) -> str:
    try:
        valid = 2024 <= datetime.strptime(answer, CLOCK_FORMAT).year < 2100
    except ValueError:
        valid = False
    return "" if valid else _("Enter the date and time in Thailand like this: 2026-11-30 14:05")


def check_centre_url(answer: str) -> str:
    return "" if re.fullmatch(_CENTRE_URL, answer) else _("Enter the centre’s address, such as https://centre.example")


def check_kiosk_id(answer: str) -> str:
    valid = re.fullmatch(KIOSK_ID_PATTERN, answer)
    return "" if valid else _("Enter three capital letters and two digits, such as KKN07")


def check_area(answer: str) -> str:
    """The code of a province, district or tambon, or nothing."""
    valid = re.fullmatch(r"(\d{2}){0,3}", answer)
    return "" if valid else _("Enter the code of the area with 2, 4 or 6 digits, or nothing")


def check_phone(answer: str) -> str:
    return "" if re.fullmatch(r"[0-9+ -]{0,20}", answer) else _("Enter a telephone number, or nothing")


def check_rotation(answer: str) -> str:
    """Degrees, or nothing: as the picture is now."""
    return "" if answer in ("", *map(str, ROTATIONS)) else _("Enter 0, 90, 180 or 270")


def check_pin(answer: str) -> str:
    valid = answer.isascii() and answer.isdecimal() and MIN_PIN_DIGITS <= len(answer) <= 12
    return "" if valid else _("Enter a PIN of 6 to 12 digits")


def check_wifi_password(answer: str) -> str:
    return "" if answer == "" or 8 <= len(answer) <= 63 else _("A Wi-Fi password has 8 to 63 characters")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
