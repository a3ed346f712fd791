"""Each staff code has one meaning, wherever it is shown."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from journey.faults import Fault
from journey.staff_codes import describe_staff_code
from kiosk_app import fault_page_drawing
from kiosk_app.health.finding import Finding, Severity
from kiosk_app.health.monitor import CHECKS
from protocol.bilingual_text import BilingualText
from protocol.staff_codes import STAFF_CODES
from provision.fault_page import STAFF_CODES as FAULT_PAGE_CODES

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[A-Z]-\d\d")


def _written() -> dict[str, set[str]]:
    """Every code in the sources of the kiosk, with the functions or files that use it."""
    uses: dict[str, set[str]] = defaultdict(set)
    for package in ("journey", "kiosk_app", "screens", "drivers"):
        for file in sorted((ROOT / package).rglob("*.py")):
            if file.name == "staff_codes.py":
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for part in tree.body:
                for node in ast.walk(part):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                        uses[node.value].add(f"{file.relative_to(ROOT)}: {getattr(part, 'name', part.lineno)}")
    return uses


def test_every_code_is_listed_once_and_used() -> None:
    faults = [fault.value for fault in Fault]
    assert len(set(faults)) == len(faults)
    assert set(faults) <= STAFF_CODES.keys()
    assert _written().keys() == STAFF_CODES.keys()
    meanings = [describe_staff_code(code) for code in STAFF_CODES]
    assert len(set(meanings)) == len(meanings)


def test_every_code_has_cause_and_cure_in_both_languages() -> None:
    for code, row in STAFF_CODES.items():
        commands = [sorted(re.findall("`[^`]+`", text)) for text in (row.cure.th, row.cure.en)]
        assert commands[0] == commands[1], code
        assert re.search("[\u0e01-\u0e5b]", row.cause.th), code
        assert row.cure.th, code
        for text in (row.cause.en, row.cure.en):
            assert not re.search("[\u0e01-\u0e5b]", text), code
        assert set(CODE.findall(f"{row.cure.th} {row.cure.en}")) <= STAFF_CODES.keys() - {code}, code


def test_a_staff_only_code_belongs_to_one_check() -> None:
    faults = {fault.value for fault in Fault}
    several = {code: places for code, places in _written().items() if code not in faults and len(places) > 1}
    assert not several


def test_the_advice_of_a_check_is_the_cure_of_the_handbook() -> None:
    """One text for one code. The states of a device have their own advice, in a table of the handbook."""
    other = []
    for file in (ROOT / "kiosk_app" / "health").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if file.name != "device_checks.py" and isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding":
                code, advice = ast.unparse(node.args[0]), ast.unparse(node.args[3])
                other += [] if advice == f"cure_of({code})" else [f"{file.name}: {code}"]
    assert other == []


def test_every_check_is_run() -> None:
    """Every public function `check_…` of the package is in CHECKS."""
    written = set()
    for file in (ROOT / "kiosk_app" / "health").glob("*_checks.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        written |= {name for name in names if name.startswith("check_")}
    assert written == {getattr(check.run, "__name__", "") for check in CHECKS} - {"run_check"}


def test_a_finding_cannot_have_an_unlisted_code() -> None:
    with pytest.raises(KeyError):
        Finding("X-99", Severity.NOTE, BilingualText("ก", "a"), BilingualText("ก", "a"))


def test_the_fault_page_has_the_same_codes_everywhere() -> None:
    """Debian's Python shows the fault page and cannot import the kiosk's table, so the codes are repeated there."""
    assert {cause.value: code for cause, code in fault_page_drawing.CAUSE_CODES.items()} == FAULT_PAGE_CODES
    assert FAULT_PAGE_CODES.keys() == {cause.value for cause in fault_page_drawing.FaultCause}
    assert "`kiosk.toml`" in describe_staff_code(FAULT_PAGE_CODES["settings"])
    assert describe_staff_code(FAULT_PAGE_CODES["program"]).startswith("The interface does not start")
    codes_by_file = {
        "provision/kiosk": {FAULT_PAGE_CODES["program"]},
        "docs/appliance.md": {*FAULT_PAGE_CODES.values()},
    }
    for file, codes in codes_by_file.items():
        assert codes <= set(CODE.findall((ROOT / file).read_text("utf-8"))), file


def test_no_script_and_no_page_names_a_code_that_is_not_listed() -> None:
    known = STAFF_CODES.keys()
    files = [path for path in (ROOT / "provision").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    files += [path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "decisions"]
    named = {path.name: set(re.findall(r"\b[CKNPST]-\d\d\b", path.read_text("utf-8"))) - known for path in files}
    assert {name: codes for name, codes in named.items() if codes} == {}
