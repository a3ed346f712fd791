"""A citizen files on the web with a phone, by touch. The network is away in the middle, and comes back."""

from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.support.ui import Select, WebDriverWait

from simulators.case_story.browser import PersonBrowser

_COMPLAINT = "ถนนหน้าหมู่บ้านเป็นหลุมลึก รถจักรยานยนต์ล้มหลายคัน ขอให้ช่วยซ่อม"
_TIMEOUT_S = 30


class WebFilingError(Exception):
    """The phone did not show what the story expects."""


class WebFiling:
    """The pages of the form, one question after another, with a picture of each."""

    def __init__(self, browser: PersonBrowser, photo: Path) -> None:
        self._browser, self._photo = browser, photo

    def play(self) -> tuple[str, str]:
        """Case number and tracking code on the receipt."""
        browser = self._browser
        browser.set_size(phone=True)
        browser.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
        browser.open("/file")
        self._wait("return document.documentElement.dataset.offline === 'ready'")
        self._go_on("topic")
        browser.find(".tile:nth-child(1)").click()
        self._go_on("place")
        for field, value in (("district", "4001"), ("tambon", "400101")):
            browser.find(f"#{field} option[value='{value}']")
            Select(browser.find(f"#{field}")).select_by_value(value)
        self._set_network(is_there=False)
        self._go_on("story")
        browser.type("text", _COMPLAINT)
        browser.attach("files", self._photo)
        self._go_on("person")
        browser.type("name", "บุญมี ทดลองดี")
        browser.type("phone", "081 234 5678")
        self._wait("return document.getElementById('filing').dataset.saved === 'yes'")
        browser.open("/file")  # the phone closes the page, and the citizen opens it again without network
        browser.find("#resumed")
        if browser.find("#phone").get_attribute("value") != "081 234 5678":
            raise WebFilingError("The phone has lost what was typed before it was closed")
        self._go_on("check")
        self._go_on("check")
        browser.find("#waiting")
        self._wait("return !document.getElementById('next').disabled")
        browser.picture("web-waits-for-the-network")
        self._set_network(is_there=True)
        number, code = browser.text("#number"), browser.text("#code")
        browser.picture("web-receipt")
        browser.find("#has-code").click()
        browser.find("#code-form")
        browser.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
        browser.set_size(phone=False)
        return number, code

    def _go_on(self, step: str) -> None:
        current = self._browser.find(".step.current").get_attribute("id")
        self._browser.picture(f"web-{current}")
        self._browser.find("#next").click()
        self._browser.find(f"#{step}.current")

    def _set_network(self, *, is_there: bool) -> None:
        conditions = {"offline": not is_there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self._browser.driver.execute_cdp_cmd("Network.enable", {})
        self._browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def _wait(self, condition: str) -> None:
        wait = WebDriverWait(self._browser.driver, _TIMEOUT_S, ignored_exceptions=(WebDriverException,))
        wait.until(lambda driver: driver.execute_script(condition))
