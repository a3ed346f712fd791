"""Plays the story from an empty installation to the end."""

from collections.abc import Callable
from pathlib import Path

from ocr.confined import confine
from simulators.case_story.browser import Effort, PersonBrowser
from simulators.case_story.case_story import CaseStory, StoryError
from simulators.case_story.installation import StoryInstallation


def play_story(
    pictures: Path, say: Callable[[str], None], *, cases: int = 60, database_url: str = ""
) -> dict[str, Effort]:
    """Play the story in a province with this number of other cases, with a picture of each page. Returns the measured
    efforts by name. Raises StoryError, and leaves a picture of the page where it stopped."""
    if (missing := confine.find_missing_support()) is not None:  # the report's photo would be refused, scenes later
        raise StoryError(missing)
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("story-*.png"):
        old.unlink()
    with (
        StoryInstallation(database_url, cases) as installation,
        PersonBrowser(installation.url, pictures) as browser,
    ):
        story = CaseStory(installation, browser, pictures, say)
        try:
            story.play()
        except Exception:
            browser.picture("stopped-here")
            raise
    return story.efforts
