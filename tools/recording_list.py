"""What there is to record for reading aloud: every sentence the kiosk says, in both languages, with where it is heard.

    python -m tools.recording_list [--out recordings.csv] [--missing DIR]

Shows every sample state in a real window and notes what would be read, as screens.audio_feedback would; then the catalogue's
other sentences and the signs that are spelled. One line for each recording: file, language, screens, text. With
--missing only those that DIR does not hold yet; the exit status is 1 while there are any.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from journey.language import say
from journey.language.recordings import SPELLED, Recordings, file_name
from screens.kivy_setup import configure
from tools.gui_checks.window_harness import Stage, display
from tools.message_catalogue import compile_catalogues, used_messages
from tools.sample_journeys import samples

LANGUAGES = ("th", "en")
SIZE = 540, 960
ANYWHERE = "(anywhere)"  # not on any sample: faults that come and go, the other turns of a screen
SPELLING = "(spelled)"
MANY, EVERYWHERE = 10, "(nearly everywhere)"


def heard(stage: Stage, language: str) -> Iterator[tuple[str, str]]:
    """(sentence, screen) of all that may be heard in the hall, in the order of a visit."""
    aloud, focus = import_module("screens.spoken_text"), import_module("screens.focus_ring")
    for journey in samples(language).values():
        stage.show(journey)
        top = stage.shell.children[0]
        said = aloud.sentences(top)
        for stop in focus.stops(top):
            said += aloud.called(stop.widget, stop.name, stop.text, language)
        screen = (journey.overlay or journey.screen).value
        yield from ((sentence.text.strip(), screen) for sentence in said if sentence.public)


def script() -> dict[tuple[str, str], list[str]]:
    """(language, sentence) with the screens it is heard on."""
    found: dict[tuple[str, str], list[str]] = {}
    with display(SIZE):
        configure(False, SIZE)
        stage = Stage()
        stage.resize(SIZE)
        for language in LANGUAGES:
            for sentence, screen in heard(stage, language):
                screens = found.setdefault((language, sentence), [])
                if screen not in screens:
                    screens.append(screen)
            for message in used_messages():
                sentence = say(message, language)
                if "{" not in sentence:
                    found.setdefault((language, sentence), [ANYWHERE])
            for sign in SPELLED[language]:
                found.setdefault((language, sign), [SPELLING])
    return {key: screens for key, screens in found.items() if key[1]}


def main(arguments: Sequence[str]) -> int:
    """Write the list. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="./run recordings", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("recordings.csv"), metavar="FILE")
    parser.add_argument("--missing", type=Path, metavar="DIR", help="list only what this directory does not hold")
    wish = parser.parse_args(arguments)
    for directory in (wish.missing, wish.out.absolute().parent):
        if directory is not None and not directory.is_dir():
            print(f"{directory}: there is no such directory", file=sys.stderr)
            return 2
    compile_catalogues()
    there = Recordings(wish.missing)
    rows = [
        (file_name(sentence, language), language, " ".join(screens) if len(screens) < MANY else EVERYWHERE, sentence)
        for (language, sentence), screens in script().items()
        if there.find(sentence, language) is None
    ]
    with wish.out.open("w", encoding="utf-8-sig", newline="") as file:  # with a mark, so that spreadsheets read Thai
        writer = csv.writer(file)
        writer.writerow(("file", "language", "heard on", "sentence"))
        writer.writerows(rows)
    print(f"{len(rows)} to record: {wish.out}", file=sys.stderr)
    return 1 if rows and wish.missing is not None else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
