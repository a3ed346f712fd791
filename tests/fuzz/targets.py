"""The fuzz targets: which parser gets damaged bytes, and what must be true for any bytes.

A case depends only on its number and returns how many damaged inputs it used. It raises when a check fails, or when a
parser raises anything except its documented errors.
"""

import contextlib
import io
from collections.abc import Callable
from random import Random
from threading import Event

from PIL import Image

from drivers.card_reader.apdu import MAX_STEPS, CardChannel, StatusWordError
from drivers.card_reader.card_map import CITIZEN_FIELDS, SELECT_APPLET, read_command, read_fields
from drivers.card_reader.parse_fields import to_citizen
from drivers.card_reader.photo import BadPhotoError, read_photo
from drivers.letter_scanner.device_selection import parse_device_list, select_device
from drivers.letter_scanner.exit_status import status_from_exit
from drivers.letter_scanner.sane_scanner import check_page
from drivers.letter_scanner.scan_options import ScanOptions, build_arguments, parse_available_options
from drivers.ports.card_reader import CardReadError
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from drivers.ports.receipt_printer import PrinterStatus
from drivers.receipt_printer.printer_session import PrinterSession
from drivers.receipt_printer.status_bytes import STATUS_QUERIES, is_realtime
from drivers.receipt_printer.transport import Transport
from ocr.decode_picture import decode
from ocr.errors import OcrError
from simulators.card_profiles import PROFILES, CardKind
from simulators.id_card import IdCard
from tests.fuzz.mutations import mutate_bytes

MAX_EXCHANGES = 400  # a photo is 21 reads; each may take six responses, each of them requested again
STATUS_WORDS = (b"\x90\x00", b"\x61\x00", b"\x61\xff", b"\x6c\x00", b"\x6c\xff", b"\x6a\x86", b"\x6b\x00", b"\x6d\x00")
READABLE_PROFILES = [profile for profile in PROFILES.values() if profile.kind is not CardKind.MUTE]


def fuzz_card(number: int) -> int:
    """A card whose responses are damaged in transit is read, or refused by a CardReadError or StatusWordError.

    An accepted citizen id has the right check digit, which is computed here independently.
    """
    rng = Random(number)
    program = IdCard(rng.choice(READABLE_PROFILES))
    likelihood = rng.choice((0.05, 0.3, 1.0))
    exchanges = damaged = 0

    def transmit(command: bytes) -> bytes:
        nonlocal exchanges, damaged
        exchanges += 1
        assert exchanges <= MAX_EXCHANGES, "the exchange does not end"
        response = program.execute_apdu(command)
        if rng.random() >= likelihood:
            return response
        damaged += 1
        if rng.random() < 0.3:
            return response[:-2] + rng.choice((*STATUS_WORDS, rng.randbytes(2)))
        return mutate_bytes(rng, response)

    channel = CardChannel(transmit, response_p2=rng.randrange(2))
    try:
        channel.send_ignoring_data(SELECT_APPLET)
        citizen = to_citizen(read_fields(channel.send, CITIZEN_FIELDS))
    except (CardReadError, StatusWordError):
        return damaged
    assert has_right_check_digit(citizen.citizen_id)
    assert "#" not in citizen.address.raw + str(citizen.name)
    assert citizen.birth_date == "" or len(citizen.birth_date) == 8
    assert citizen.sex in ("", "1", "2")
    return damaged


def fuzz_apdu_exchange(number: int) -> int:
    """Single exchanges with damaged responses give data or a StatusWordError, in a limited number of steps."""
    rng = Random(number)
    program = IdCard(rng.choice(READABLE_PROFILES))
    damaged = 0

    def transmit(command: bytes) -> bytes:
        nonlocal damaged
        damaged += 1
        return mutate_bytes(rng, program.execute_apdu(command))

    channel = CardChannel(transmit, response_p2=rng.randrange(2))
    for field in CITIZEN_FIELDS:
        program.execute_apdu(SELECT_APPLET)
        before = damaged
        with contextlib.suppress(StatusWordError):
            channel.send(read_command(field.value))
        assert damaged - before <= MAX_STEPS
    return damaged


def fuzz_photo(number: int) -> int:
    """A photo whose bytes are damaged in transit is a JPEG of the right length, or refused."""
    rng = Random(number)
    program = IdCard(PROFILES["boonma"])
    program.execute_apdu(SELECT_APPLET)
    exchanges = damaged = 0

    def send(command: bytes) -> bytes:
        nonlocal exchanges, damaged
        exchanges += 1
        assert exchanges <= MAX_EXCHANGES, "the exchange does not end"
        response = CardChannel(program.execute_apdu).send(command)
        if rng.random() < 0.9:
            return response
        damaged += 1
        return mutate_bytes(rng, response)

    try:
        read = read_photo(send, lambda _: None, Event())
    except (BadPhotoError, StatusWordError):
        return damaged
    assert read == b"" or (read.startswith(b"\xff\xd8") and read.endswith(b"\xff\xd9"))
    return damaged


def has_right_check_digit(number: str) -> bool:
    """Computed in another way than in the product."""
    weighted = sum(weight * int(digit) for weight, digit in zip(range(13, 1, -1), number[:12], strict=True))
    return len(number) == 13 and (11 - weighted % 11) % 10 == int(number[12])


class ScriptedTransport(Transport):
    """A connection that never waits: each read returns the next scripted bytes, or none at the end."""

    def __init__(self, readings: list[bytes]) -> None:
        self.delivered: list[bytes] = []
        self._readings = readings

    def write_all(self, data: bytes, stall_timeout_s: float, timeout_s: float = 0.0) -> None:
        pass

    def transit_time_s(self, written: int) -> float:
        return 0.0

    def read(self, deadline: float) -> bytes:
        if not self._readings:
            return b""
        self.delivered.append(self._readings.pop())
        return self.delivered[-1]


def fuzz_printer(number: int) -> int:
    """A printer with damaged, early, late and repeated answers is never ready with fewer valid answers than queries."""
    rng = Random(number)
    valid = [bytes((0x12 | rng.choice((0x00, 0x00, 0x04, 0x08, 0x0C, 0x20, 0x40, 0x60)),)) for _ in STATUS_QUERIES]
    readings = []
    for response in valid:
        readings += [mutate_bytes(rng, response)] if rng.random() < 0.7 else [response]
        readings += [b""] * rng.randrange(2)
    rng.shuffle(readings)
    damaged = len(readings)
    line = ScriptedTransport(readings)
    status = PrinterSession(line, STATUS_QUERIES).status()
    assert isinstance(status, PrinterStatus)
    if status in (PrinterStatus.READY, PrinterStatus.PAPER_NEAR_END):
        assert sum(map(is_realtime, b"".join(line.delivered))) >= len(STATUS_QUERIES)
    return damaged


def _packed(kind: str, mode: str, size: tuple[int, int]) -> bytes:
    packed = io.BytesIO()
    Image.new(mode, size, 1).save(packed, kind)
    return packed.getvalue()


VALID_IMAGES = (
    b"P4 12 3\n" + bytes(6),
    b"P5\n# a scanner's remark\n7 5\n255\n" + bytes(35),
    b"P6 5 5 65535\n" + bytes(150),
    *(_packed(kind, mode, (9, 7)) for kind, mode in (("PNG", "L"), ("PNG", "RGB"), ("JPEG", "L"), ("JPEG", "RGB"))),
)


def fuzz_page_header(number: int) -> int:
    """The header of a scanned page states the size that the bytes have, or is refused."""
    rng = Random(number)
    raw = mutate_bytes(rng, rng.choice(VALID_IMAGES[:3]))
    try:
        check_page(raw)
    except ScanError:
        return 1
    assert raw[:2] in (b"P4", b"P5", b"P6")
    return 1


def fuzz_image(number: int) -> int:
    """A damaged picture is decoded to grey or colour, or refused."""
    rng = Random(number)
    raw = mutate_bytes(rng, rng.choice(VALID_IMAGES))
    try:
        decoded = decode(raw)
    except OcrError:
        return 1
    assert decoded.mode in ("L", "RGB")
    return 1


OPTIONS = b"""    --source Flatbed|ADF Front|ADF Duplex [Flatbed]
    --mode Lineart|Gray|Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [600]
    --page-width 0..224.846mm (in steps of 0.0211639) [inactive]
    -l 0..227.809mm (in steps of 0.0211639) [0]
    -x auto|0..216.069mm [216.069]
    --swdeskew[=(yes|no)] [no]
"""
DEVICES = b"fujitsu:fi-7260:1208958\tFujitsu fi-7260\nv4l:/dev/video0\tNoname Webcam\nairscan:e0:Canon\teSCL Canon\n"
ERRORS = b"scanimage: sane_start: Document feeder jammed\nScanned page 1. (scanner status = 9)\n"


def fuzz_scanner(number: int) -> int:
    """Damaged output of scanimage: options still become arguments, a device is chosen, an exit has a status, never
    "ready"."""
    rng = Random(number)
    listing, devices, errors = (
        mutate_bytes(rng, output).decode(errors="replace") for output in (OPTIONS, DEVICES, ERRORS)
    )
    options = ScanOptions(rng.choice(list(Source)), colour=rng.random() < 0.5)
    assert all(
        isinstance(argument, str) and argument
        for argument in build_arguments(options, parse_available_options(listing))
    )
    listed = parse_device_list(devices)
    assert select_device(rng.choice(("", "fujitsu:fi-7260:1208958", "canon")), listed) in (
        *listed,
        None,
    )
    assert status_from_exit(rng.randrange(-15, 20), errors) is not ScannerStatus.READY
    return 3


TARGETS: dict[str, tuple[Callable[[int], int], int]] = {
    "cards": (fuzz_card, 150_000),
    "card answers": (fuzz_apdu_exchange, 400_000),
    "photo pieces": (fuzz_photo, 50_000),
    "printer answers": (fuzz_printer, 250_000),
    "scanner's words": (fuzz_scanner, 150_000),
    "page heads": (fuzz_page_header, 200_000),
    "pictures": (fuzz_image, 100_000),
}
"""The targets by name, each with its number of damaged inputs in a whole campaign."""
