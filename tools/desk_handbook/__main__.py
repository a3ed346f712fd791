"""Takes the pictures of the officers' handbook again: `./run handbook [NAME…]`, all of them without a name.

Starts an installation with the invented province of `central demo-data` and a kiosk, and opens the pages that
`tools/desk_handbook/shots.py` lists in Chromium. Writes central/static/help/NAME.webp.
"""

import argparse
import sys

from central.desk.help_pictures import DIRECTORY, PICTURES, picture_file
from simulators.case_story.browser import PersonBrowser
from simulators.case_story.installation import PASSWORD, StoryInstallation
from tools.desk_handbook.camera import ShotError, take
from tools.desk_handbook.shots import SHOTS

_CASES = 250  # enough for a case in every status


def main() -> int:
    """Take the pictures; 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="./run handbook", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="pictures to take")
    names = set(parser.parse_args().names) or set(PICTURES)
    if unknown := names - set(PICTURES):
        parser.error(f"no such picture: {' '.join(sorted(unknown))}")
    DIRECTORY.mkdir(exist_ok=True)
    failures = 0
    with (
        StoryInstallation(cases=_CASES) as installation,
        PersonBrowser(installation.url, DIRECTORY) as browser,
    ):
        installation.add_kiosks_in_need()
        user = None
        for shot in (each for each in SHOTS if each.name in names):
            if shot.user != user:
                _become(browser, shot.user)
                user = shot.user
            try:
                size = take(browser, shot, picture_file(shot.name))
            except ShotError as error:
                failures += 1
                print(error, flush=True)
                continue
            print(f"{shot.name}: {size // 1000} kB", flush=True)
    return 1 if failures else 0


def _become(browser: PersonBrowser, user: str) -> None:
    if user:
        browser.sign_in(user, PASSWORD)
    else:
        browser.set_size(phone=False)
        browser.open("/desk/login")
        browser.driver.delete_all_cookies()


if __name__ == "__main__":
    sys.exit(main())
