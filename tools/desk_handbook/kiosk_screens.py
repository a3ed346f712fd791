"""The kiosk's screens in the technicians' handbook, drawn from sample states in a window on a display of its own."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from PIL import Image

from kiosk_app.fault_page_drawing import Display, FaultCause, draw_page_picture
from screens.kivy_setup import configure_kivy
from tools.gui_checks.window_harness import WindowHarness, x_display
from tools.sample_journeys import gallery_journeys

SIZE = 1080, 1920
SHOWN_SIZE = 540, 960
MAX_BLANK_PX = 60  # of SHOWN_SIZE; a page of the set-up is mostly blank
FAULT_PAGE = "kiosk-out-of-service"

# Name of the picture -> name of the sample state.
SCREENS: Mapping[str, str] = {
    "setup-welcome": "setup_welcome",
    "setup-rotation": "setup_screen_rotation",
    "setup-stick": "setup_stick_try",
    "setup-network": "setup_network_kind",
    "setup-network-connected": "setup_network_try_connected",
    "setup-clock": "setup_clock_kind",
    "setup-centre": "setup_centre_url",
    "setup-fingerprint": "setup_centre_trust",
    "setup-hall": "setup_hall_kiosk_id",
    "setup-ruler": "setup_screen_width",
    "setup-touch": "setup_screen_touch",
    "setup-reader": "setup_reader_try",
    "setup-scanner": "setup_scanner_device",
    "setup-printer": "setup_printer_connection",
    "setup-printer-judge": "setup_printer_try_judge",
    "setup-sound": "setup_sound_try",
    "setup-pin": "setup_pin_new",
    "setup-enrol": "setup_enrol_try_code",
    "setup-key": "setup_key_show_shown",
    "setup-end": "setup_end",
    "kiosk-welcome": "attract",
    "kiosk-receipt": "receipt_printed",
    "kiosk-pin": "technician_pin",
    "kiosk-technician": "technician",
    "kiosk-tests": "technician_device_tests",
    "kiosk-fault": "fault_printer_paper_out",
}


def draw_screens(names: Iterable[str]) -> Iterator[tuple[str, Image.Image]]:
    """Name and picture of these screens, in Thai. A process of its own draws them: Kivy opens one window in each."""
    wanted = [name for name in SCREENS if name in set(names)]
    if wanted:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            yield from process.submit(_draw, wanted).result()
    if FAULT_PAGE in set(names):
        yield FAULT_PAGE, draw_page_picture(FaultCause.PROGRAM, Display(*SIZE)).resize(SHOWN_SIZE)


def _draw(names: list[str]) -> list[tuple[str, Image.Image]]:
    journeys = gallery_journeys("th")
    drawn = []
    with x_display(SIZE):
        configure_kivy(False, SIZE)
        harness = WindowHarness()
        harness.resize(SIZE)
        for name in names:
            harness.show(journeys[SCREENS[name]])
            picture = harness.screenshot().resize(SHOWN_SIZE, Image.Resampling.LANCZOS)
            drawn.append((name, _without_blank_rows(picture)))
    return drawn


def _without_blank_rows(picture: Image.Image) -> Image.Image:
    """The picture without what is more than MAX_BLANK_PX of equal rows in one colour."""
    pixels = np.asarray(picture)
    chosen, blank_rows = [], 0
    for index, row in enumerate(pixels):
        is_blank = (row == row[0]).all() and (index == 0 or (row == pixels[index - 1]).all())
        blank_rows = blank_rows + 1 if is_blank else 0
        if blank_rows <= MAX_BLANK_PX:
            chosen.append(index)
    return Image.fromarray(pixels[chosen])
