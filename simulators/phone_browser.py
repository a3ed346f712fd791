"""A citizen's phone: headless Chromium in the size of a cheap phone, which opens the address in a receipt's QR code."""

import shutil
import tempfile
from pathlib import Path
from typing import Self

from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from zxingcpp import BarcodeFormat, BarcodeFormats, read_barcodes

from simulators.chromium import ChromiumMissingError, chromium_options, start_chromium

WIDTH, HEIGHT, DENSITY = 390, 844, 2
PAGE_TIMEOUT_S = 20


class PhoneError(Exception):
    """The browser could not be started, or there is no QR code; the message says which."""


def scan_qr(paper: Image.Image) -> str:
    """The text in the QR code of a printed receipt. Raises PhoneError."""
    codes = read_barcodes(paper.convert("L"), formats=BarcodeFormats(BarcodeFormat.QRCode))
    if not codes:
        raise PhoneError("There is no readable QR code on this receipt.")
    return codes[0].text


class Phone:
    """A browser with an empty profile, which is removed on leaving."""

    def __enter__(self) -> Self:
        self._profile = tempfile.mkdtemp(prefix="dk-phone-")
        options = chromium_options(Path(self._profile))
        metrics = {"width": WIDTH, "height": HEIGHT, "pixelRatio": DENSITY, "mobile": True, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
        try:
            self._browser = start_chromium(options, PAGE_TIMEOUT_S)
        except ChromiumMissingError as error:
            shutil.rmtree(self._profile)
            raise PhoneError(str(error)) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.quit()
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, url: str) -> None:
        """Open the link from an empty page, as a camera does, and wait until the case is shown."""
        self._browser.get("about:blank")
        self._browser.get(url)
        WebDriverWait(self._browser, PAGE_TIMEOUT_S).until(lambda browser: browser.find_elements(By.ID, "sentence"))

    def status_sentence(self) -> str:
        """The sentence at the top: the status of the case."""
        return str(self._browser.find_element(By.ID, "sentence").text)

    def page_text(self) -> str:
        """The whole text of the page."""
        return str(self._browser.find_element(By.TAG_NAME, "body").text)

    def save_screenshot(self, path: Path) -> None:
        """Save the whole page as a PNG."""
        height = self._browser.execute_script("return document.documentElement.scrollHeight")
        size = {"width": WIDTH, "height": height, "deviceScaleFactor": DENSITY, "mobile": True}
        self._browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self._browser.save_screenshot(str(path))
