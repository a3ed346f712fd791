"""The kiosk's scan options as options of a scanner. Listings of `scanimage --all-options`, of a Fujitsu and a Brother
as published by their owners; of a Canon and an Epson according to their manual pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.letter_scanner.device_selection import ScannerDevice, parse_device_list, select_device
from drivers.letter_scanner.scan_options import ScanOptions, build_arguments, parse_available_options, parse_sensors
from drivers.ports.letter_scanner import ScannerStatus, Source

FUJITSU = """
All options specific to device `fujitsu:fi-7260:1208958':
  Standard:
    --source Flatbed|ADF Front|ADF Back|ADF Duplex [Flatbed]
        Selects the scan source (such as a document-feeder).
    --mode Lineart|Halftone|Gray|Color [Lineart]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --resolution 50..600dpi (in steps of 1) [600]
        Sets the resolution of the scanned image.
  Geometry:
    --page-width 0..224.846mm (in steps of 0.0211639) [inactive]
        Specifies the width of the media.
    --page-height 0..2750.47mm (in steps of 0.0211639) [inactive]
    -l 0..227.809mm (in steps of 0.0211639) [0]
    -x 0..227.809mm (in steps of 0.0211639) [215.872]
    -y 0..296.972mm (in steps of 0.0211639) [279.364]
  Enhancement:
    --swdeskew[=(yes|no)] [no]
        Request driver to rotate skewed pages digitally.
"""
BROTHER = """
All options specific to device `brother4:net1;dev0':
  Mode:
    --mode Black & White|Gray[Error Diffusion]|True Gray|24bit Color[Fast] [24bit Color[Fast]]
        Select the scan mode
    --resolution 100|150|200|300|400|600|1200|2400|4800|9600dpi [200]
    --source Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [Automatic]
  Geometry:
    -x 0..211.9mm (in steps of 0.0999908) [211.881]
    -y 0..812.8mm (in steps of 0.0999908) [355.567]
"""
PIXMA = """
    --resolution auto||75|150|300|600dpi [75]
    --mode auto|Color|Gray|Lineart [Color]
    --source Flatbed [Flatbed]
    -x auto|0..216.069mm [216.069]
"""
EPSON = """
    --mode Lineart|Gray|Color [Color]
    --source Flatbed|Automatic Document Feeder [Flatbed]
    --adf-mode Simplex|Duplex [inactive]
    --resolution 75|100|150dpi [75]
"""


@pytest.mark.parametrize(
    ("listing", "options", "expected"),
    [
        (
            FUJITSU,
            ScanOptions(),
            "--source=Flatbed --mode=Color --resolution=200 --page-width=210 -x210 --page-height=297 -y296.972",
        ),
        (
            FUJITSU,
            ScanOptions(Source.FEEDER, "folio", colour=False),
            "--source=ADF Front --mode=Gray --resolution=200 --page-width=216 -x216 --page-height=330 -y296.972",
        ),
        (FUJITSU, ScanOptions(Source.DUPLEX, ""), "--source=ADF Duplex --mode=Color --resolution=200"),
        (
            BROTHER,
            ScanOptions(Source.FEEDER, "A5", colour=False),
            "--source=Automatic Document Feeder(left aligned) --mode=True Gray --resolution=200 -x148 -y210",
        ),
        (
            BROTHER,
            ScanOptions(Source.DUPLEX, ""),
            "--source=Automatic Document Feeder(left aligned,Duplex) --mode=24bit Color[Fast] --resolution=200",
        ),
        (PIXMA, ScanOptions(), "--source=Flatbed --mode=Color --resolution=300"),
        (
            EPSON,
            ScanOptions(Source.DUPLEX),
            "--source=Automatic Document Feeder --adf-mode=Duplex --mode=Color --resolution=150",
        ),
        (
            EPSON,
            ScanOptions(extra_options=("--resolution=100", "--brightness 3")),
            "--source=Flatbed --mode=Color --resolution=100 --brightness 3",
        ),
        ("", ScanOptions(Source.DUPLEX), ""),
    ],
)
def test_scan_options_become_each_makers_own_options(listing: str, options: ScanOptions, expected: str) -> None:
    assert " ".join(build_arguments(options, parse_available_options(listing))) == expected


@given(st.text(), st.sampled_from(Source), st.sampled_from(["", "A4", "A5", "folio"]))
def test_reading_any_listing_raises_nothing(listing: str, source: Source, paper: str) -> None:
    build_arguments(ScanOptions(source, paper), parse_available_options(listing))
    build_arguments(
        ScanOptions(source, paper),
        parse_available_options(f"    --source {listing}|ADF [x]\n    --resolution {listing}dpi [1]\n"),
    )


ATTACHED = parse_device_list(
    "v4l:/dev/video0\tNoname HD Webcam\n"
    "epson2:libusb:001:007\tEpson GT-1500\n"
    "airscan:e0:Canon LiDE 400\teSCL Canon LiDE 400\n"
)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("", "epson2:libusb:001:007"),
        ("epson2:libusb:001:007", "epson2:libusb:001:007"),
        ("epson2:libusb:001:003", "epson2:libusb:001:007"),
        ("gt-1500", "epson2:libusb:001:007"),
        ("LiDE 400", "airscan:e0:Canon LiDE 400"),
        ("pixma:04A91912", None),
        ("v4l:/dev/video0", "v4l:/dev/video0"),
        ("DS-530", None),
    ],
)
def test_the_configured_name_selects_a_scanner(wanted: str, name: str | None) -> None:
    device = select_device(wanted, ATTACHED)
    assert (device.name if device else None) == name


def test_two_scanners_of_one_back_end_are_ambiguous() -> None:
    twins = [
        ScannerDevice("epson2:libusb:001:007", "Epson GT-1500"),
        ScannerDevice("epson2:libusb:001:008", "Epson GT-1500"),
    ]
    assert select_device("epson2:libusb:001:003", twins) is None


@pytest.mark.parametrize("values", ["50..6050..600", "1.2.3", "..", "75|1..2|300.", "٣٠٠"])
def test_a_non_numeric_resolution_is_ignored(values: str) -> None:
    """A fuzz test found this case (tests/fuzz)."""
    assert all(build_arguments(ScanOptions(), {"--resolution": values, "-x": values}))


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        ("    --cover-open[=(yes|no)] [yes] [hardware]\n", {ScannerStatus.COVER_OPEN: True}),
        (
            "    --adf-open[=(yes|no)] [no] [hardware]\n    --paper-jam[=(yes|no)] [yes] [read-only]\n",
            {ScannerStatus.COVER_OPEN: False, ScannerStatus.JAM: True},
        ),
        ("    --cover-open[=(auto|yes|no)] [no] [advanced]\n", {ScannerStatus.COVER_OPEN: False}),
        ("    --swdespeck 0..9 [0]\n    --open-shutter[=(yes|no)] [yes]\n", {}),
        ("    --cover-open[=(yes|no)] [inactive]\n", {}),
        ("", {}),
    ],
)
def test_the_scanners_sensors_are_read(listing: str, expected: dict[ScannerStatus, bool]) -> None:
    assert parse_sensors(listing) == expected
