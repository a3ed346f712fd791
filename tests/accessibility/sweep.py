"""Walks through an installation and checks every page in both languages and two widths."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from selenium.webdriver.support.ui import WebDriverWait

from simulators.case_story.browser import PersonBrowser
from simulators.case_story.installation import PASSWORD
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.accessibility.page_list import NOT_PAGES, WALKS, Walk, page_names
from tests.accessibility.posted_pages import PostedPage

WIDTHS = (1280, 320)  # a desk's display; 1280 px at 400 % (WCAG 1.4.10)
MATRIX = tuple((language, width) for language in ("th", "en") for width in WIDTHS)
QUICK_MATRIX = (("th", 320), ("en", 1280))
_HEIGHT = 900
_LANGUAGE_COOKIE = "desk_language"
# From a list, one case of each status is opened: its steps differ. Other pages are opened once.
_CASE_PAGE = "desk:case"
_LINKS = "return [...document.querySelectorAll('main a[href],header a[href]')].map(each => each.href)"
_IS_COMPLETE = "return !document.querySelector('[aria-busy=true]')"
_TIMEOUT_S = 20
# The token of the desk is taken from a form of the page. The mark tells the page from the one that answers.
_SUBMIT = """const form = document.createElement('form'), token = document.querySelector('[name=csrfmiddlewaretoken]');
const values = {...arguments[1], ...(token ? {csrfmiddlewaretoken: token.value} : {})};
form.method = 'post'; form.action = arguments[0];
for (const [name, value] of Object.entries(values)) {
  const field = document.createElement('input'); field.name = name; field.value = value; form.append(field);
}
document.body.append(form); document.documentElement.dataset.left = '1'; form.submit();"""
_IS_ANOTHER_PAGE = "return document.readyState === 'complete' && !document.documentElement.dataset.left"
_HTTP_STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"
_STATUS = "return document.querySelector('#status')?.dataset.status || ''"


class Sweep:
    """`findings` has the names of the pages by finding. Pictures of every page go to `pictures`."""

    def __init__(self, browser: PersonBrowser, url: str, pictures: Path, *, is_quick: bool = False) -> None:
        self._browser, self._driver, self._url = browser, browser.driver, url
        self._pictures, self._matrix = pictures, QUICK_MATRIX if is_quick else MATRIX
        self.findings: dict[str, list[str]] = defaultdict(list)
        self._opened: set[str] = set()
        self._user = ""  # who is signed in

    def walk_all(self, more_starts: Mapping[str, Sequence[str]]) -> None:
        """Every walk, with these starts by user besides, then a finding for each page that none of them has opened."""
        for walk in WALKS:
            self._walk(walk, more_starts.get(walk.user, ()))
        for name in sorted(page_names() - self._opened):
            self.findings["no walk opens it"].append(name)

    def check_page(self, name: str, path: str) -> None:
        """Check one page by its address, as whoever is signed in."""
        self._opened.add(_page_name(urlsplit(path).path))
        for language, width in self._matrix:
            self._set_language(language)
            self._set_width(width)
            self._driver.get("about:blank")  # another fragment alone loads no page
            self._browser.open(_with_language(path, language))
            WebDriverWait(self._driver, _TIMEOUT_S).until(lambda driver: driver.execute_script(_IS_COMPLETE))
            self.check_shown(f"{name} {language} {width}", has_keyboard=language == "th")

    def check_posted(self, page: PostedPage) -> None:
        """Check what a form is answered with."""
        self._opened.add(page.name)
        self._sign_in(page.user)
        for language, width in self._matrix:
            self._set_language(language)
            self._set_width(width)
            self._browser.open(_with_language(page.base, language))
            self._driver.execute_script(_SUBMIT, page.path, {**page.fields, "language": language})
            WebDriverWait(self._driver, _TIMEOUT_S).until(lambda driver: driver.execute_script(_IS_ANOTHER_PAGE))
            self.check_shown(f"{page.name} posted {language} {width}", has_keyboard=language == "th")

    def check_shown(self, name: str, *, has_keyboard: bool = True) -> None:
        """Check what the browser shows now."""
        violations = reflow_findings(self._driver)
        if int(self._driver.execute_script(_HTTP_STATUS)) in (403, 500, 503):  # the page itself was not seen
            violations.append("an error page")
        if has_keyboard:
            violations += keyboard_findings(self._driver)
        self._browser.save_page(self._pictures / f"{name.replace(' ', '-').replace(':', '-')}.png")
        violations += axe_findings(self._driver)
        for finding in violations:
            self.findings[finding].append(name)
        print(f"{name}: {violations or 'good'}", flush=True)

    def _sign_in(self, user: str) -> None:
        """As this user; '' as a visitor."""
        if user == self._user:
            return
        self._user = user
        if user:
            self._browser.sign_in(user, PASSWORD)
        else:
            self._browser.open("/desk/login")
            self._driver.delete_all_cookies()

    def _walk(self, walk: Walk, more_starts: Sequence[str]) -> None:
        self._sign_in(walk.user)
        waiting = [*walk.starts, *more_starts]
        while waiting:
            path = waiting.pop(0)
            self._set_language("th")
            self._set_width(WIDTHS[0])
            self._browser.open(path)
            name = _page_name(urlsplit(self._driver.current_url).path)
            status = str(self._driver.execute_script(_STATUS))
            key = f"{name} {status}".strip() if name == _CASE_PAGE else name
            links = list(self._new_links(is_list="status=" in path))
            if key not in self._opened:
                self._opened |= {key, name}
                self.check_page(f"{walk.user} {key}".strip(), path)
            waiting += [link for link in links if link not in waiting]

    def _new_links(self, *, is_list: bool) -> Iterator[str]:
        """One link to each page that is not opened yet; from a list, one to a case."""
        names: set[str] = set()
        for href in self._driver.execute_script(_LINKS):
            link = urlsplit(str(href))
            name = _page_name(link.path)
            is_wanted = name not in self._opened or (is_list and name == _CASE_PAGE)
            if str(href).startswith(self._url) and is_wanted and name not in names | NOT_PAGES:
                names.add(name)
                yield link.path + (f"?{link.query}" if link.query else "")

    def _set_width(self, width: int) -> None:
        metrics = {"width": width, "height": _HEIGHT, "deviceScaleFactor": 1, "mobile": width < 600}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def _set_language(self, language: str) -> None:
        cookie = {"name": _LANGUAGE_COOKIE, "value": language, "url": f"{self._url}/desk", "path": "/desk"}
        self._driver.execute_cdp_cmd("Network.setCookie", cookie)


def _with_language(path: str, language: str) -> str:
    """Public pages have their language in the address."""
    if path.startswith("/desk"):
        return path
    address, mark, fragment = path.partition("#")
    return f"{address}{'&' if '?' in address else '?'}lang={language}{mark}{fragment}"


def _page_name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return "missing"
