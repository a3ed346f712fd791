"""Headless Chromium for tests of pages: one for all tests of a process, and for each of them an empty tab."""

from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver

from simulators.chromium import ChromiumMissingError, chromium_options, start_chromium

_PAGE_TIMEOUT_S = 60


@pytest.fixture(scope="session")
def running_chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome | None]:
    """The browser, or None where Chromium is not installed. A start takes seconds."""
    options = chromium_options(tmp_path_factory.mktemp("chromium"))
    options.add_argument("--window-size=390,900")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    try:
        driver = start_chromium(options, _PAGE_TIMEOUT_S)
    except ChromiumMissingError:
        yield None
        return
    yield driver
    driver.quit()


@pytest.fixture
def browser(live_server: Any, running_chromium: webdriver.Chrome | None) -> Iterator[webdriver.Chrome]:
    """A browser window of a phone's width, with its network log, without cookies and stored data."""
    if running_chromium is None:
        pytest.skip("Chromium is not installed here (Debian packages: chromium, chromium-driver)")
    start_page = running_chromium.current_window_handle
    running_chromium.switch_to.new_window("tab")  # its settings and its scripts end with it
    running_chromium.execute_cdp_cmd("Network.clearBrowserCache", {})
    running_chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    for log in ("performance", "browser"):
        running_chromium.get_log(log)  # type: ignore[no-untyped-call]  # reading empties it
    yield running_chromium
    running_chromium.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": live_server.url, "storageTypes": "all"})
    running_chromium.close()
    running_chromium.switch_to.window(start_page)


def set_viewport(browser: webdriver.Chrome, width: int, height: int = 900) -> None:
    """Give pages this many CSS pixels. A window cannot be narrower than about 500 pixels; an emulated screen can."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
