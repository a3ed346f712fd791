"""Starts headless Chromium for the people of a demonstration: only pages of our own are opened in it."""

import shutil
from pathlib import Path

from selenium import webdriver

CHROMIUM, DRIVER = "chromium", "chromedriver"


class ChromiumMissingError(Exception):
    """Chromium or its driver is not installed; the message says what installs them."""


def chromium_options(profile: Path) -> webdriver.ChromeOptions:
    """Options of a browser without window and network chatter, in Thai, with its profile in this directory."""
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new",
        "--no-sandbox",  # root in a container has no user namespace for the sandbox; only our own page is opened
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        f"--user-data-dir={profile}",
        "--lang=th",
    ):
        options.add_argument(argument)
    return options


def start_chromium(options: webdriver.ChromeOptions, page_timeout_s: float) -> webdriver.Chrome:
    """Start the browser. Raises ChromiumMissingError."""
    driver = shutil.which(DRIVER)
    if driver is None or shutil.which(CHROMIUM) is None:
        raise ChromiumMissingError("Chromium and its driver are not installed: ./run setup installs them.")
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    browser.set_page_load_timeout(page_timeout_s)
    return browser
