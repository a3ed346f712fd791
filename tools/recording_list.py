"""The recording script for reading aloud: every sentence the kiosk speaks in both languages, with its screens.

    python -m tools.recording_list [--out recordings.csv] [--missing DIR]

Shows every sample state in a real window and collects what screens.audio_feedback would read; then the other messages
of the catalogue and the characters that are spelled. One line per recording: file, language, screens, text. --missing
lists only the recordings that DIR does not contain; the exit status is 1 while there are any.
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
ANYWHERE = "(anywhere)"  # on no particular screen
SPELLED_OUT = "(spelled)"
MAX_LISTED_SCREENS, EVERYWHERE = 10, "(nearly everywhere)"


def spoken_sentences(harness: WindowHarness, language: str) -> Iterator[tuple[str, str]]:
    """(sentence, screen) of all sentences that may be spoken in public, in the order of a visit."""
    aloud, focus = import_module("screens.spoken_text"), import_module("screens.focus_ring")
    for journey in sample_journeys(language).values():
        harness.show(journey)
        top = harness.root_view.children[0]
        sentences = aloud.spoken_sentences(top)
        for stop in focus.focus_targets(top):
            sentences += aloud.describe_target(stop.widget, stop.name, stop.text, language)
        screen = (journey.overlay or journey.screen).value
        yield from ((sentence.text.strip(), screen) for sentence in sentences if sentence.public)


def recording_script() -> dict[tuple[str, str], list[str]]:
    """(language, sentence) -> the screens that speak it."""
    script: dict[tuple[str, str], list[str]] = {}
    with x_display(SIZE):
        configure_kivy(False, SIZE)
        harness = WindowHarness()
        harness.resize(SIZE)
        for language in LANGUAGES:
            for sentence, screen in spoken_sentences(harness, language):
                screens = script.setdefault((language, sentence), [])
                if screen not in screens:
                    screens.append(screen)
            for message in used_messages():
                sentence = translate(message, language)
                if "{" not in sentence:
                    script.setdefault((language, sentence), [ANYWHERE])
            for character in SPELLED_CHARACTERS[language]:
                script.setdefault((language, character), [SPELLED_OUT])
    return {key: screens for key, screens in script.items() if key[1]}


def main(arguments: Sequence[str]) -> int:
    """Write the list. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="./run recordings", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("recordings.csv"), metavar="FILE")
    parser.add_argument("--missing", type=Path, metavar="DIR", help="list only recordings missing in this directory")
    options = parser.parse_args(arguments)
    for directory in (options.missing, options.out.absolute().parent):
        if directory is not None and not directory.is_dir():
            print(f"{directory}: there is no such directory", file=sys.stderr)
            return 2
    compile_catalogues()
    existing = Recordings(options.missing)
    rows = [
        (
            recording_file_name(sentence, language),
            language,
            " ".join(screens) if len(screens) < MAX_LISTED_SCREENS else EVERYWHERE,
            sentence,
        )
        for (language, sentence), screens in recording_script().items()
        if existing.find(sentence, language) is None
    ]
    # The byte order mark makes spreadsheets read the file as UTF-8.
    with options.out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "language", "heard on", "sentence"))
        writer.writerows(rows)
    print(f"{len(rows)} to record: {options.out}", file=sys.stderr)
    return 1 if rows and options.missing is not None else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
