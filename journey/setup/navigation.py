"""Moves through the pages of the set-up: which one is shown, comes next, came before, or continues after a restart."""

from journey.setup.checks import check_rotation
from journey.setup.pages import PAGES, PAGES_BY_NAME, ROTATION, PageKind, SetupPage
from journey.setup.setup_state import Setup

GIVEN_PAGES = "stick.pages"  # an answer of no page: names of the pages that a stick has answered


def present_page(setup: Setup) -> SetupPage:
    """The page that is shown. A page of another release that no longer exists begins again at the first one."""
    return PAGES_BY_NAME.get(setup.page, PAGES[0])


def next_page(setup: Setup) -> SetupPage:
    """The page after the present one; the last page stays."""
    return _neighbour(setup, PAGES)


def previous_page(setup: Setup) -> SetupPage:
    """The page before the present one that asks something; the first page stays."""
    asking = tuple(page for page in PAGES if page.name == setup.page or page.task is None or not page.starts_by_itself)
    return _neighbour(setup, asking[::-1])


def resumed_page(setup: Setup) -> SetupPage:
    """Where a set-up continues after a restart: at its page, or at a secret before it, which was not kept."""
    page, answers = present_page(setup), dict(setup.answers)
    if page.kind is not PageKind.TRIAL and not page.is_secret:
        return page
    same_step = (other for other in PAGES[: PAGES.index(page)] if other.step is page.step and other.is_shown(answers))
    return next((other for other in same_step if other.is_secret), page)


def is_given(page: SetupPage, setup: Setup) -> bool:
    """Whether a stick has answered the page, so that it is not asked. A secret that was lost by a restart is asked, and
    a picture that the stick has turned wrongly can still be turned."""
    if page.kind is PageKind.ROTATION:
        return False
    page_names = setup.answer(GIVEN_PAGES).split(",")
    return page.name in page_names and page.name in dict(setup.answers)


def _neighbour(setup: Setup, pages: tuple[SetupPage, ...]) -> SetupPage:
    present, answers = present_page(setup), dict(setup.answers)
    later = pages[pages.index(present) + 1 :]
    return next((page for page in later if page.is_shown(answers) and not is_given(page, setup)), present)


def answer_or_default(setup: Setup, page: SetupPage) -> str:
    return dict(setup.answers).get(page.name, page.default)


def picture_rotation(setup: Setup | None, in_settings: int) -> int:
    """How the picture is turned now, in degrees: as the set-up was answered, or else as in the settings."""
    answer = setup.answer(ROTATION) if setup is not None else ""
    return int(answer) if answer and not check_rotation(answer) else in_settings
