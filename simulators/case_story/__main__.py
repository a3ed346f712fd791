"""`./run story`: plays the story of one case in a real browser, with a picture of each page."""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from simulators.case_story.case_story import StoryError
from simulators.case_story.play import play_story


def main() -> int:
    """Play the story; 0 when every page showed what it should."""
    parser = argparse.ArgumentParser(prog="./run story", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo-output"), help="directory of the pictures")
    parser.add_argument("--cases", type=int, default=60, help="other cases in the invented province")
    arguments = parser.parse_args()
    say = partial(print, flush=True)  # each scene as it is played, in a file too
    try:
        efforts = play_story(arguments.out, say, cases=arguments.cases, database_url=os.environ.get("DATABASE_URL", ""))
    except StoryError as error:
        print(f"The story stopped: {error}", file=sys.stderr)
        return 1
    for name, effort in efforts.items():
        print(f"{name}: {effort}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
