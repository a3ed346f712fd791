"""Each staff code means one thing, wherever it is shown."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from kiosk_app.health.finding import Finding, Severity, Words
from kiosk_app.journey.codes import STAFF_ONLY, meaning
from kiosk_app.journey.faults import Fault

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[A-Z]-\d\d")


def _written() -> dict[str, set[str]]:
    """Every code in the sources of the kiosk, with the functions or files where it stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for package in ("kiosk_app", "screens", "drivers"):
        for file in sorted((ROOT / package).rglob("*.py")):
            if file.name == "codes.py":
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for part in tree.body:
                for node in ast.walk(part):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                        found[node.value].add(f"{file.relative_to(ROOT)}: {getattr(part, 'name', part.lineno)}")
    return found


def test_every_code_is_listed_once_and_used() -> None:
    faults = [fault.value for fault in Fault]
    assert len(set(faults)) == len(faults)
    assert not STAFF_ONLY.keys() & set(faults)
    assert _written().keys() == {*faults, *STAFF_ONLY}
    meanings = [meaning(code) for code in (*faults, *STAFF_ONLY)]
    assert len(set(meanings)) == len(meanings)


def test_a_code_that_only_staff_see_is_said_by_one_check_alone() -> None:
    several = {code: places for code, places in _written().items() if code in STAFF_ONLY and len(places) > 1}
    assert not several


def test_a_finding_cannot_have_a_code_of_its_own() -> None:
    with pytest.raises(KeyError):
        Finding("X-99", Severity.NOTE, Words("ก", "a"), Words("ก", "a"))
