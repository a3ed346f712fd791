"""The boot slip is printed once per boot, after all devices were polled, if the printer is ready and no visit runs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from drivers.ports.receipt_printer import PrinterStatus
from journey.state import Environment, Journey, Visit
from kiosk_app import boot_slip
from kiosk_app.boot_slip import BootSlip, status_slip
from kiosk_app.device_factory import create_printer
from kiosk_app.settings import Settings, parse
from simulators.simulated_devices import SimulatedDevices

REPORT = [("เครื่องพิมพ์", "พร้อม"), ("เครื่องสแกน", "S-01 ไม่พบเครื่องสแกน. ตรวจสาย")]
IDLE = Journey(environment=Environment(printer=PrinterStatus.READY))


@pytest.fixture
def settings(simulated_devices: SimulatedDevices, tmp_path: Path) -> Settings:
    return parse(
        {
            "printer": {"connection": simulated_devices.printer.connection, "slip_at_boot": True},
            "paths": {"state": str(tmp_path), "runtime": str(tmp_path)},
        }
    )


@pytest.fixture(autouse=True)
def _no_settle_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot_slip, "SETTLE_S", 0.0)


class CountingPrinter:
    def __init__(self, settings: Settings) -> None:
        self._printer = create_printer(settings)
        self.receipt_files = 0

    def __call__(self, job_id: str, draw: Callable[[], Image.Image]) -> None:
        self._printer.print_bitmap(job_id, draw())
        self.receipt_files += 1


def test_the_slip_is_printed_once_a_boot(simulated_devices: SimulatedDevices, settings: Settings) -> None:
    before, printed = len(simulated_devices.receipt_files()), CountingPrinter(settings)
    slip = BootSlip(settings, lambda _: REPORT, printed)
    for journey in (
        replace(IDLE, visit=Visit(1)),
        replace(IDLE, environment=Environment(printer=PrinterStatus.PAPER_OUT)),
        replace(IDLE, environment=Environment(printer=PrinterStatus.UNKNOWN)),
    ):
        slip.print_if_due(journey)
    assert printed.receipt_files == 0
    slip.print_if_due(IDLE)
    slip.print_if_due(IDLE)
    BootSlip(settings, lambda _: REPORT, printed).print_if_due(IDLE)  # the interface was restarted
    assert (printed.receipt_files, len(simulated_devices.receipt_files())) == (1, before + 1)
    (settings.paths.runtime / boot_slip.PRINTED_MARK_FILE).write_text("another boot")
    BootSlip(settings, lambda _: REPORT, printed).print_if_due(IDLE)
    assert printed.receipt_files == 2


def test_the_slip_waits_for_the_report_and_can_be_switched_off(settings: Settings) -> None:
    printed = CountingPrinter(settings)
    BootSlip(settings, lambda _: [], printed).print_if_due(IDLE)
    off = replace(settings, printer=replace(settings.printer, slip_at_boot=False))
    BootSlip(off, lambda _: REPORT, printed).print_if_due(IDLE)
    assert printed.receipt_files == 0


def test_a_slip_that_cannot_be_recorded_is_not_printed(settings: Settings) -> None:
    printed = CountingPrinter(settings)
    nowhere = replace(settings, paths=replace(settings.paths, runtime=settings.paths.runtime / "nowhere"))
    slip = BootSlip(nowhere, lambda _: REPORT, printed)
    slip.print_if_due(IDLE)
    slip.print_if_due(IDLE)
    assert printed.receipt_files == 0


def test_the_slip_fits_every_paper_in_both_languages(settings: Settings) -> None:
    for width in (384, 512, 576):
        for language in ("th", "en"):
            kiosk = replace(
                settings.kiosk, language=language, centre_name_th="ศาลากลางจังหวัดขอนแก่น", centre_name_en="Khon Kaen Hall"
            )
            drawn = status_slip(
                replace(settings, kiosk=kiosk, printer=replace(settings.printer, width_dots=width)), REPORT
            )
            assert drawn.width == width
