"""The receipt printer's driver on a line to the simulated printer, whose paper is looked at dot by dot."""

import os
import pty
import select
import socket
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, Timer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.receipt_printer.connect import connect
from drivers.receipt_printer.escpos import EscposPrinter, job_bytes
from drivers.receipt_printer.port import PrintResult
from drivers.receipt_printer.status import PrinterStatus, PrintVerdict
from simulators.bench import Bench
from simulators.printer import Faults, Printer
from tests.devices.conftest import receipt, same, wait_until

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
    with socket.create_connection(("127.0.0.1", far_end.port)) as line:  # the crashed one: it never cleared
        line.sendall(job_bytes(receipt(1)))
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
    # The torn piece falls by itself and does not hang on the next citizen's receipt.
    torn, whole = since.papers
    assert Image.open(torn).height < receipt().height
    assert same(whole, receipt(2))


def test_the_job_may_take_its_time(far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
    far_end.mm_per_s = 25
    assert driver.print_bitmap("a", receipt(height=400)) == PRINTED_READY
    assert same(since.papers[0], receipt(height=400))


class TestAnOldClone:
    """It knows no command that clears its buffers."""

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
    began = time.monotonic()
    unsure = PrintResult(PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNKNOWN)
    assert driver.print_bitmap("a", receipt()) == unsure
    assert time.monotonic() - began < 5
    assert driver.print_bitmap("a", receipt()) == unsure
    assert [same(paper, receipt()) for paper in since.papers] == [True]


def test_rubbish_is_no_answer(bench: Bench, driver: EscposPrinter) -> None:
    bench.steer(["printer", "garbage"])
    assert driver.status() is PrinterStatus.UNKNOWN
    began = time.monotonic()
    assert driver.print_bitmap("a", receipt()).verdict is PrintVerdict.PROBABLY_PRINTED
    assert time.monotonic() - began < 5


def test_a_printer_that_falls_silent_within_the_job(far_end: Printer, driver: EscposPrinter) -> None:
    far_end.mm_per_s = 60
    Timer(0.5, far_end.break_down, [Faults(hanging=True, mute=True)]).start()
    began = time.monotonic()
    assert driver.print_bitmap("a", receipt()) == PrintResult(
        PrintVerdict.PROBABLY_PRINTED, PrinterStatus.HOLDS_OLD_DATA
    )
    assert time.monotonic() - began < 6
    far_end.mm_per_s = 0
    far_end.repair()
    assert driver.status() is PrinterStatus.READY


def test_power_lost_within_the_job(far_end: Printer, driver: EscposPrinter, since: Counting) -> None:
    far_end.mm_per_s = 60
    Timer(0.5, far_end.power_off).start()
    assert driver.print_bitmap("a", receipt(1)) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)
    far_end.mm_per_s = 0
    far_end.repair()
    assert driver.print_bitmap("a", receipt(1)) == PRINTED_READY
    assert same(since.papers[-1], receipt(1))


def test_a_clone_without_barrier_may_have_printed(far_end: Printer, driver: EscposPrinter) -> None:
    far_end.knows_barrier = False
    assert driver.print_bitmap("a", receipt(height=200)) == PrintResult(
        PrintVerdict.PROBABLY_PRINTED, PrinterStatus.READY
    )


def test_a_clone_that_lies_in_one_answer_is_asked_the_others(bench: Bench) -> None:
    bench.steer(["printer", "paper-out"])
    assert EscposPrinter(bench.printer.connection, 576, queries=(3,)).status() is PrinterStatus.READY
    assert EscposPrinter(bench.printer.connection, 576, queries=(1, 4)).status() is PrinterStatus.PAPER_OUT


def test_no_printer_at_all() -> None:
    printer = connect("none", 576)
    assert printer.status() is PrinterStatus.ABSENT
    assert printer.print_bitmap("a", receipt()) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)


def test_connections_that_are_none() -> None:
    with pytest.raises(ValueError, match="no printer connection"):
        EscposPrinter("parallel:lpt1", 576).status()


@contextmanager
def terminal_line(port: int) -> Iterator[str]:
    """A terminal whose other end is the printer: what a serial line or the kernel's usblp device looks like."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    ended = Event()
    with socket.create_connection(("127.0.0.1", port)) as line:

        def carry() -> None:
            while not ended.is_set():
                for ready in select.select([ours, line], [], [], 0.05)[0]:
                    if ready is line:
                        os.write(ours, line.recv(4096))
                    else:
                        line.sendall(os.read(ours, 4096))

        carrier = Thread(target=carry)
        carrier.start()
        yield os.ttyname(theirs)
        ended.set()
        carrier.join()
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("kind", ["serial:{}:115200", "usb:{}"])
def test_the_other_lines(far_end: Printer, since: Counting, kind: str) -> None:
    with terminal_line(far_end.port) as terminal:
        driver = EscposPrinter(kind.format(terminal), 576)
        assert driver.status() is PrinterStatus.READY
        assert driver.print_bitmap("a", receipt()) == PRINTED_READY
    assert same(since.papers[0], receipt())


@pytest.mark.parametrize("connection", ["usb:/dev/usb/lp99", "serial:/dev/ttyUSB99", "network:127.0.0.1:1"])
def test_devices_that_are_not_there(connection: str) -> None:
    assert EscposPrinter(connection, 576).status() is PrinterStatus.ABSENT
