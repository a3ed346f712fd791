"""The kiosk's scan options (source, paper, colour) as the options of this scanner. Pure.

Every back end uses other names: "ADF", "Automatic Document Feeder", "ADF Front"; "Color", "24bit Color". The options of
a device are read from `scanimage --all-options`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from drivers.ports.letter_scanner import ScannerStatus, Source

# "    --source Flatbed|ADF [Flatbed]", "    -x 0..215.9mm (in steps of 1) [215.9]", "    --duplex[=(yes|no)] [no]"
OPTION_LINE: Final = re.compile(
    r"^ {4}(--?[\w-]+)(?:\[=\((.*?)\)\]| (.*?)(?:dpi|mm|pel|bit|%|us)?(?: \(in steps of .*?\))?) \[", re.MULTILINE
)
# "    --cover-open[=(yes|no)] [no] [hardware]"; older versions of scanimage append "[advanced]" or "[read-only]"
SENSOR_LINE: Final = re.compile(r"^ {4}--([\w-]+)\[=\(.*?yes\|no\)\] \[(yes|no)\]", re.MULTILINE)
# Options of scanners with a feeder that are sensors: "cover-open" (saneopts.h), "adf-open", "paper-jam".
STATUS_BY_SENSOR_PATTERN: Final = (
    (re.compile(r"(cover|adf|lid)-open(ed)?"), ScannerStatus.COVER_OPEN),
    (re.compile(r"(\w+-)?jam(med)?"), ScannerStatus.JAM),
)
SENSOR_STATUSES: Final = tuple(status for _, status in STATUS_BY_SENSOR_PATTERN)
NUMBER: Final = r"-?\d+(?:\.\d+)?"
RANGE: Final = re.compile(rf"({NUMBER})\.\.({NUMBER})", re.ASCII)

PAPER_MM: Final = {"A4": (210.0, 297.0), "A5": (148.0, 210.0), "folio": (216.0, 330.0)}
TARGET_RESOLUTION_DPI: Final = 200.0  # recognition gains nothing above, and a page is stored at no more


@dataclass(frozen=True)
class ScanOptions:
    """`paper` is a key of PAPER_MM, '' for the whole scan area. `extra_options` are passed unchanged and replace the
    options chosen here."""

    source: Source = Source.FLATBED
    paper: str = "A4"
    colour: bool = True
    extra_options: tuple[str, ...] = ()


def parse_available_options(listing: str) -> dict[str, str]:
    """`scanimage --all-options` → the values of each option, as 'A|B|C' or 'LOW..HIGH', without unit."""
    return {name: switch or values for name, switch, values in OPTION_LINE.findall(listing)}


def parse_sensors(listing: str) -> dict[ScannerStatus, bool]:
    """`scanimage --all-options` → for each status that the scanner has a sensor for, whether a sensor reports it."""
    sensors: dict[ScannerStatus, bool] = {}
    for name, value in SENSOR_LINE.findall(listing):
        for pattern, status in STATUS_BY_SENSOR_PATTERN:
            if pattern.fullmatch(name):
                sensors[status] = sensors.get(status, False) or value == "yes"
    return sensors


def build_arguments(options: ScanOptions, available: Mapping[str, str]) -> tuple[str, ...]:
    """scanimage's arguments, the source first, because other options depend on it."""
    extra_names = {option.split("=")[0].split(" ")[0] for option in options.extra_options}
    chosen = (pair for pair in _requested_options(options, available) if pair[0] not in extra_names)
    return (
        *(f"{name}={value}" if name.startswith("--") else f"{name}{value}" for name, value in chosen),
        *options.extra_options,
    )


def _requested_options(options: ScanOptions, available: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from _source_options(options.source, available)
    if mode := _select_mode(options.colour, _option_values(available, "--mode")):
        yield "--mode", mode
    if "--resolution" in available:
        yield "--resolution", f"{_select_resolution(available['--resolution']):g}"
    if options.paper:
        for names, size in zip((("--page-width", "-x"), ("--page-height", "-y")), PAPER_MM[options.paper], strict=True):
            for name in names:
                if range_ := RANGE.fullmatch(available.get(name, "")):
                    yield name, f"{min(size, float(range_[2])):g}"


def _source_options(source: Source, available: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    names = _option_values(available, "--source")
    feeders = [name for name in names if re.search("adf|feeder", name, re.I)]
    duplex_names = [name for name in names if re.search("duplex|both", name, re.I)]
    single_sided_names = [name for name in feeders if name not in duplex_names and not re.search("back", name, re.I)]
    match source:
        case Source.FLATBED:
            yield from [("--source", name) for name in names if re.search("flatbed|platen|normal", name, re.I)][:1]
        case Source.DUPLEX if duplex_names:
            yield "--source", duplex_names[0]
        case _:
            yield from (("--source", name) for name in (single_sided_names or feeders)[:1])
            if source is Source.DUPLEX:
                yield from (
                    ("--adf-mode", name) for name in _option_values(available, "--adf-mode") if "duplex" in name.lower()
                )
                yield from (("--duplex", "yes") for _ in _option_values(available, "--duplex")[:1])


def _select_mode(colour: bool, names: Sequence[str]) -> str:
    mode_pattern = "colou?r" if colour else "gr[ae]y"
    matching = [
        name
        for name in names
        if re.search(mode_pattern, name, re.I) and not re.search("diffusion|halftone", name, re.I)
    ]
    exact = [name for name in matching if re.fullmatch(mode_pattern, name, re.I)]
    return (exact or matching or [""])[0]


def _select_resolution(values: str) -> float:
    """The lowest one of at least TARGET_RESOLUTION_DPI, otherwise the highest."""
    if range_ := RANGE.fullmatch(values):
        return min(max(TARGET_RESOLUTION_DPI, float(range_[1])), float(range_[2]))
    steps = sorted(float(step) for step in values.split("|") if re.fullmatch(NUMBER, step, re.ASCII))
    return next(
        (step for step in steps if step >= TARGET_RESOLUTION_DPI), steps[-1] if steps else TARGET_RESOLUTION_DPI
    )


def _option_values(available: Mapping[str, str], name: str) -> list[str]:
    return [value for value in available.get(name, "").split("|") if value]
