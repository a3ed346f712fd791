"""docs/requirements.md: every test that a row names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines()
NAMED_TESTS = sorted({test for row in ROWS for test in re.findall(r"`(tests/[^`]+)`", row)})


@pytest.mark.parametrize("named_test", NAMED_TESTS)
def test_a_named_test_exists(named_test: str) -> None:
    file, _, function = named_test.partition("::")
    content = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {function or 'test_'}" in content


def test_a_row_with_a_place_has_its_test_and_the_reverse() -> None:
    rows = [row.split("|") for row in ROWS if re.match(r"\| \d", row)]
    assert len(rows) > 80
    assert [row[1] for row in rows if bool(row[3].strip()) != bool(row[4].strip())] == []
