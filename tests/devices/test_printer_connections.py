"""The ways to a printer: serial line and kernel's usblp device (terminals whose far end is the printer), network."""

import fcntl
import json
import os
import pty
import select
import socket
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from drivers.receipt_printer import usb_discovery
from drivers.receipt_printer.escpos_printer import EscposPrinter
from drivers.receipt_printer.printer_factory import connect
from drivers.receipt_printer.state_store import PrinterMemory
from drivers.receipt_printer.transport import PrinterStalled, Transport
from simulators.printer import Faults, Printer
from tests.devices.conftest import given_up_by_itself, receipt, same

PRINTED_READY = PrintResult(PrintVerdict.PRINTED, PrinterStatus.READY)


@pytest.fixture
def far_end(tmp_path: Path) -> Iterator[Printer]:
    with Printer(tmp_path / "paper") as printer:
        yield printer


class Terminal:
    """A terminal whose other end is the printer: what a serial line or the kernel's usblp device looks like."""

    def __init__(self, port: int, bytes_s: float = 0.0) -> None:
        self._bytes_s = bytes_s
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.name = os.ttyname(self._theirs)
        self._line = socket.create_connection(("127.0.0.1", port))
        self._ended = Event()
        self._left_bytes = sys.maxsize
        self._carrier = Thread(target=self._carry)
        self._carrier.start()

    def pull_after(self, byte_count: int) -> None:
        """Break the line when so many bytes have gone to the printer."""
        self._left_bytes = byte_count

    def close(self) -> None:
        self._ended.set()
        self._carrier.join()
        os.close(self._theirs)

    def _carry(self) -> None:
        while not self._ended.is_set() and self._left_bytes > 0:
            for ready in select.select([self._ours, self._line.fileno()], [], [], 0.05)[0]:
                if ready == self._line.fileno():
                    os.write(self._ours, self._line.recv(4096))
                else:
                    data = os.read(self._ours, min(1024, self._left_bytes))
                    self._left_bytes -= len(data)
                    self._line.sendall(data)
                    if self._bytes_s:
                        time.sleep(len(data) / self._bytes_s)
        os.close(self._ours)
        self._line.close()


@contextmanager
def terminal_line(printer: Printer, bytes_s: float = 0.0) -> Iterator[Terminal]:
    with ExitStack() as leaving:
        terminal = Terminal(printer.port, bytes_s)
        leaving.callback(terminal.close)
        yield terminal


@pytest.mark.parametrize("kind", ["serial:{}:115200", "usb:{}"])
def test_terminals(far_end: Printer, kind: str) -> None:
    with terminal_line(far_end) as terminal:
        driver = EscposPrinter(kind.format(terminal.name), 576)
        assert driver.status() is PrinterStatus.READY
        assert driver.print_bitmap("a", receipt()) == PRINTED_READY
    assert same(far_end.papers[0], receipt())


@pytest.mark.parametrize("kind", ["serial:{}", "usb:{}"])
def test_a_line_that_breaks_within_the_job(far_end: Printer, kind: str) -> None:
    memory = PrinterMemory()
    with terminal_line(far_end) as terminal:
        driver = EscposPrinter(kind.format(terminal.name), 576, memory=memory)
        assert driver.status() is PrinterStatus.READY
        terminal.pull_after(6000)
        long = receipt(1, height=6000)  # more than the terminal holds
        assert driver.print_bitmap("a", long) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)
    with terminal_line(far_end) as terminal:
        again = EscposPrinter(kind.format(terminal.name), 576, memory=memory)
        assert again.print_bitmap("b", receipt(2)) == PRINTED_READY
    assert same(far_end.papers[-1], receipt(2))


@pytest.mark.parametrize("kind", ["serial:{}", "usb:{}"])
def test_a_line_that_takes_no_more(kind: str) -> None:
    """Nobody reads at the other end, as with a printer that holds the sender off."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    driver = EscposPrinter(kind.format(os.ttyname(theirs)), 576)
    with given_up_by_itself(10):  # some 5 on an idle machine
        result = driver.print_bitmap("a", receipt(height=6000))
    assert result.verdict is PrintVerdict.NOT_PRINTED
    os.close(ours)
    os.close(theirs)


def test_a_slow_line_takes_more_at_once_than_it_carries(far_end: Printer) -> None:
    """When all is written, seconds of it are still on their way, and the barrier behind them: that is no silence."""
    with terminal_line(far_end, bytes_s=3840) as terminal:
        driver = EscposPrinter(f"serial:{terminal.name}:38400", 576)
        assert driver.print_bitmap("a", receipt(height=2600)) == PRINTED_READY
    assert same(far_end.papers[0], receipt(height=2600))


def test_a_line_that_trickles_for_ever() -> None:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    os.set_blocking(theirs, False)
    ended = Event()

    def sip() -> None:
        while not ended.wait(0.05):
            os.read(ours, 512)

    sipping = Thread(target=sip)
    sipping.start()
    with (
        given_up_by_itself(8),
        pytest.raises(PrinterStalled),
        Transport(theirs, lambda: None, empty_is_end=False) as line,
    ):
        line.write_all(bytes(1_000_000), 2.0, most_s=1.0)  # would take 90 s
    ended.set()
    sipping.join()
    os.close(ours)
    os.close(theirs)


def test_what_was_said_while_nobody_listened_is_no_answer(far_end: Printer) -> None:
    with terminal_line(far_end) as terminal:
        driver = EscposPrinter(f"usb:{terminal.name}", 576)
        for _ in range(3):  # each change is told unasked, by four bytes
            far_end.break_down(Faults(cover_open=True))
            far_end.repair()
        assert driver.status() is PrinterStatus.READY


def test_an_answer_too_late_is_not_taken_for_another_ones(far_end: Printer) -> None:
    """The cover's bit in the second answer is "off line" in the first and nothing in the third."""
    with terminal_line(far_end) as terminal:
        driver = EscposPrinter(f"usb:{terminal.name}", 576)
        far_end.break_down(Faults(cover_open=True, answers_after_s=0.7))
        told = {driver.status() for _ in range(3)}
    assert told <= {PrinterStatus.UNKNOWN, PrinterStatus.COVER_OPEN, PrinterStatus.OFFLINE}


@pytest.mark.parametrize(
    "connection", ["usb:/dev/usb/lp99", "usb:04b8:9999", "serial:/dev/ttyUSB99", "network:127.0.0.1:1"]
)
def test_devices_that_are_not_there(connection: str) -> None:
    assert EscposPrinter(connection, 576).status() is PrinterStatus.ABSENT


def test_no_printer_at_all() -> None:
    printer = connect("none", 576)
    assert printer.status() is PrinterStatus.ABSENT
    assert printer.print_bitmap("a", receipt()) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)


def test_connections_that_are_none() -> None:
    with pytest.raises(ValueError, match="no printer connection"):
        EscposPrinter("parallel:lpt1", 576).status()


def kernel_shows(directory: Path, node: str, terminal: Terminal, serial: str) -> None:
    """Lay down what the kernel shows in /sys of a printer whose device file is `terminal`."""
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


def test_a_usb_printer_is_found_by_what_it_is(
    far_end: Printer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usb_discovery, "SYS", tmp_path / "class")
    with Printer(tmp_path / "other") as other, terminal_line(far_end) as wanted, terminal_line(other) as another:
        kernel_shows(tmp_path, "lp0", another, "X0002")
        kernel_shows(tmp_path, "lp1", wanted, "X0001")
        assert [printer.connection for printer in usb_discovery.usb_printers()] == [
            "usb:04b8:0e28:X0002",
            "usb:04b8:0e28:X0001",
        ]
        assert EscposPrinter("usb:04b8:0e28:X0001", 576).print_bitmap("a", receipt()) == PRINTED_READY
        assert EscposPrinter("usb:04B8:0E28", 576).status() is PrinterStatus.READY
        assert EscposPrinter("usb:04b8:0e28:X0003", 576).status() is PrinterStatus.ABSENT
        assert len(far_end.papers) == 1
        assert other.papers == []


def test_a_serial_printer_is_found_again_under_its_stable_name(far_end: Printer, tmp_path: Path) -> None:
    by_id = tmp_path / "usb-Prolific_Technology_Inc._USB-Serial_Controller-if00-port0"
    driver = EscposPrinter(f"serial:{by_id}:19200", 576)
    for job in ("a", "b"):
        with terminal_line(far_end) as terminal:
            by_id.unlink(missing_ok=True)
            by_id.symlink_to(terminal.name)
            assert driver.print_bitmap(job, receipt()) == PRINTED_READY
        assert driver.status() is PrinterStatus.ABSENT
    assert len(far_end.papers) == 2


def test_another_program_has_the_line(far_end: Printer) -> None:
    with terminal_line(far_end) as terminal, Path(terminal.name).open("rb") as taken:
        driver = EscposPrinter(f"serial:{terminal.name}", 576)
        fcntl.flock(taken, fcntl.LOCK_EX)
        Timer(0.3, fcntl.flock, (taken, fcntl.LOCK_UN)).start()
        assert driver.status() is PrinterStatus.READY
        fcntl.flock(taken, fcntl.LOCK_EX)
        assert driver.status() is PrinterStatus.UNKNOWN
        assert driver.print_bitmap("a", receipt()) == PrintResult(PrintVerdict.NOT_PRINTED, PrinterStatus.UNKNOWN)


def test_a_device_this_user_may_not_open(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch(mode=0o000)
    asked = (
        "import os; os.geteuid() or os.setuid(65534)\n"
        "from drivers.receipt_printer.transport import open_transport, PrinterGone\n"
        f"try: open_transport('usb:{device}')\n"
        "except PrinterGone as gone: print(gone.status.value)"
    )
    tmp_path.chmod(0o755)
    for above in tmp_path.parents[:2]:
        above.chmod(0o755)
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    if "Permission" in answer.stderr and "lp0" not in answer.stderr:
        pytest.skip("another user may not read this checkout")
    assert answer.stdout == "not_allowed\n", answer.stderr


class TestWhatOutlivesTheProgram:
    def test_paper_is_counted_where_no_sensor_does_it(self, far_end: Printer, tmp_path: Path) -> None:
        def started() -> EscposPrinter:
            return EscposPrinter(far_end.connection, 576, memory=PrinterMemory(tmp_path / "printer.json", 2300))

        for job in ("a", "b"):
            assert started().print_bitmap(job, receipt()) == PRINTED_READY
        assert started().print_bitmap("c", receipt()).status is PrinterStatus.PAPER_NEAR_END
        assert started().status() is PrinterStatus.PAPER_NEAR_END
        far_end.shorten_roll(0)
        assert started().status() is PrinterStatus.PAPER_OUT
        far_end.load_roll()
        assert started().status() is PrinterStatus.READY

    def test_a_roll_changed_before_its_end(self, far_end: Printer) -> None:
        memory = PrinterMemory(roll_mm=2000)
        driver = EscposPrinter(far_end.connection, 576, memory=memory)
        assert driver.print_bitmap("a", receipt()).status is PrinterStatus.PAPER_NEAR_END
        far_end.break_down(Faults(cover_open=True))
        assert driver.status() is PrinterStatus.COVER_OPEN
        far_end.repair()
        assert driver.status() is PrinterStatus.READY

    def test_a_job_of_a_program_that_died(self, far_end: Printer, tmp_path: Path) -> None:
        """An old clone: whether its buffer is empty cannot be proved, and here it is known to matter."""
        file = tmp_path / "printer.json"
        PrinterMemory(file).job_begins(100)
        far_end.can_clear = far_end.knows_barrier = False
        driver = EscposPrinter(far_end.connection, 576, memory=PrinterMemory(file))
        assert driver.status() is PrinterStatus.HOLDS_OLD_DATA
        far_end.power_off()
        driver.status()
        far_end.power_on()
        assert driver.status() is PrinterStatus.READY
        assert not PrinterMemory(file).job_open

    def test_after_a_power_cut_the_printer_was_off_as_well(self, far_end: Printer, tmp_path: Path) -> None:
        file = tmp_path / "printer.json"
        file.write_text(json.dumps({"printed_mm": 0.0, "ran_out": False, "job_open_since": "another boot"}))
        far_end.can_clear = far_end.knows_barrier = False
        assert EscposPrinter(far_end.connection, 576, memory=PrinterMemory(file)).status() is PrinterStatus.READY

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"printed_mm": "x"}', '{"job_open_since": 3}', "null"])
    def test_a_damaged_file_is_none(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "printer.json"
        file.write_text(content)
        assert not PrinterMemory(file).job_open

    def test_a_place_that_cannot_be_written_stops_nothing(self, far_end: Printer, tmp_path: Path) -> None:
        memory = PrinterMemory(tmp_path / "nowhere" / "printer.json")
        assert EscposPrinter(far_end.connection, 576, memory=memory).print_bitmap("a", receipt()) == PRINTED_READY


def test_a_printer_without_knife_feeds_to_its_tear_bar(far_end: Printer) -> None:
    driver = EscposPrinter(far_end.connection, 576, cut=False)
    assert driver.print_bitmap("a", receipt()) == PRINTED_READY
    assert far_end.papers == []
    assert far_end.hanging_mm == pytest.approx(receipt().height / 8 + 20, abs=0.5)
