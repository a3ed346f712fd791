"""The receipt printer's driver on a connection to the simulated printer, whose prints are compared dot by dot."""

import socket
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.receipt_printer.escpos_printer import EscposPrinter
from drivers.receipt_printer.print_job import build_job
from simulators.printer import SimulatedPrinter
from simulators.printer_mechanism import PrinterFaults
from simulators.simulated_devices import SimulatedDevices
from tests.devices.conftest import finishes_within, images_equal, receipt_image
from tests.waiting import wait_until

PRINTED_READY = PrintResult(PrintVerdict.PRINTED, PrinterStatus.READY)


@pytest.fixture
def driver(simulated_devices: SimulatedDevices) -> EscposPrinter:
    return EscposPrinter(simulated_devices.printer.connection, 576)


@pytest.fixture
def simulated_printer(simulated_devices: SimulatedDevices) -> SimulatedPrinter:
    return simulated_devices.printer


class NewReceipts:
    """The receipts printed since this object was created."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self._printer = printer
        self._before = len(printer.receipt_files)

    @property
    def receipt_files(self) -> list[Path]:
        return self._printer.receipt_files[self._before :]


@pytest.fixture
def new_receipts(simulated_printer: SimulatedPrinter) -> NewReceipts:
    return NewReceipts(simulated_printer)


def assert_incomplete_piece_then_receipt(papers: list[Path], whole: Image.Image) -> None:
    """Check that the incomplete piece was cut off and is not part of the next receipt."""
    incomplete, after = papers
    assert Image.open(incomplete).height < receipt_image().height
    assert images_equal(after, whole)


def test_a_receipt_is_printed_dot_for_dot(driver: EscposPrinter, new_receipts: NewReceipts) -> None:
    picture = receipt_image()
    assert driver.status() is PrinterStatus.READY
    assert driver.print_bitmap("a", picture) == PRINTED_READY
    assert len(new_receipts.receipt_files) == 1
    assert images_equal(new_receipts.receipt_files[0], picture)


@pytest.mark.parametrize("width", [384, 512, 576])
def test_every_paper_width_is_printed_dot_for_dot(tmp_path: Path, width: int) -> None:
    picture = receipt_image(width=width)
    with SimulatedPrinter(tmp_path, width_dots=width) as printer:
        assert EscposPrinter(printer.connection, width).print_bitmap("a", picture) == PRINTED_READY
        assert images_equal(printer.receipt_files[0], picture)


@st.composite
def pictures(draw: st.DrawFn) -> Image.Image:
    """Pictures in bands of noise, white and doubled dots."""
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
def test_any_picture_is_printed_dot_for_dot(simulated_devices: SimulatedDevices, picture: Image.Image) -> None:
    new_receipts = NewReceipts(simulated_devices.printer)
    assert EscposPrinter(simulated_devices.printer.connection, 576).print_bitmap("a", picture) == PRINTED_READY
    assert images_equal(new_receipts.receipt_files[0], picture)


def test_the_same_job_is_printed_once(driver: EscposPrinter, new_receipts: NewReceipts) -> None:
    assert driver.print_bitmap("a", receipt_image()) == driver.print_bitmap("a", receipt_image())
    assert len(new_receipts.receipt_files) == 1
    driver.print_bitmap("a, again", receipt_image())
    assert len(new_receipts.receipt_files) == 2


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
    simulated_devices: SimulatedDevices,
    driver: EscposPrinter,
    new_receipts: NewReceipts,
    word: str,
    status: PrinterStatus,
) -> None:
    simulated_devices.execute_command(["printer", word])
    assert driver.status() is status
    assert driver.print_bitmap("a", receipt_image()) == PrintResult(PrintVerdict.NOT_PRINTED, status)
    simulated_devices.execute_command(["printer", "ok"])
    assert driver.status() is PrinterStatus.READY
    assert new_receipts.receipt_files == []
    assert driver.print_bitmap("a", receipt_image()) == PRINTED_READY
    assert images_equal(new_receipts.receipt_files[-1], receipt_image())


def test_each_simulator_command_is_one_printer_state(
    simulated_devices: SimulatedDevices, driver: EscposPrinter
) -> None:
    for word, status in (
        ("paper-out", PrinterStatus.PAPER_OUT),
        ("cutter-error", PrinterStatus.CUTTER_ERROR),
        ("unplugged", PrinterStatus.ABSENT),
        ("paper-near-end", PrinterStatus.PAPER_NEAR_END),
        ("ok", PrinterStatus.READY),
    ):
        simulated_devices.execute_command(["printer", word])
        assert driver.status() is status


def test_near_the_end_of_the_roll_it_prints_and_reports_it(
    simulated_devices: SimulatedDevices, driver: EscposPrinter
) -> None:
    simulated_devices.execute_command(["printer", "paper-near-end"])
    assert driver.print_bitmap("a", receipt_image()) == PrintResult(PrintVerdict.PRINTED, PrinterStatus.PAPER_NEAR_END)


def test_paper_that_ends_during_a_job_leaves_no_data_for_the_next_roll(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    simulated_printer.shorten_roll(40)
    assert driver.print_bitmap("a", receipt_image(1)) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT)
    simulated_printer.load_roll()
    assert driver.status() is PrinterStatus.READY
    assert driver.print_bitmap("b", receipt_image(2)) == PRINTED_READY
    assert [images_equal(paper, receipt_image(2)) for paper in new_receipts.receipt_files] == [True]


def test_a_program_that_crashed_during_a_job_leaves_no_data_for_the_next_receipt(
    simulated_printer: SimulatedPrinter, new_receipts: NewReceipts
) -> None:
    simulated_printer.shorten_roll(40)
    before = simulated_printer.uncut_mm
    # The crashed program never cleared the printer.
    with socket.create_connection(("127.0.0.1", simulated_printer.port)) as line:
        line.sendall(build_job(receipt_image(1)))
        # data in transit may be lost when the connection closes
        wait_until(lambda: simulated_printer.uncut_mm > before + 39)
    restarted = EscposPrinter(simulated_printer.connection, 576)
    wait_until(lambda: restarted.status() is PrinterStatus.PAPER_OUT)
    simulated_printer.load_roll()
    assert restarted.print_bitmap("b", receipt_image(2)) == PRINTED_READY
    assert [images_equal(paper, receipt_image(2)) for paper in new_receipts.receipt_files] == [True]


def test_a_cover_opened_during_a_job_is_reported(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    simulated_printer.mm_per_s = 60
    Timer(0.7, simulated_printer.set_faults, [PrinterFaults(cover_open=True)]).start()
    assert driver.print_bitmap("a", receipt_image(1)) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.COVER_OPEN)
    simulated_printer.mm_per_s = 0
    simulated_printer.clear_faults()
    assert driver.print_bitmap("b", receipt_image(2)) == PRINTED_READY
    assert_incomplete_piece_then_receipt(new_receipts.receipt_files, receipt_image(2))


def test_a_slow_job_does_not_time_out(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    simulated_printer.mm_per_s = 25
    assert driver.print_bitmap("a", receipt_image(height=400)) == PRINTED_READY
    assert images_equal(new_receipts.receipt_files[0], receipt_image(height=400))


class TestAnOldClone:
    """An old clone has no command that clears its buffers."""

    def test_a_reconnected_cable_is_not_taken_for_a_power_cycle(
        self, simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
    ) -> None:
        driver.status()
        simulated_printer.mm_per_s, simulated_printer.buffer_size_bytes = 60, 4096
        Timer(0.5, simulated_printer.unplug).start()
        driver.print_bitmap("a", receipt_image(1))
        assert driver.status() is PrinterStatus.ABSENT
        simulated_printer.mm_per_s = 0
        simulated_printer.switch_on()
        # It waits for the rest of a picture: a receipt sent now would be printed as the rest of the earlier one.
        assert driver.status() is PrinterStatus.HOLDS_OLD_DATA
        assert driver.print_bitmap("b", receipt_image(2)).verdict is PrintVerdict.NOT_PRINTED
        simulated_printer.switch_off()
        assert driver.status() is PrinterStatus.ABSENT
        simulated_printer.clear_faults()
        assert driver.print_bitmap("b", receipt_image(2)) == PRINTED_READY
        assert images_equal(new_receipts.receipt_files[-1], receipt_image(2))

    @pytest.fixture(autouse=True)
    def _cannot_clear(self, simulated_printer: SimulatedPrinter) -> None:
        simulated_printer.supports_clear = False

    def test_old_data_are_reported_until_power_off(
        self, simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
    ) -> None:
        simulated_printer.shorten_roll(40)
        held = PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.HOLDS_OLD_DATA)
        assert driver.print_bitmap("a", receipt_image(1)) == held
        assert driver.status() is PrinterStatus.HOLDS_OLD_DATA
        assert driver.print_bitmap("b", receipt_image(2)) == held
        simulated_printer.switch_off()
        assert driver.status() is PrinterStatus.ABSENT
        simulated_printer.clear_faults()
        assert driver.print_bitmap("b", receipt_image(2)) == PRINTED_READY
        assert [images_equal(paper, receipt_image(2)) for paper in new_receipts.receipt_files] == [True]

    def test_old_data_that_was_printed_is_no_longer_reported(
        self, simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
    ) -> None:
        simulated_printer.shorten_roll(40)
        driver.print_bitmap("a", receipt_image(1))
        simulated_printer.load_roll()  # with the power on, the old data is printed
        wait_until(lambda: len(new_receipts.receipt_files) == 1)
        assert driver.status() is PrinterStatus.READY
        assert driver.print_bitmap("b", receipt_image(2)) == PRINTED_READY
        assert images_equal(new_receipts.receipt_files[-1], receipt_image(2))


def test_a_printer_that_never_answers_has_probably_printed(
    simulated_devices: SimulatedDevices, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    simulated_devices.execute_command(["printer", "mute"])
    assert driver.status() is PrinterStatus.UNKNOWN
    unsure = PrintResult(PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNKNOWN)
    with finishes_within(5):
        assert driver.print_bitmap("a", receipt_image()) == unsure
    assert driver.print_bitmap("a", receipt_image()) == unsure
    assert [images_equal(paper, receipt_image()) for paper in new_receipts.receipt_files] == [True]


def test_invalid_bytes_are_no_answer(simulated_devices: SimulatedDevices, driver: EscposPrinter) -> None:
    simulated_devices.execute_command(["printer", "garbage"])
    assert driver.status() is PrinterStatus.UNKNOWN
    with finishes_within(5):
        assert driver.print_bitmap("a", receipt_image()).verdict is PrintVerdict.PROBABLY_PRINTED


@pytest.mark.parametrize(
    ("delay_s", "status", "verdict"),
    [
        (0.2, PrinterStatus.READY, PrintVerdict.PRINTED),
        (1.2, PrinterStatus.UNKNOWN, PrintVerdict.PROBABLY_PRINTED),
    ],
)
def test_late_answers_give_an_uncertain_verdict(
    simulated_printer: SimulatedPrinter,
    driver: EscposPrinter,
    new_receipts: NewReceipts,
    delay_s: float,
    status: PrinterStatus,
    verdict: PrintVerdict,
) -> None:
    simulated_printer.set_faults(PrinterFaults(response_delay_s=delay_s))
    assert driver.status() is status
    with finishes_within(10):
        assert driver.print_bitmap("a", receipt_image()) == PrintResult(verdict, status)
    assert [images_equal(paper, receipt_image()) for paper in new_receipts.receipt_files] == [True]


def test_answers_split_over_several_reads_are_joined(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    simulated_printer.set_faults(PrinterFaults(splits_responses=True))
    assert driver.print_bitmap("a", receipt_image()) == PRINTED_READY
    simulated_printer.shorten_roll(40)
    assert driver.print_bitmap("b", receipt_image(1)) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT)


def test_a_printer_that_stops_answering_during_a_job_ends_it(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter
) -> None:
    simulated_printer.mm_per_s = 60
    Timer(0.5, simulated_printer.set_faults, [PrinterFaults(is_hung=True, is_silent=True)]).start()
    with finishes_within(0.5 + 7):
        assert driver.print_bitmap("a", receipt_image()) == PrintResult(
            PrintVerdict.PROBABLY_PRINTED, PrinterStatus.HOLDS_OLD_DATA
        )
    simulated_printer.mm_per_s = 0
    simulated_printer.clear_faults()
    assert driver.status() is PrinterStatus.READY


def test_power_lost_after_the_whole_job_was_sent_is_uncertain(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    """The driver cannot distinguish this from an unplugged cable, when the receipt is printed: the citizen is asked."""
    simulated_printer.mm_per_s = 60
    Timer(0.5, simulated_printer.switch_off).start()
    assert driver.print_bitmap("a", receipt_image(1)) == PrintResult(
        PrintVerdict.PROBABLY_PRINTED, PrinterStatus.ABSENT
    )
    simulated_printer.mm_per_s = 0
    simulated_printer.clear_faults()
    assert driver.print_bitmap("a, again", receipt_image(1)) == PRINTED_READY
    assert_incomplete_piece_then_receipt(new_receipts.receipt_files, receipt_image(1))


def test_a_cable_pulled_after_the_whole_job_was_sent_is_uncertain(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    simulated_printer.mm_per_s = 60
    Timer(0.5, simulated_printer.unplug).start()
    assert driver.print_bitmap("a", receipt_image(1)) == PrintResult(
        PrintVerdict.PROBABLY_PRINTED, PrinterStatus.ABSENT
    )
    wait_until(lambda: len(new_receipts.receipt_files) == 1)
    assert images_equal(new_receipts.receipt_files[0], receipt_image(1))
    simulated_printer.switch_on()
    assert driver.print_bitmap("a", receipt_image(1)).verdict is PrintVerdict.PROBABLY_PRINTED
    assert len(new_receipts.receipt_files) == 1


def test_a_cable_pulled_during_a_job_leaves_no_data_for_the_next_receipt(
    simulated_printer: SimulatedPrinter, driver: EscposPrinter, new_receipts: NewReceipts
) -> None:
    simulated_printer.mm_per_s, simulated_printer.buffer_size_bytes = 60, 4096
    Timer(0.5, simulated_printer.unplug).start()
    assert driver.print_bitmap("a", receipt_image(1)).verdict is not PrintVerdict.PRINTED
    simulated_printer.mm_per_s = 0
    simulated_printer.switch_on()
    # The incomplete piece is cut off at the first status query, before the next citizen.
    assert driver.status() is PrinterStatus.READY
    wait_until(lambda: len(new_receipts.receipt_files) == 1)
    assert driver.print_bitmap("b", receipt_image(2)) == PRINTED_READY
    assert_incomplete_piece_then_receipt(new_receipts.receipt_files, receipt_image(2))


@pytest.mark.parametrize(
    ("length_mm", "can_clear"), [(0.2, True), (3, True), (20, True), (37, False), (49.8, True), (60, False)]
)
def test_wherever_the_paper_ends_the_next_receipt_is_complete(
    simulated_devices: SimulatedDevices, length_mm: float, can_clear: bool
) -> None:
    simulated_printer, new_receipts = simulated_devices.printer, NewReceipts(simulated_devices.printer)
    simulated_printer.supports_clear = can_clear
    driver = EscposPrinter(simulated_printer.connection, 576)
    driver.status()
    simulated_printer.shorten_roll(length_mm)
    verdict = driver.print_bitmap("a", receipt_image(1, height=400)).verdict
    if verdict is not PrintVerdict.PROBABLY_PRINTED:
        assert [images_equal(paper, receipt_image(1, height=400)) for paper in new_receipts.receipt_files] == [True] * (
            verdict is PrintVerdict.PRINTED
        )
    before = len(new_receipts.receipt_files)
    if driver.status() is PrinterStatus.HOLDS_OLD_DATA:
        simulated_printer.switch_off()
        driver.status()
    simulated_printer.clear_faults()
    driver.status()
    result = driver.print_bitmap("b", receipt_image(2, height=400))
    assert result.verdict is not PrintVerdict.NOT_PRINTED
    wait_until(lambda: len(new_receipts.receipt_files) == before + 1)
    assert images_equal(new_receipts.receipt_files[-1], receipt_image(2, height=400))


def test_a_clone_without_barrier_may_have_printed(simulated_printer: SimulatedPrinter, driver: EscposPrinter) -> None:
    simulated_printer.supports_barrier = False
    assert driver.print_bitmap("a", receipt_image(height=200)) == PrintResult(
        PrintVerdict.PROBABLY_PRINTED, PrinterStatus.READY
    )


def test_a_clone_with_one_wrong_answer_works_with_other_queries(simulated_devices: SimulatedDevices) -> None:
    simulated_devices.execute_command(["printer", "paper-out"])
    assert EscposPrinter(simulated_devices.printer.connection, 576, queries=(3,)).status() is PrinterStatus.READY
    assert EscposPrinter(simulated_devices.printer.connection, 576, queries=(1, 4)).status() is PrinterStatus.PAPER_OUT
