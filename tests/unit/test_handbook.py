"""The technician's handbook is generated from the current code."""

from pathlib import Path

import pytest

from tools.handbook import TABLES, fill_tables

PAGE = Path(__file__).parents[2] / "docs" / "handbook" / "technician.md"


def test_the_handbook_tables_are_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert fill_tables(page) == page, "run: python -m tools.handbook docs/handbook/technician.md"


def test_every_table_exists_and_is_not_empty() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for make in TABLES.values():
        assert len(make().splitlines()) > 5
        assert make().strip() in page


def test_a_page_without_a_place_is_rejected() -> None:
    with pytest.raises(ValueError, match="no place for the table 'commands'"):
        fill_tables("# A page")
