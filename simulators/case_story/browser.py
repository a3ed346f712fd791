"""A browser that counts what a person does: clicks, keystrokes, loaded pages. One person uses it at a time."""

import json
import shutil
import tempfile
from base64 import b64decode
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import Select, WebDriverWait

from simulators.chromium import chromium_options, start_chromium

DESK_SIZE, PHONE_SIZE = (1280, 800), (390, 844)
_TIMEOUT_S = 90  # on a machine with other work: a photo is cleaned in a process of low priority


_NEXT_PAGE_SCRIPT = "return !window.isLeaving && document.readyState === 'complete'"


@dataclass
class Effort:
    """What somebody did."""

    page_loads: int = 0
    clicks: int = 0
    keystrokes: int = 0

    def __str__(self) -> str:
        return f"{self.page_loads} page loads, {self.clicks} clicks, {self.keystrokes} keystrokes"


class PersonBrowser:
    """Headless Chromium with an empty profile. `effort` counts since `start_counting`."""

    def __init__(self, url: str, pictures: Path) -> None:
        self._url = url.rstrip("/")
        self._pictures = pictures
        self._picture_count = 0
        self.effort = Effort()

    def __enter__(self) -> Self:
        self._profile = tempfile.mkdtemp(prefix="dk-story-")
        options = chromium_options(Path(self._profile))
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self.driver = start_chromium(options, _TIMEOUT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()
        shutil.rmtree(self._profile, ignore_errors=True)

    def sign_in(self, name: str, password: str, *, phone: bool = False) -> None:
        """Become this officer, at a desk or on a phone. Not counted."""
        self.driver.delete_all_cookies()
        self.set_size(phone=phone)
        self.open("/desk/login")
        self.driver.delete_all_cookies()
        self.open("/desk/login")
        self.type("username", name)
        self.type("password", password)
        self.click("form.card button.main")
        self.start_counting()

    def set_size(self, *, phone: bool) -> None:
        """The size of a desk's display or of a phone."""
        width, height = PHONE_SIZE if phone else DESK_SIZE
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def start_counting(self) -> None:
        """Begin a new count."""
        self._collect_page_loads()
        self.effort = Effort()

    def measured(self) -> Effort:
        """The effort until now."""
        self.effort.page_loads += self._collect_page_loads()
        return replace(self.effort)

    def open(self, path: str) -> None:
        """Open a page by its address."""
        self.driver.get(path if path.startswith("http") else f"{self._url}{path}")

    def click(self, selector: str) -> None:
        """Click one element. When that leaves the page, wait for the next one."""
        element = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        is_leaving = element.tag_name in ("a", "button")
        self.driver.execute_script("window.isLeaving = true")
        element.click()
        self.effort.clicks += 1
        if is_leaving:
            WebDriverWait(self.driver, _TIMEOUT_S, ignored_exceptions=(WebDriverException,)).until(_is_next_page)

    def type(self, name: str, text: str) -> None:
        """Type into the field of this name, in place of its content."""
        field = self.find(f'[name="{name}"]:not([type="hidden"])')
        field.clear()
        field.send_keys(text)
        self.effort.keystrokes += len(text)

    def type_into_list(self, name: str, letters: str) -> None:
        """Choose from a list by its first letters, with the keyboard."""
        self.find(f'select[name="{name}"]').send_keys(letters)
        self.effort.keystrokes += len(letters)

    def press_save_keys(self) -> None:
        """Ctrl and Enter, which send the form; then wait for the next page."""
        self.driver.execute_script("window.isLeaving = true")
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
        self.effort.keystrokes += 2
        WebDriverWait(self.driver, _TIMEOUT_S, ignored_exceptions=(WebDriverException,)).until(_is_next_page)

    def select(self, name: str, value: str) -> None:
        """Choose from a list: one click to open it, one on the value."""
        Select(self.find(f'select[name="{name}"]')).select_by_value(value)
        self.effort.clicks += 2

    def attach(self, name: str, file: Path) -> None:
        """Choose a file: one click."""
        path = str(file.resolve())  # Chromium refuses a relative path
        self.driver.find_element(By.CSS_SELECTOR, f'input[name="{name}"]').send_keys(path)
        self.effort.clicks += 1

    def find(self, selector: str) -> WebElement:
        """The visible element."""
        WebDriverWait(self.driver, _TIMEOUT_S).until(
            expected_conditions.visibility_of_element_located((By.CSS_SELECTOR, selector)), selector
        )
        return next(each for each in self.driver.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed())

    def has(self, selector: str) -> bool:
        """Whether there is a visible element."""
        return any(each.is_displayed() for each in self.driver.find_elements(By.CSS_SELECTOR, selector))

    def text(self, selector: str = "body") -> str:
        """The visible text, without the marks for line breaks."""
        return str(self.find(selector).text).replace("\u200b", "")

    def picture(self, name: str) -> None:
        """Save the whole page as a picture."""
        self._picture_count += 1
        self.save_page(self._pictures / f"story-{self._picture_count:02}-{name}.png")

    def save_page(self, path: Path) -> None:
        """Save the whole page as a picture at this path."""
        metrics = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": metrics["width"], "height": metrics["height"], "scale": 1}
        data = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        path.write_bytes(b64decode(data["data"]))

    def _collect_page_loads(self) -> int:
        """Documents requested since the last call, redirections not counted."""
        count = 0
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            message = json.loads(entry["message"])["message"]
            is_request = message["method"] == "Network.requestWillBeSent"
            count += (
                is_request
                and message["params"].get("type") == "Document"
                and ("redirectResponse" not in message["params"])
            )
        return count


def _is_next_page(driver: webdriver.Chrome) -> bool:
    """Whether the page after the click is loaded. While it is loading, Chromium may refuse the question."""
    return bool(driver.execute_script(_NEXT_PAGE_SCRIPT))
