"""The benchmark: costs of all processes are counted, pages are compared one by one, a commit has one line."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench._ocr_cost import measure_reading
from tests.bench._ocr_handwriting import HandwritingCounts, count_lines
from tests.bench._ocr_leaderboard import checked_out_commit, read_leaderboard, record_commit
from tests.bench._ocr_markdown import write_result
from tests.bench._ocr_plots import plot_kinds, plot_leaderboard, plot_reliability
from tests.bench._ocr_readers import ReadLine, ReadPage, find_reader
from tests.bench._ocr_report import check_budgets
from tests.bench._ocr_results import PageResult, RowFile, figures_by, pages_worse, summarise
from tests.bench._ocr_run import QUICK_PAGES, LineResult, select_pages
from tests.bench._process_tree import children_processor_s
from tests.ocr_pages.catalogue import KINDS
from tests.ocr_pages.page_file import PageFile
from tests.ocr_pages.sheet import TrueLine
from tests.ocr_pages.split import Split

BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def result(reader: str, errors: int, *, index: int = 0, kind: str = "memo", processor_s: float = 1.0) -> PageResult:
    return PageResult(
        split="held_out", kind=kind, index=index, typeface="Norasi", strength=0.3, reader=reader, characters=1000,
        character_errors=errors, thai_digits=10, wrong_thai_digits=min(errors, 10), words=100, word_errors=errors,
        processor_s=processor_s, wall_s=1.0, peak_mb=90.0, first_line_s=0.5, is_readable=True, failure="",
    )  # fmt: skip


def test_orphans_are_part_of_the_cost() -> None:
    """The kiosk kills its children as soon as it has their result: without a reaper their time is lost."""

    def read(picture: bytes) -> ReadPage:
        program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BUSY!r}])"
        subprocess.run([sys.executable, "-c", program], check=True)
        return ReadPage((picture.decode(),))

    reading = measure_reading(read, b"text")
    assert reading.page.lines == ("text",)
    assert reading.processor_s >= 0.3
    assert reading.peak_mb > 3


def test_the_time_of_running_children_is_known() -> None:
    before = children_processor_s()
    command = [sys.executable, "-c", f"{BUSY}\nprint('done', flush=True)\ninput()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        assert children_processor_s() - before >= 0.25
        child.kill()


def test_a_failed_reading_is_reported() -> None:
    def read(picture: bytes) -> ReadPage:
        raise ValueError("no page")

    reading = measure_reading(read, b"")
    assert (reading.page.lines, reading.page.is_readable, reading.failure) == ((), False, "ValueError: no page")


def test_readers_are_found_by_name(tmp_path: Path) -> None:
    model = tmp_path / "tha.traineddata"
    model.touch()
    for name in ("product", "plain1", "plain3", str(model)):
        assert callable(find_reader(name))
    with pytest.raises(ValueError, match="no reader"):
        find_reader("plain")


def test_the_quick_run_has_every_kind() -> None:
    pages = select_pages(Split.HELD_OUT, is_quick=True)
    assert len(set(pages)) == QUICK_PAGES
    assert {page.kind for page in pages} == set(KINDS)
    assert len({page.index for page in pages}) > 2


def test_figures_are_pooled_and_pages_compared_one_by_one() -> None:
    rows = [result("plain1", 10), result("plain1", 50, index=1), result("product", 16), result("product", 2, index=1)]
    figures = summarise(rows[2:])
    assert (figures.error, figures.median_error, figures.worst_error) == pytest.approx((0.9, 0.9, 1.6))
    assert figures.digit_error == pytest.approx(60)
    assert pages_worse(rows, "product", "plain1", 0.5) == [rows[2]]
    assert pages_worse(rows, "product", "plain1", 0.7) == []


def test_budgets_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    good = [
        replace(result(reader, errors, kind=kind), wrong_thai_digits=0)
        for kind in ("memo", "table", "camera, wood")
        for reader, errors in (("plain1", 30), ("product", 2))
    ]
    none = HandwritingCounts()
    assert check_budgets(good, Split.HELD_OUT, HandwritingCounts(100, 1, 20, 1, 20, 1))
    assert not check_budgets(good, Split.HELD_OUT, HandwritingCounts(printed=100, printed_as_written=2))
    assert not check_budgets(good, Split.HELD_OUT, HandwritingCounts(written=10, written_as_printed=1))
    assert not check_budgets(good, Split.HELD_OUT, HandwritingCounts(pages=10, pages_as_readable=1))
    assert not check_budgets([*good, result("product", 40, kind="memo", index=1)], Split.HELD_OUT, none)
    slow = [replace(row, processor_s=1.8 if row.reader == "product" else 1.0) for row in good]
    assert not check_budgets(slow, Split.HELD_OUT, none)
    assert "EXCEEDED processor time to plain, slowest kind" in capsys.readouterr().out
    waree = [replace(row, typeface="Waree", thai_digits=100, wrong_thai_digits=4) for row in good]
    assert not check_budgets(waree, Split.HELD_OUT, none)
    assert check_budgets([replace(row, typeface="Norasi") for row in waree], Split.HELD_OUT, none)
    right, wrong = LineResult(60.0, True, 0.0), LineResult(60.0, True, 0.1)
    assert check_budgets(good, Split.HELD_OUT, none, [right, wrong])
    assert not check_budgets(good, Split.HELD_OUT, none, [right, right, wrong])


def test_handwriting_is_counted_by_the_place_of_lines() -> None:
    label, words = TrueLine("พยาน", (0, 100, 100, 150), 0), TrueLine("", (120, 90, 500, 160), 0, is_handwritten=True)
    form = PageFile("held_out", "form by hand", 0, "Norasi", 0.3, b"", (label, words), sheet_size=(1000, 1000))
    read_label = ReadLine("พยาน", 90.0, False, False, (0.05, 0.12))
    as_written = ReadLine("", 0.0, True, True, (0.3, 0.12))
    as_print = ReadLine("กขค", 60.0, True, False, (0.3, 0.12))
    page = ReadPage(("พยาน", ""), (read_label, as_written))
    assert count_lines(form, page) == HandwritingCounts(printed=1, written=1)
    page = ReadPage(("พยาน", "กขค"), (read_label, as_print))
    assert count_lines(form, page) == HandwritingCounts(printed=1, written=1, written_as_printed=1)
    letter = replace(form, lines=(label,))
    assert count_lines(letter, ReadPage(("",), (as_written,))) == HandwritingCounts(printed=1, printed_as_written=1)


def test_a_commit_has_one_line_in_the_leaderboard(tmp_path: Path) -> None:
    path = tmp_path / "leaderboard.csv"
    commit, date = checked_out_commit()
    record_commit(path, [result("plain1", 50), result("product", 10)], commit, date)
    record_commit(path, [result("plain1", 50), result("product", 4)], commit, date)
    (line,) = read_leaderboard(path)
    assert line["commit"] == commit
    assert (line["plain_error"], line["error"], line["worst_kind"]) == ("5.00", "0.40", "memo")
    ET.fromstring(plot_leaderboard([line]))


def test_the_result_is_a_page_with_tables() -> None:
    rows = [result("plain1", 10), result("plain3", 10), result("product", 30)]
    lines = [LineResult(95.0, False, 0.0), LineResult(55.0, True, 0.2)]
    page = write_result("abc of 2026-11-29", rows, lines, HandwritingCounts(pages=4, pages_as_readable=1))
    assert (
        "| memo | 1 | 1.00 (1.0, 1.0) | 1.00 (1.0, 1.0) | 3.00 (3.0, 3.0) | 100.0 | 100.0 | 30.0 | 1.00 × | 90 |"
        in page
    )
    assert "points: 1, memo 0 (3.0 %)." in page
    assert "| 55 | 1 | 100.0 % |" in page
    assert "1 of 4 handwritten pages" in page


def test_plots_are_valid_and_rows_are_written(tmp_path: Path) -> None:
    rows = [result("plain1", 50), result("product", 10)]
    picture = plot_kinds(figures_by(rows, lambda row: row.kind))
    assert "memo" in picture
    ET.fromstring(picture)
    ET.fromstring(plot_reliability([(50.0, 0.5, 4), (95.0, 0.01, 400)]))
    with closing(RowFile(tmp_path / "new" / "pages.csv")) as file:
        file.write(rows)
    assert len((tmp_path / "new" / "pages.csv").read_text().splitlines()) == 3
