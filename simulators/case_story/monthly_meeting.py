"""A governor's assistant prepares the monthly meeting: what needs attention, last month's figures and its file, the
districts side by side."""

from simulators.case_story.browser import Effort, PersonBrowser

# The keystroke-level model of Card, Moran and Newell (1980): pointing and pressing, one key, thinking before a step. A
# page is read for 20 s.
_CLICK_S, _KEY_S, _THINK_S, _READ_S = 1.3, 0.28, 1.35, 20.0
_FILE = """const done = arguments[arguments.length - 1];
fetch(arguments[0]).then(async (response) => done([response.status, (await response.arrayBuffer()).byteLength]));"""


class MonthlyMeetingError(Exception):
    """A page lacks what the meeting needs."""


class MonthlyMeeting:
    """The assistant at the desk, signed in."""

    def __init__(self, browser: PersonBrowser) -> None:
        self._browser = browser

    def prepare(self) -> Effort:
        """Open every page of the meeting. Returns what it took."""
        browser = self._browser
        browser.open("/desk/")
        browser.start_counting()
        browser.click('nav a[href="/desk/overview"]')
        browser.picture("overview-for-the-meeting")
        browser.click('[data-attention="overdue"] a')
        browser.picture("overdue-cases-for-the-meeting")
        browser.click('nav a[href="/desk/reports"]')
        browser.select("period", _second_choice(browser))
        browser.click("#report-form button")
        browser.picture("report-of-last-month")
        self._expect_file()
        browser.click('nav a[href="/desk/overview"]')
        browser.click('a[href*="/desk/reports/places"]')
        browser.picture("districts-for-the-meeting")
        if not browser.has("#places [data-place]"):
            raise MonthlyMeetingError("No district is compared")
        return browser.measured()

    def _expect_file(self) -> None:
        address = self._browser.find('a[href*="/desk/reports/file/pdf"]').get_attribute("href")
        status, size = self._browser.driver.execute_async_script(_FILE, address)
        if status != 200 or size < 10_000:
            raise MonthlyMeetingError(f"The report as PDF is {size} bytes with status {status}")


def estimated_seconds(effort: Effort) -> float:
    """How long a practised person takes for it, with reading each page."""
    steps = effort.clicks + effort.page_loads
    return effort.clicks * _CLICK_S + effort.keystrokes * _KEY_S + steps * _THINK_S + effort.page_loads * _READ_S


def _second_choice(browser: PersonBrowser) -> str:
    """The month before this one."""
    return str(browser.find('select[name="period"] option:nth-child(2)').get_attribute("value"))
