"""The citizen's phone in the story: answers a question with a photo, rates the agency, asks to reopen the case."""

from pathlib import Path

from simulators.case_story.browser import PersonBrowser


class CitizenPhone:
    """The tracking page of one case, by touch."""

    def __init__(self, browser: PersonBrowser, url: str, code: str) -> None:
        self._browser, self._address = browser, f"{url}/t#{code}"

    def open(self) -> None:
        """Scan the code of the receipt."""
        browser = self._browser
        browser.driver.delete_all_cookies()
        browser.set_size(phone=True)
        browser.driver.get("about:blank")  # another fragment alone loads no page
        browser.driver.get(self._address)
        browser.find("#ladder")

    def answer(self, text: str, photo: Path) -> None:
        """Answer the question of the centre."""
        self._press("button[formaction='/t/details']", "#action-form")
        self._browser.type("text", text)
        self._browser.attach("files", photo)
        self._browser.picture("citizen-answers-with-a-photo")
        self._send("citizen-has-answered")

    def rate(self, stars: int, comment: str) -> None:
        """Rate the first agency."""
        self._press("button[formaction='/t/rating']", "#action-form")
        self._browser.find(f"input[name=stars_0][value='{stars}']").click()
        self._browser.type("comment", comment)
        self._browser.picture("citizen-rates")
        self._send("citizen-has-rated")

    def ask_to_reopen(self, reason: str) -> None:
        """Ask the centre to open the case again."""
        self._press("button[formaction='/t/reopening']", "#action-form")
        self._browser.type("reason", reason)
        self._send("citizen-asks-to-reopen")

    def _send(self, name: str) -> None:
        self._press("#action-form .main", "#done")
        self._browser.picture(name)
        self._press(".back button", "#ladder")

    def _press(self, selector: str, then: str) -> None:
        self._browser.find(selector).click()
        self._browser.find(then)
