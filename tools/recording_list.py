"""What there is to record for reading aloud: every sentence the kiosk says, in both languages, with where it is heard.

    python -m tools.recording_list [--out recordings.csv] [--missing DIR]

Shows every sample state in a real window and notes what would be read, as screens.audio_feedback would; then the
catalogue's other sentences and the signs that are spelled. One line for each recording: file, language, screens, text.
With --missing only those that DIR does not hold yet; the exit status is 1 while there are any.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from journey.language import translate
from journey.language.recordings import SPELLED_CHARACTERS, Recordings, recording_file_name
from screens.kivy_setup import configure_kivy
from tools.gui_checks.window_harness import WindowHarness, x_display
from tools.message_catalogue import compile_catalogues, used_messages
from tools.sample_journeys import sample_journeys

LANGUAGES = ("th", "en")
SIZE = 540, 960
ANYWHERE = "(anywhere)"  # not on any sample: faults that come and go, the other turns of a screen
SPELLED_OUT = "(spelled)"
MAX_LISTED_SCREENS, EVERYWHERE = 10, "(nearly everywhere)"


def spoken_sentences(harness: WindowHarness, language: str) -> Iterator[tuple[str, str]]:
    """(sentence, screen) of all that may be heard in the hall, in the order of a visit."""
    aloud, focus = import_module("screens.spoken_text"), import_module("screens.focus_ring")
    for journey in sample_journeys(language).values():
        harness.show(journey)
        top = harness.shell.children[0]
        said = aloud.spoken_sentences(top)
        for stop in focus.focus_targets(top):
            said += aloud.describe_target(stop.widget, stop.name, stop.text, language)
        screen = (journey.overlay or journey.screen).value
        yield from ((sentence.text.strip(), screen) for sentence in said if sentence.public)


def recording_script() -> dict[tuple[str, str], list[str]]:
    """(language, sentence) with the screens it is heard on."""
    found: dict[tuple[str, str], list[str]] = {}
    with x_display(SIZE):
        configure_kivy(False, SIZE)
        harness = WindowHarness()
        harness.resize(SIZE)
        for language in LANGUAGES:
            for sentence, screen in spoken_sentences(harness, language):
                screens = found.setdefault((language, sentence), [])
                if screen not in screens:
                    screens.append(screen)
            for message in used_messages():
                sentence = translate(message, language)
                if "{" not in sentence:
                    found.setdefault((language, sentence), [ANYWHERE])
            for sign in SPELLED_CHARACTERS[language]:
                found.setdefault((language, sign), [SPELLED_OUT])
    return {key: screens for key, screens in found.items() if key[1]}


def main(arguments: Sequence[str]) -> int:
    """Write the list. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="./run recordings", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("recordings.csv"), metavar="FILE")
    parser.add_argument("--missing", type=Path, metavar="DIR", help="list only what this directory does not hold")
    options = parser.parse_args(arguments)
    for directory in (options.missing, options.out.absolute().parent):
        if directory is not None and not directory.is_dir():
            print(f"{directory}: there is no such directory", file=sys.stderr)
            return 2
    compile_catalogues()
    there = Recordings(options.missing)
    rows = [
        (
            recording_file_name(sentence, language),
            language,
            " ".join(screens) if len(screens) < MAX_LISTED_SCREENS else EVERYWHERE,
            sentence,
        )
        for (language, sentence), screens in recording_script().items()
        if there.find(sentence, language) is None
    ]
    with options.out.open("w", encoding="utf-8-sig", newline="") as file:  # with a mark, so that spreadsheets read Thai
        writer = csv.writer(file)
        writer.writerow(("file", "language", "heard on", "sentence"))
        writer.writerows(rows)
    print(f"{len(rows)} to record: {options.out}", file=sys.stderr)
    return 1 if rows and options.missing is not None else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
