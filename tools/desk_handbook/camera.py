"""Takes one picture in a browser and stores it small."""

from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path

from PIL import Image

from simulators.case_story.browser import PersonBrowser
from tools.desk_handbook.shots import PHONE_WIDTH, Shot

MAX_BYTES = 60_000
_QUALITIES = (82, 74, 66, 58, 50)
_MARGIN_PX = 4
_WINDOW_HEIGHT = 1000
_NEXT_CASE, _MAX_CASES_TRIED = 'nav.queue a[data-key="Period"]', 60
_CROP = """
const element = arguments[0] ? document.querySelector(arguments[0]) : document.body;
const box = element.getBoundingClientRect();
const marked = arguments[1] && document.querySelector(arguments[1]);
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {  // addresses of this machine
  const text = texts.currentNode;
  text.data = text.data.replaceAll(location.origin, "https://centre.example.go.th");
  text.data = text.data.replaceAll(location.hostname, "192.0.2.10");
}
if (marked) { marked.style.outline = "4px solid #B57F12"; marked.style.outlineOffset = "4px"; }
return [box.left + scrollX, box.top + scrollY, box.width, box.height];
"""


class ShotError(Exception):
    """A picture cannot be taken or does not fit; the message names it."""


def take(browser: PersonBrowser, shot: Shot, target: Path) -> int:
    """Take this picture of the page that `browser` can open now. Returns its size in bytes. Raises ShotError."""
    driver = browser.driver
    is_phone = shot.width == PHONE_WIDTH
    metrics = {"width": shot.width, "height": _WINDOW_HEIGHT, "deviceScaleFactor": 1, "mobile": is_phone}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})  # the picture of a whole page has none
    browser.open(shot.path)
    for link in shot.follow:
        browser.click(link)
    _find_case_with(browser, shot.click[0] if shot.click else shot.crop)
    for selector in shot.click:
        browser.find(selector).click()
    if shot.crop and not browser.has(shot.crop):
        raise ShotError(f"{shot.name}: {driver.current_url} has no {shot.crop}")
    left, top, width, height = driver.execute_script(_CROP, shot.crop, shot.mark)
    margin = _MARGIN_PX if shot.crop not in ("", "main") else 0
    clip = {
        "x": max(0, left - margin),
        "y": max(0, top - margin),
        "width": min(shot.width, width + 2 * margin),
        "height": min(shot.height, height + 2 * margin),
        "scale": 1,
    }
    data = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})["data"]
    return store(Image.open(BytesIO(b64decode(data))), shot.name, target)


def take_drawing(browser: PersonBrowser, svg: str, name: str, target: Path) -> int:
    """Draw an SVG of the technicians' handbook. Returns the size in bytes. Raises ShotError."""
    style = "margin:0;font-family:Sarabun,sans-serif;background:#fff"
    page = f'<!doctype html><meta charset="utf-8"><body style="{style}">{svg}'
    browser.open(f"data:text/html;base64,{b64encode(page.encode()).decode()}")
    size = browser.driver.execute_script(
        "const box = document.querySelector('svg'); return [box.clientWidth, box.clientHeight]"
    )
    clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    data = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})[
        "data"
    ]
    return store(Image.open(BytesIO(b64decode(data))), name, target)


def _find_case_with(browser: PersonBrowser, selector: str) -> None:
    """On the page of a case, go on to the next case of the list until one has this element."""
    for _ in range(_MAX_CASES_TRIED):
        if not selector or browser.has(selector) or not browser.has(_NEXT_CASE):
            return
        browser.click(_NEXT_CASE)


def store(picture: Image.Image, name: str, target: Path) -> int:
    """Store as WebP of the best quality that is small enough. Returns the size in bytes. Raises ShotError."""
    for quality in _QUALITIES:
        encoded = BytesIO()
        picture.convert("RGB").save(encoded, "WEBP", quality=quality, method=6)
        if len(encoded.getvalue()) <= MAX_BYTES:
            target.write_bytes(encoded.getvalue())
            return len(encoded.getvalue())
    raise ShotError(f"{name}: larger than {MAX_BYTES} bytes; cut it smaller")
