"""Headless Chromium for tests of pages. Import the fixture `browser` where it is used."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture
def browser(live_server: Any) -> Iterator[webdriver.Chrome]:
    """A browser window of a phone's width, with its network log."""
    if not (CHROMIUM and DRIVER):
        pytest.skip("Chromium is not installed here (Debian packages: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=390,900"):
        options.add_argument(argument)
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def set_viewport(browser: webdriver.Chrome, width: int, height: int = 900) -> None:
    """Give pages this many CSS pixels. A window cannot be narrower than about 500 pixels; an emulated screen can."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
