"""Printer connections: serial port and the kernel's usblp device (terminals connected to the simulated printer),
network."""

import fcntl
import json
import os
import pty
import subprocess
import sys
import tty
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.receipt_printer import usb_discovery
from drivers.receipt_printer.escpos_printer import EscposPrinter
from drivers.receipt_printer.printer_factory import create_printer
from drivers.receipt_printer.state_store import PrinterStateStore
from drivers.receipt_printer.transport import PrinterStalledError, Transport
from simulators.printer import SimulatedPrinter
from simulators.printer_mechanism import PrinterFaults
from tests.devices.conftest import finishes_within, images_equal, receipt_image
from tests.printer_terminal import PrinterTerminal

PRINTED_READY = PrintResult(PrintVerdict.PRINTED, PrinterStatus.READY)


@pytest.fixture
def simulated_printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "paper") as printer:
        yield printer


@pytest.mark.parametrize("kind", ["serial:{}:115200", "usb:{}"])
def test_a_receipt_is_printed_over_a_terminal(simulated_printer: SimulatedPrinter, kind: str) -> None:
    with PrinterTerminal(simulated_printer.port) as terminal:
        driver = EscposPrinter(kind.format(terminal.name), 576)
        assert driver.status() is PrinterStatus.READY
        assert driver.print_bitmap("a", receipt_image()) == PRINTED_READY
    assert images_equal(simulated_printer.receipt_files[0], receipt_image())


@pytest.mark.parametrize("kind", ["serial:{}", "usb:{}"])
def test_after_a_connection_breaks_during_a_job_the_next_receipt_is_complete(
    simulated_printer: SimulatedPrinter, kind: str
) -> None:
    state_store = PrinterStateStore()
    with PrinterTerminal(simulated_printer.port) as terminal:
        driver = EscposPrinter(kind.format(terminal.name), 576, state_store=state_store)
        assert driver.status() is PrinterStatus.READY
        terminal.break_after(6000)
        long = receipt_image(1, height=6000)  # more than the terminal buffers
        assert driver.print_bitmap("a", long) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)
    with PrinterTerminal(simulated_printer.port) as terminal:
        again = EscposPrinter(kind.format(terminal.name), 576, state_store=state_store)
        assert again.print_bitmap("b", receipt_image(2)) == PRINTED_READY
    assert images_equal(simulated_printer.receipt_files[-1], receipt_image(2))


@pytest.mark.parametrize("kind", ["serial:{}", "usb:{}"])
def test_a_blocked_connection_ends_the_job(kind: str) -> None:
    """The other end reads nothing, like a printer that uses flow control."""
    printer_end, host_end = pty.openpty()
    tty.setraw(host_end)
    driver = EscposPrinter(kind.format(os.ttyname(host_end)), 576)
    with finishes_within(10):  # about 5 s on an idle machine
        result = driver.print_bitmap("a", receipt_image(height=6000))
    assert result.verdict is PrintVerdict.NOT_PRINTED
    os.close(printer_end)
    os.close(host_end)


def test_a_slow_serial_connection_is_not_taken_for_a_silent_printer(simulated_printer: SimulatedPrinter) -> None:
    """The last bytes and the barrier need seconds after the write: the driver must not take that for a silent
    printer."""
    with PrinterTerminal(simulated_printer.port, bytes_per_s=3840) as terminal:
        driver = EscposPrinter(f"serial:{terminal.name}:38400", 576)
        assert driver.print_bitmap("a", receipt_image(height=2600)) == PRINTED_READY
    assert images_equal(simulated_printer.receipt_files[0], receipt_image(height=2600))


def test_a_connection_that_accepts_few_bytes_ends_the_job() -> None:
    printer_end, host_end = pty.openpty()
    tty.setraw(host_end)
    os.set_blocking(host_end, False)
    ended = Event()

    def sip() -> None:
        while not ended.wait(0.05):
            os.read(printer_end, 512)

    sipping = Thread(target=sip)
    sipping.start()
    with (
        finishes_within(8),
        pytest.raises(PrinterStalledError),
        Transport(host_end, lambda: None, empty_read_is_eof=False) as line,
    ):
        line.write_all(bytes(1_000_000), 2.0, timeout_s=1.0)  # would take 90 s
    ended.set()
    sipping.join()
    os.close(printer_end)
    os.close(host_end)


def test_bytes_received_before_the_query_are_no_response(simulated_printer: SimulatedPrinter) -> None:
    with PrinterTerminal(simulated_printer.port) as terminal:
        driver = EscposPrinter(f"usb:{terminal.name}", 576)
        for _ in range(3):  # each change sends four bytes of automatic status
            simulated_printer.set_faults(PrinterFaults(cover_open=True))
            simulated_printer.clear_faults()
        assert driver.status() is PrinterStatus.READY


def test_a_late_answer_is_not_taken_for_that_of_another_query(simulated_printer: SimulatedPrinter) -> None:
    """The cover's bit in the second answer means "off line" in the first and nothing in the third."""
    with PrinterTerminal(simulated_printer.port) as terminal:
        driver = EscposPrinter(f"usb:{terminal.name}", 576)
        simulated_printer.set_faults(PrinterFaults(cover_open=True, response_delay_s=0.7))
        statuses = {driver.status() for _ in range(3)}
    assert statuses <= {PrinterStatus.UNKNOWN, PrinterStatus.COVER_OPEN, PrinterStatus.OFFLINE}


@pytest.mark.parametrize(
    "connection", ["usb:/dev/usb/lp99", "usb:04b8:9999", "serial:/dev/ttyUSB99", "network:127.0.0.1:1"]
)
def test_missing_printers_are_absent(connection: str) -> None:
    assert EscposPrinter(connection, 576).status() is PrinterStatus.ABSENT


def test_a_kiosk_without_printer_reports_it_absent() -> None:
    printer = create_printer("none", 576)
    assert printer.status() is PrinterStatus.ABSENT
    assert printer.print_bitmap("a", receipt_image()) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)


def test_an_invalid_connection_is_refused() -> None:
    with pytest.raises(ValueError, match="not a printer connection"):
        EscposPrinter("parallel:lpt1", 576).status()


def write_sysfs_device(directory: Path, node: str, terminal: PrinterTerminal, serial: str) -> None:
    """Create the /sys entries of a printer whose device file is `terminal`."""
    device = directory / "devices" / serial
    interface = device / "1-1:1.0"
    entry = interface / "usbmisc" / node
    entry.mkdir(parents=True)
    (entry / "device").symlink_to(interface)
    (entry / "uevent").write_text(f"MAJOR=180\nDEVNAME={terminal.name.removeprefix('/dev/')}\n")
    strings = {"idVendor": "04b8", "idProduct": "0e28", "serial": serial, "manufacturer": "EPSON", "product": "TM-T82"}
    for name, value in strings.items():
        (device / name).write_text(value + "\n")
    (directory / "class").mkdir(exist_ok=True)
    (directory / "class" / node).symlink_to(entry)


def test_a_usb_printer_is_found_by_its_ids_and_serial_number(
    simulated_printer: SimulatedPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usb_discovery, "USBMISC_CLASS_DIR", tmp_path / "class")
    with (
        SimulatedPrinter(tmp_path / "other") as other,
        PrinterTerminal(simulated_printer.port) as wanted,
        PrinterTerminal(other.port) as another,
    ):
        write_sysfs_device(tmp_path, "lp0", another, "X0002")
        write_sysfs_device(tmp_path, "lp1", wanted, "X0001")
        assert [printer.connection for printer in usb_discovery.list_usb_printers()] == [
            "usb:04b8:0e28:X0002",
            "usb:04b8:0e28:X0001",
        ]
        assert EscposPrinter("usb:04b8:0e28:X0001", 576).print_bitmap("a", receipt_image()) == PRINTED_READY
        assert EscposPrinter("usb:04B8:0E28", 576).status() is PrinterStatus.READY
        assert EscposPrinter("usb:04b8:0e28:X0003", 576).status() is PrinterStatus.ABSENT
        assert len(simulated_printer.receipt_files) == 1
        assert other.receipt_files == []


def test_a_serial_printer_is_found_again_under_its_stable_name(
    simulated_printer: SimulatedPrinter, tmp_path: Path
) -> None:
    by_id = tmp_path / "usb-Prolific_Technology_Inc._USB-Serial_Controller-if00-port0"
    driver = EscposPrinter(f"serial:{by_id}:19200", 576)
    for job in ("a", "b"):
        with PrinterTerminal(simulated_printer.port) as terminal:
            by_id.unlink(missing_ok=True)
            by_id.symlink_to(terminal.name)
            assert driver.print_bitmap(job, receipt_image()) == PRINTED_READY
        assert driver.status() is PrinterStatus.ABSENT
    assert len(simulated_printer.receipt_files) == 2


def test_a_connection_locked_by_another_program_has_unknown_status(simulated_printer: SimulatedPrinter) -> None:
    with PrinterTerminal(simulated_printer.port) as terminal, Path(terminal.name).open("rb") as taken:
        driver = EscposPrinter(f"serial:{terminal.name}", 576)
        fcntl.flock(taken, fcntl.LOCK_EX)
        Timer(0.3, fcntl.flock, (taken, fcntl.LOCK_UN)).start()
        assert driver.status() is PrinterStatus.READY
        fcntl.flock(taken, fcntl.LOCK_EX)
        assert driver.status() is PrinterStatus.UNKNOWN
        assert driver.print_bitmap("a", receipt_image()) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.UNKNOWN)


def test_a_device_without_permission_is_reported(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch(mode=0o000)
    script = (
        "import os; os.geteuid() or os.setuid(65534)\n"
        "from drivers.receipt_printer.transport import open_transport, PrinterUnreachableError\n"
        f"try: open_transport('usb:{device}')\n"
        "except PrinterUnreachableError as gone: print(gone.status.value)"
    )
    tmp_path.chmod(0o755)
    for above in tmp_path.parents[:2]:
        above.chmod(0o755)
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    if "Permission" in result.stderr and "lp0" not in result.stderr:
        pytest.skip("another user may not read this checkout")
    assert result.stdout == "not_allowed\n", result.stderr


class TestRememberedState:
    def test_paper_is_counted_without_a_sensor(self, simulated_printer: SimulatedPrinter, tmp_path: Path) -> None:
        def started() -> EscposPrinter:
            return EscposPrinter(
                simulated_printer.connection, 576, state_store=PrinterStateStore(tmp_path / "printer.json", 2300)
            )

        for job in ("a", "b"):
            assert started().print_bitmap(job, receipt_image()) == PRINTED_READY
        assert started().print_bitmap("c", receipt_image()).status is PrinterStatus.PAPER_NEAR_END
        assert started().status() is PrinterStatus.PAPER_NEAR_END
        simulated_printer.shorten_roll(0)
        assert started().status() is PrinterStatus.PAPER_OUT
        simulated_printer.load_roll()
        assert started().status() is PrinterStatus.READY

    def test_a_roll_changed_early_resets_the_count(self, simulated_printer: SimulatedPrinter) -> None:
        state_store = PrinterStateStore(roll_mm=2000)
        driver = EscposPrinter(simulated_printer.connection, 576, state_store=state_store)
        assert driver.print_bitmap("a", receipt_image()).status is PrinterStatus.PAPER_NEAR_END
        simulated_printer.set_faults(PrinterFaults(cover_open=True))
        assert driver.status() is PrinterStatus.COVER_OPEN
        simulated_printer.clear_faults()
        assert driver.status() is PrinterStatus.READY

    def test_an_incomplete_job_of_a_killed_program_is_remembered(
        self, simulated_printer: SimulatedPrinter, tmp_path: Path
    ) -> None:
        """An old clone: the driver cannot prove that its buffer is empty, and a job is known to be incomplete."""
        file = tmp_path / "printer.json"
        PrinterStateStore(file).record_job_started(100)
        simulated_printer.supports_clear = simulated_printer.supports_barrier = False
        driver = EscposPrinter(simulated_printer.connection, 576, state_store=PrinterStateStore(file))
        assert driver.status() is PrinterStatus.HOLDS_OLD_DATA
        simulated_printer.switch_off()
        driver.status()
        simulated_printer.switch_on()
        assert driver.status() is PrinterStatus.READY
        assert not PrinterStateStore(file).has_open_job

    def test_after_a_power_cut_the_printers_buffer_counts_as_empty(
        self, simulated_printer: SimulatedPrinter, tmp_path: Path
    ) -> None:
        file = tmp_path / "printer.json"
        file.write_text(json.dumps({"printed_mm": 0.0, "ran_out": False, "job_open_since": "another boot"}))
        simulated_printer.supports_clear = simulated_printer.supports_barrier = False
        assert (
            EscposPrinter(simulated_printer.connection, 576, state_store=PrinterStateStore(file)).status()
            is PrinterStatus.READY
        )

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"printed_mm": "x"}', '{"job_open_since": 3}', "null"])
    def test_a_damaged_state_file_is_ignored(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "printer.json"
        file.write_text(content)
        assert not PrinterStateStore(file).has_open_job

    def test_an_unwritable_state_directory_does_not_stop_printing(
        self, simulated_printer: SimulatedPrinter, tmp_path: Path
    ) -> None:
        state_store = PrinterStateStore(tmp_path / "nowhere" / "printer.json")
        assert (
            EscposPrinter(simulated_printer.connection, 576, state_store=state_store).print_bitmap("a", receipt_image())
            == PRINTED_READY
        )


def test_a_printer_without_cutter_feeds_to_its_tear_bar(simulated_printer: SimulatedPrinter) -> None:
    driver = EscposPrinter(simulated_printer.connection, 576, cut=False)
    assert driver.print_bitmap("a", receipt_image()) == PRINTED_READY
    assert simulated_printer.receipt_files == []
    assert simulated_printer.uncut_mm == pytest.approx(receipt_image().height / 8 + 20, abs=0.5)
