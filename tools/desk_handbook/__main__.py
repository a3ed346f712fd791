"""Makes the pictures of the handbooks again: `./run handbook [NAME…]`, all of them without a name.

The officers' handbook: starts an installation with the invented province of `central demo-data` and a kiosk, and opens
the pages that `tools/desk_handbook/shots.py` lists in Chromium. The technicians' handbook: such pages, screens of the
kiosk, and drawings. Writes central/static/help/NAME.webp and central/static/technician/NAME.webp.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial

from central.desk.help_pictures import DIRECTORY, PICTURES, TECHNICIAN_DIRECTORY, picture_file
from central.desk.technician_pictures import TECHNICIAN_PICTURES
from simulators.case_story.browser import PersonBrowser
from simulators.case_story.installation import PASSWORD, StoryInstallation
from tools.desk_handbook.camera import ShotError, store, take, take_drawing
from tools.desk_handbook.drawings import DRAWINGS
from tools.desk_handbook.kiosk_screens import draw_screens
from tools.desk_handbook.shots import SHOTS, TECHNICIAN_SHOTS

_CASES = 250  # enough for a case in every status


def main() -> int:
    """Make the pictures; 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="./run handbook", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="pictures to make")
    known = {*PICTURES, *TECHNICIAN_PICTURES}
    names = set(parser.parse_args().names) or known
    if unknown := names - known:
        parser.error(f"no such picture: {' '.join(sorted(unknown))}")
    for directory in (DIRECTORY, TECHNICIAN_DIRECTORY):
        directory.mkdir(exist_ok=True)
    failures = _take_pages(names) + _draw_drawings(names)
    for name, picture in draw_screens(names):
        failures += _report(name, partial(store, picture, name, picture_file(name)))
    return 1 if failures else 0


def _take_pages(names: set[str]) -> int:
    """Take the pictures of pages. Returns how many failed."""
    shots = [shot for shot in (*SHOTS, *TECHNICIAN_SHOTS) if shot.name in names]
    if not shots:
        return 0
    failures, user = 0, None
    with StoryInstallation(cases=_CASES) as installation, PersonBrowser(installation.url, DIRECTORY) as browser:
        installation.add_kiosks_in_need()
        for shot in shots:
            if shot.user != user:
                _become(browser, shot.user)
                user = shot.user
            failures += _report(shot.name, partial(take, browser, shot, picture_file(shot.name)))
    return failures


def _draw_drawings(names: set[str]) -> int:
    """Draw the drawings. Returns how many failed."""
    wanted = [name for name in DRAWINGS if name in names]
    if not wanted:
        return 0
    with PersonBrowser("", TECHNICIAN_DIRECTORY) as browser:
        return sum(
            _report(name, partial(take_drawing, browser, DRAWINGS[name](), name, picture_file(name))) for name in wanted
        )


def _report(name: str, make: Callable[[], int]) -> int:
    """Make a picture and print its size. Returns 1 when it failed."""
    try:
        size = make()
    except ShotError as error:
        print(error, flush=True)
        return 1
    print(f"{name}: {size // 1000} kB", flush=True)
    return 0


def _become(browser: PersonBrowser, user: str) -> None:
    if user:
        browser.sign_in(user, PASSWORD)
    else:
        browser.set_size(phone=False)
        browser.open("/desk/login")
        browser.driver.delete_all_cookies()


if __name__ == "__main__":
    sys.exit(main())
