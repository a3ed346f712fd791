"""The GUI checks, each in its own process with a real window under Xvfb."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.message_catalogue import compile_catalogues

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def compiled_catalogues() -> None:
    compile_catalogues()


@pytest.mark.parametrize(
    ("size", "language"),
    [
        ("1080x1920", "th"),
        ("1920x1080", "en"),
        pytest.param("1024x768", "th", marks=pytest.mark.slow),
        pytest.param("1080x1920", "en", marks=pytest.mark.slow),
        pytest.param("1280x1024", "th", marks=pytest.mark.slow),
    ],
)
def test_every_screen_is_shown_and_sends_its_events(size: str, language: str) -> None:
    run_gui_check("screens_gui", size, language)


@pytest.mark.parametrize("size", ["1080x1920", pytest.param("1920x1080", marks=pytest.mark.slow)])
def test_typing_with_keys_caret_suggestions_and_undo(size: str) -> None:
    run_gui_check("typing_gui", size)


@pytest.mark.parametrize("size", ["1080x1920", pytest.param("1280x1024", marks=pytest.mark.slow)])
def test_a_letter_is_corrected_beside_its_picture_and_all_is_checked(size: str) -> None:
    run_gui_check("letter_gui", size)


def test_every_screen_works_by_five_keys() -> None:
    run_gui_check("focus_gui")


def test_sounds_and_reading_aloud() -> None:
    run_gui_check("sound_gui")


def test_the_next_view_is_preloaded_and_cleared() -> None:
    run_gui_check("preload_gui")


def test_every_press_is_visible_and_nothing_moves_by_itself() -> None:
    run_gui_check("press_feedback_gui")


def test_every_screen_matches_its_golden_image_with_enough_contrast_and_target_size() -> None:
    run_gui_check("appearance_gui")


def test_the_layout_check_finds_planted_defects() -> None:
    run_gui_check("layout_overflow_gui")


def run_gui_check(module: str, *arguments: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", f"tests.unit.screens.{module}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
