"""The receipt printer's driver on a line to the simulated printer, whose paper is looked at dot by dot."""

import socket
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.receipt_printer.escpos_printer import EscposPrinter
from drivers.receipt_printer.print_job import job_bytes
from simulators.printer import Faults, Printer
from simulators.simulated_devices import Bench
from tests.devices.conftest import given_up_by_itself, receipt, same, wait_until

PRINTED_READY = PrintResult(PrintVerdict.PRINTED, PrinterStatus.READY)


@pytest.fixture
def driver(bench: Bench) -> EscposPrinter:
    return EscposPrinter(bench.printer.connection, 576)


@pytest.fixture
def far_end(bench: Bench) -> Printer:
    return bench.printer


class Counting:
    """Papers that came out since."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._before = len(printer.papers)

    @property
    def papers(self) -> list[Path]:
        return self._printer.papers[self._before :]


@pytest.fixture
def since(far_end: Printer) -> Counting:
    return Counting(far_end)


def assert_torn_then_whole(papers: list[Path], whole: Image.Image) -> None:
    """The torn piece fell by itself and does not hang on the receipt after it."""
    torn, after = papers
    assert Image.open(torn).height < receipt().height
    assert same(after, whole)


def test_paper_is_the_picture_dot_for_dot(driver: EscposPrinter, since: Counting) -> None:
    picture = receipt()
    assert driver.status() is PrinterStatus.READY
    assert driver.print_bitmap("a", picture) == PRINTED_READY
    assert len(since.papers) == 1
    assert same(since.papers[0], picture)


@pytest.mark.parametrize("width", [384, 512, 576])
def test_each_width_of_paper(tmp_path: Path, width: int) -> None:
    picture = receipt(width=width)
    with Printer(tmp_path, width_dots=width) as printer:
        assert EscposPrinter(printer.connection, width).print_bitmap("a", picture) == PRINTED_READY
        assert same(printer.papers[0], picture)


@st.composite
def pictures(draw: st.DrawFn) -> Image.Image:
    """Odd pictures: noise, white, doubled dots, in bands."""
    image = Image.new("1", (576, draw(st.integers(1, 400))), 1)
    for _ in range(draw(st.integers(0, 4))):
        width, height = draw(st.integers(1, 300)), draw(st.integers(1, 140))
        patch = Image.frombytes(
            "1", (width, height), draw(st.randoms(use_true_random=False)).randbytes(-(-width // 8) * height)
        )
        times = draw(st.integers(1, 3))
        patch = patch.resize((width * times, height * times), Image.Resampling.NEAREST)
        image.paste(patch, (draw(st.integers(0, 575)), draw(st.integers(0, 399))))
    return image


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picture=pictures())
def test_any_picture_comes_out_as_it_is(bench: Bench, picture: Image.Image) -> None:
    since = Counting(bench.printer)
    assert EscposPrinter(bench.printer.connection, 576).print_bitmap("a", picture) == PRINTED_READY
    assert same(since.papers[0], picture)


def test_the_same_job_is_printed_once(driver: EscposPrinter, since: Counting) -> None:
    assert driver.print_bitmap("a", receipt()) == driver.print_bitmap("a", receipt())
    assert len(since.papers) == 1
    driver.print_bitmap("a, again", receipt())
    assert len(since.papers) == 2


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("paper-out", PrinterStatus.PAPER_OUT),
        ("cover-open", PrinterStatus.COVER_OPEN),
        ("cutter-error", PrinterStatus.CUTTER_ERROR),
        ("off", PrinterStatus.ABSENT),
    ],
)
def test_a_fault_before_the_job_sends_nothing(
    bench: Bench, driver: EscposPrinter, since: Counting, word: str, status: PrinterStatus
) -> None:
    bench.steer(["printer", word])
    assert driver.status() is status
    assert driver.print_bitmap("a", receipt()) == PrintResult(PrintVerdict.NOT_PRINTED, status)
    bench.steer(["printer", "ok"])
    assert driver.status() is PrinterStatus.READY
    assert since.papers == []
    assert driver.print_bitmap("a", receipt()) == PRINTED_READY
    assert same(since.papers[-1], receipt())


def test_each_word_of_the_bench_is_one_state(bench: Bench, driver: EscposPrinter) -> None:
    for word, status in (
        ("paper-out", PrinterStatus.PAPER_OUT),
        ("cutter-error", PrinterStatus.CUTTER_ERROR),
        ("unplugged", PrinterStatus.ABSENT),
        ("paper-near-end", PrinterStatus.PAPER_NEAR_END),
        ("ok", PrinterStatus.READY),
    ):
        bench.steer(["printer", word])
        assert driver.status() is status


def test_near_the_end_it_prints_and_says_so(bench: Bench, driver: EscposPrinter) -> None:
    bench.steer(["printer", "paper-near-end"])
    assert driver.print_bitmap("a", receipt()) == PrintResult(PrintVerdict.PRINTED, PrinterStatus.PAPER_NEAR_END)


def test_paper_that_ends_within_the_job_leaves_nothing_for_the_next_roll(
    far_end: Printer, driver: EscposPrinter, since: Counting
) -> None:
    far_end.shorten_roll(40)
    assert driver.print_bitmap("a", receipt(1)) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT)
    far_end.load_roll()
    assert driver.status() is PrinterStatus.READY
    assert driver.print_bitmap("b", receipt(2)) == PRINTED_READY
    assert [same(paper, receipt(2)) for paper in since.papers] == [True]


def test_a_program_that_crashed_within_the_job_leaves_nothing_for_the_next_receipt(
    far_end: Printer, since: Counting
) -> None:
    far_end.shorten_roll(40)
    before = far_end.hanging_mm
    with socket.create_connection(("127.0.0.1", far_end.port)) as line:  # the crashed one: it never cleared
        line.sendall(job_bytes(receipt(1)))
        wait_until(lambda: far_end.hanging_mm > before + 39)  # what is on a line that closes may be lost
    restarted = EscposPrinter(far_end.connection, 576)
    wait_until(lambda: restarted.status() is PrinterStatus.PAPER_OUT)
    far_end.load_roll()
    assert restarted.print_bitmap("b", receipt(2)) == PRINTED_READY
    assert [same(paper, receipt(2)) for paper in since.papers] == [True]


def test_a_cover_opened_within_the_job(far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
    far_end.mm_per_s = 60
    Timer(0.7, far_end.break_down, [Faults(cover_open=True)]).start()
    assert driver.print_bitmap("a", receipt(1)) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.COVER_OPEN)
    far_end.mm_per_s = 0
    far_end.repair()
    assert driver.print_bitmap("b", receipt(2)) == PRINTED_READY
    assert_torn_then_whole(since.papers, receipt(2))


def test_the_job_may_take_its_time(far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
    far_end.mm_per_s = 25
    assert driver.print_bitmap("a", receipt(height=400)) == PRINTED_READY
    assert same(since.papers[0], receipt(height=400))


class TestAnOldClone:
    """It knows no command that clears its buffers."""

    def test_a_cable_put_back_is_not_taken_for_power_off_and_on(
        self, far_end: Printer, driver: EscposPrinter, since: Counting
    ) -> None:
        driver.status()
        far_end.mm_per_s, far_end.buffer_bytes = 60, 4096
        Timer(0.5, far_end.pull_cable).start()
        driver.print_bitmap("a", receipt(1))
        assert driver.status() is PrinterStatus.ABSENT
        far_end.mm_per_s = 0
        far_end.power_on()
        # It waits for the rest of a picture: a receipt sent now would be printed as the rest of the former one.
        assert driver.status() is PrinterStatus.HOLDS_OLD_DATA
        assert driver.print_bitmap("b", receipt(2)).verdict is PrintVerdict.NOT_PRINTED
        far_end.power_off()
        assert driver.status() is PrinterStatus.ABSENT
        far_end.repair()
        assert driver.print_bitmap("b", receipt(2)) == PRINTED_READY
        assert same(since.papers[-1], receipt(2))

    @pytest.fixture(autouse=True)
    def _cannot_clear(self, far_end: Printer) -> None:
        far_end.can_clear = False

    def test_old_data_are_told_until_it_was_off(self, far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
        far_end.shorten_roll(40)
        held = PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.HOLDS_OLD_DATA)
        assert driver.print_bitmap("a", receipt(1)) == held
        assert driver.status() is PrinterStatus.HOLDS_OLD_DATA
        assert driver.print_bitmap("b", receipt(2)) == held
        far_end.power_off()
        assert driver.status() is PrinterStatus.ABSENT
        far_end.repair()
        assert driver.print_bitmap("b", receipt(2)) == PRINTED_READY
        assert [same(paper, receipt(2)) for paper in since.papers] == [True]

    def test_old_data_that_came_out_are_no_longer_held(
        self, far_end: Printer, driver: EscposPrinter, since: Counting
    ) -> None:
        far_end.shorten_roll(40)
        driver.print_bitmap("a", receipt(1))
        far_end.load_roll()  # with the power on: what HOLDS_OLD_DATA warned of happens
        wait_until(lambda: len(since.papers) == 1)
        assert driver.status() is PrinterStatus.READY
        assert driver.print_bitmap("b", receipt(2)) == PRINTED_READY
        assert same(since.papers[-1], receipt(2))


def test_a_printer_that_never_answers(bench: Bench, driver: EscposPrinter, since: Counting) -> None:
    bench.steer(["printer", "mute"])
    assert driver.status() is PrinterStatus.UNKNOWN
    unsure = PrintResult(PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNKNOWN)
    with given_up_by_itself(5):
        assert driver.print_bitmap("a", receipt()) == unsure
    assert driver.print_bitmap("a", receipt()) == unsure
    assert [same(paper, receipt()) for paper in since.papers] == [True]


def test_rubbish_is_no_answer(bench: Bench, driver: EscposPrinter) -> None:
    bench.steer(["printer", "garbage"])
    assert driver.status() is PrinterStatus.UNKNOWN
    with given_up_by_itself(5):
        assert driver.print_bitmap("a", receipt()).verdict is PrintVerdict.PROBABLY_PRINTED


@pytest.mark.parametrize(
    ("delay_s", "status", "verdict"),
    [
        (0.2, PrinterStatus.READY, PrintVerdict.PRINTED),
        (0.8, PrinterStatus.UNKNOWN, PrintVerdict.PROBABLY_PRINTED),
    ],
)
def test_late_answers(
    far_end: Printer,
    driver: EscposPrinter,
    since: Counting,
    delay_s: float,
    status: PrinterStatus,
    verdict: PrintVerdict,
) -> None:
    far_end.break_down(Faults(answers_after_s=delay_s))
    assert driver.status() is status
    with given_up_by_itself(5):
        assert driver.print_bitmap("a", receipt()) == PrintResult(verdict, status)
    assert [same(paper, receipt()) for paper in since.papers] == [True]


def test_answers_that_take_several_reads(far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
    far_end.break_down(Faults(in_pieces=True))
    assert driver.print_bitmap("a", receipt()) == PRINTED_READY
    far_end.shorten_roll(40)
    assert driver.print_bitmap("b", receipt(1)) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT)


def test_a_printer_that_falls_silent_within_the_job(far_end: Printer, driver: EscposPrinter) -> None:
    far_end.mm_per_s = 60
    Timer(0.5, far_end.break_down, [Faults(hanging=True, mute=True)]).start()
    with given_up_by_itself(0.5 + 7):
        assert driver.print_bitmap("a", receipt()) == PrintResult(
            PrintVerdict.PROBABLY_PRINTED, PrinterStatus.HOLDS_OLD_DATA
        )
    far_end.mm_per_s = 0
    far_end.repair()
    assert driver.status() is PrinterStatus.READY


def test_power_lost_when_it_had_the_whole_job(far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
    """From here that looks as if only the cable had been pulled, and then it would have come out: so it is asked."""
    far_end.mm_per_s = 60
    Timer(0.5, far_end.power_off).start()
    assert driver.print_bitmap("a", receipt(1)) == PrintResult(PrintVerdict.PROBABLY_PRINTED, PrinterStatus.ABSENT)
    far_end.mm_per_s = 0
    far_end.repair()
    assert driver.print_bitmap("a, again", receipt(1)) == PRINTED_READY
    assert_torn_then_whole(since.papers, receipt(1))


def test_cable_pulled_when_it_had_the_whole_job(far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
    far_end.mm_per_s = 60
    Timer(0.5, far_end.pull_cable).start()
    assert driver.print_bitmap("a", receipt(1)) == PrintResult(PrintVerdict.PROBABLY_PRINTED, PrinterStatus.ABSENT)
    wait_until(lambda: len(since.papers) == 1)
    assert same(since.papers[0], receipt(1))
    far_end.power_on()
    assert driver.print_bitmap("a", receipt(1)).verdict is PrintVerdict.PROBABLY_PRINTED
    assert len(since.papers) == 1


def test_cable_pulled_within_the_job_leaves_nothing_for_the_next_receipt(
    far_end: Printer, driver: EscposPrinter, since: Counting
) -> None:
    far_end.mm_per_s, far_end.buffer_bytes = 60, 4096
    Timer(0.5, far_end.pull_cable).start()
    assert driver.print_bitmap("a", receipt(1)).verdict is not PrintVerdict.PRINTED
    far_end.mm_per_s = 0
    far_end.power_on()
    # The torn piece is dropped at the first look, before another citizen comes.
    assert driver.status() is PrinterStatus.READY
    wait_until(lambda: len(since.papers) == 1)
    assert driver.print_bitmap("b", receipt(2)) == PRINTED_READY
    assert_torn_then_whole(since.papers, receipt(2))


@pytest.mark.parametrize(
    ("length_mm", "can_clear"), [(0.2, True), (3, True), (20, True), (37, False), (49.8, True), (60, False)]
)
def test_wherever_the_paper_ends(bench: Bench, length_mm: float, can_clear: bool) -> None:
    far_end, since = bench.printer, Counting(bench.printer)
    far_end.can_clear = can_clear
    driver = EscposPrinter(far_end.connection, 576)
    driver.status()
    far_end.shorten_roll(length_mm)
    verdict = driver.print_bitmap("a", receipt(1, height=400)).verdict
    if verdict is not PrintVerdict.PROBABLY_PRINTED:
        assert [same(paper, receipt(1, height=400)) for paper in since.papers] == [True] * (
            verdict is PrintVerdict.PRINTED
        )
    before = len(since.papers)
    if driver.status() is PrinterStatus.HOLDS_OLD_DATA:
        far_end.power_off()
        driver.status()
    far_end.repair()
    driver.status()
    result = driver.print_bitmap("b", receipt(2, height=400))
    assert result.verdict is not PrintVerdict.NOT_PRINTED
    wait_until(lambda: len(since.papers) == before + 1)
    assert same(since.papers[-1], receipt(2, height=400))


def test_a_clone_without_barrier_may_have_printed(far_end: Printer, driver: EscposPrinter) -> None:
    far_end.knows_barrier = False
    assert driver.print_bitmap("a", receipt(height=200)) == PrintResult(
        PrintVerdict.PROBABLY_PRINTED, PrinterStatus.READY
    )


def test_a_clone_that_lies_in_one_answer_is_asked_the_others(bench: Bench) -> None:
    bench.steer(["printer", "paper-out"])
    assert EscposPrinter(bench.printer.connection, 576, queries=(3,)).status() is PrinterStatus.READY
    assert EscposPrinter(bench.printer.connection, 576, queries=(1, 4)).status() is PrinterStatus.PAPER_OUT
