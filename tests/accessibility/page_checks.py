"""Checks the page that a browser shows: axe-core's rules, reflow, and the keyboard. Each check returns findings."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from selenium import webdriver

AXE = Path(__file__).parent / "axe"
# WCAG 2.2 level AA with everything below it, and the rules that Deque adds from experience.
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_MAX_TABS = 600

_RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(arguments[1] || document, {runOnly: {type: "tag", values: arguments[0]}, resultTypes: ["violations"]}).then(
  results => done(results.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.target.join(" ")}: ${(node.failureSummary || "").replace(/\\s+/g, " ").slice(0, 220)}`))),
  error => done([`axe: ${error}`]));
"""
_OPEN_FOLDED = """
const folded = [...document.querySelectorAll("details:not([open]):not(.folded,.drop)")];
folded.forEach(each => { each.open = true; });
return folded.length;
"""
# Menus and panels that cover what is below them, opened one at a time.
_OPEN_NEXT_OVERLAY = """
document.querySelectorAll("[data-checked]").forEach(each => { each.open = false; });
const next = [...document.querySelectorAll("details:is(.folded,.drop):not([data-checked])")].find(
  each => each.checkVisibility());
if (!next) return false;
document.querySelector("#checked-now")?.removeAttribute("id");
next.dataset.checked = "yes";
next.open = true;
next.id = "checked-now";
return true;
"""
_TOO_WIDE = """
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= width) return [];
const scrolls = element => { for (let e = element.parentElement; e && e !== document.body; e = e.parentElement)
  if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(e).overflowX)) return true; return false; };
const wide = [...document.body.querySelectorAll("*")].filter(
  e => e.getBoundingClientRect().right > width + 1 && !scrolls(e)).slice(0, 4);
return [`reflow: ${document.documentElement.scrollWidth} px in ${width} px: ` + wide.map(
  e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className ? "." + e.className : "")).join(", ")];
"""
# A radio group is one stop. What a closed <details> holds is not visible. An element that is only in the page for
# readers of scripts has tabindex -1.
_PREPARE_KEYBOARD = """
// Tab starts at the top, also where a field has autofocus or a script has set the focus.
window.start = Object.assign(document.createElement("span"), {tabIndex: -1});
document.body.prepend(window.start);
window.start.focus();
const groups = new Set();
window.keyboardStops = [...document.querySelectorAll(
  "a[href],button,input:not([type=hidden]),select,textarea,summary,iframe,[tabindex]")].filter(element => {
  if (element.disabled || element.tabIndex < 0 || !element.checkVisibility({visibilityProperty: true})) return false;
  if (element.type !== "radio") return true;
  const group = element.form?.id + element.name, checked = [...document.getElementsByName(element.name)].some(
    each => each.checked && each.form === element.form);
  if (groups.has(group) || (checked && !element.checked)) return false;
  groups.add(group);
  return true;
});
const look = element => { const style = getComputedStyle(element);
  return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow].join(); };
const shown = element => [element, ...(element.labels || []), element.parentElement].filter(Boolean);
window.focusLook = element => shown(element).map(look).join("|");
window.unfocused = new Map(window.keyboardStops.map(element => [element, window.focusLook(element)]));
window.reached = new Set();
window.describe = element => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "")
  + (element.name ? `[name=${element.name}]` : "") + " " + (element.textContent || "").trim().slice(0, 30);
window.visit = () => {
  const element = document.activeElement;
  if (element && element === window.last) return [false, ""];  // day, month and year of one field
  if (!element || element === document.body || window.reached.has(element)) return [true, ""];
  window.reached.add(window.last = element);
  const box = element.getClientRects()[0] || element.getBoundingClientRect();  // of a link in two lines, the first
  const before = window.unfocused.get(element);
  const is = what => [false, `focus ${what}: ` + window.describe(element)];
  if (before !== undefined && before === window.focusLook(element)) return is("invisible");
  if (box.bottom <= 0 || box.top >= innerHeight) return is("outside the window");
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const isSeen = getComputedStyle(element).opacity !== "0";  // otherwise its label is what people see
  const hit = isSeen && document.elementFromPoint(x, y);
  const isCovered = hit && !element.contains(hit) && !hit.contains(element)
    && ![...(element.labels || [])].some(label => label.contains(hit) || hit.contains(label))
    && !(element.ownerSVGElement && element.ownerSVGElement === hit.ownerSVGElement);  // areas of a map interlock
  return isCovered ? is(`covered by ${window.describe(hit)}`) : [false, ""];
};
window.reached.add(window.start);
scrollTo(0, 0);
return window.keyboardStops.length;
"""
_NOT_REACHED = """
window.start.remove();
return window.keyboardStops.filter(element => !window.reached.has(element)).map(
  element => "Tab does not reach: " + window.describe(element));
"""


class UnlockedAxeError(Exception):
    """`axe.min.js` is not the file that `lock.json` names."""


@cache
def axe_source() -> str:
    """The script of axe-core. Raises UnlockedAxeError."""
    locked: dict[str, str] = json.loads((AXE / "lock.json").read_text(encoding="utf-8"))
    content = (AXE / locked["file"]).read_bytes()
    if sha256(content).hexdigest() != locked["sha256"]:
        raise UnlockedAxeError(locked["file"])
    return content.decode("utf-8")


def axe_findings(browser: webdriver.Chrome) -> list[str]:
    """Violations of axe-core's rules: as the page opens, with every folded part open, then in each menu and panel."""
    evaluate(browser, axe_source())
    violations = run_axe(browser)
    if browser.execute_script(_OPEN_FOLDED):
        violations += run_axe(browser)
    while browser.execute_script(_OPEN_NEXT_OVERLAY):
        violations += run_axe(browser, "#checked-now")
    return list(dict.fromkeys(violations))


def run_axe(browser: webdriver.Chrome, part: str = "") -> list[str]:
    """Violations of the page, or of a part of it, in its present state; axe-core is already in it."""
    return list(browser.execute_async_script(_RUN_AXE, list(_RULES), part))


def evaluate(browser: webdriver.Chrome, script: str) -> None:
    """Run a script by the browser's debugger, which the content security policy of the page does not concern."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": script})


def reflow_findings(browser: webdriver.Chrome) -> list[str]:
    """What is wider than the window: the reader would scroll in two directions (WCAG 1.4.10)."""
    return list(browser.execute_script(_TOO_WIDE))


def keyboard_findings(browser: webdriver.Chrome) -> list[str]:
    """Elements that Tab does not reach, whose focus looks like no focus, or whose focus something covers."""
    violations: list[str] = []
    stops = int(browser.execute_script(_PREPARE_KEYBOARD))
    for _ in range(min(_MAX_TABS, 2 * stops + 10)):
        press_tab(browser)
        is_known, finding = browser.execute_script("return window.visit()")
        if finding:
            violations.append(finding)
        if is_known:
            break
    missing: Any = browser.execute_script(_NOT_REACHED)
    return violations + list(missing)


def press_tab(browser: webdriver.Chrome) -> None:
    """One press of the Tab key, as from a keyboard."""
    key = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", **key})
