"""`./run story`: plays the story of one case in a real browser, with a picture of each page."""

import argparse
import os
import sys
from pathlib import Path

from simulators.case_story.browser import PersonBrowser
from simulators.case_story.case_story import CaseStory
from simulators.case_story.installation import StoryInstallation


def main() -> int:
    """Play the story; 0 when every page showed what it should."""
    parser = argparse.ArgumentParser(prog="./run story", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo-output"), help="directory of the pictures")
    parser.add_argument("--cases", type=int, default=60, help="other cases in the invented province")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for old in arguments.out.glob("story-*.png"):
        old.unlink()

    def say(line: str) -> None:
        print(line, flush=True)

    with (
        StoryInstallation(os.environ.get("DATABASE_URL", ""), arguments.cases) as installation,
        PersonBrowser(installation.url, arguments.out) as browser,
    ):
        story = CaseStory(installation, browser, arguments.out, say)
        try:
            story.play()
        except Exception:
            browser.picture("stopped-here")
            raise
    for name, effort in story.efforts.items():
        say(f"{name}: {effort}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
