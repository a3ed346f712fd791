"""The table of device states, and the health check of each device."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from kiosk_app.health.finding import Finding, HealthContext, Severity
from kiosk_app.settings import Settings
from protocol.bilingual_text import BilingualText

_PLUG_IN = BilingualText("ตรวจสายและไฟเลี้ยง แล้วเสียบใหม่", "Check its cable and power, then plug it in again")
_SWITCH = BilingualText("ปิดเครื่องแล้วเปิดใหม่", "Switch it off and on again")
_WAIT_AND_RETRY = BilingualText("รอสักครู่แล้วตรวจใหม่", "Wait a moment and check again")


@dataclass(frozen=True)
class StatusMeaning:
    """What one status of a device means: a summary in both languages, and a finding unless the status is normal."""

    summary: BilingualText
    finding: Finding | None = None


def _normal(th: str, en: str) -> StatusMeaning:
    return StatusMeaning(BilingualText(th, en))


def _note(code: str, summary: BilingualText, advice: BilingualText) -> StatusMeaning:
    return StatusMeaning(summary, Finding(code, Severity.NOTE, summary, advice))


def _hindrance(code: str, summary: BilingualText, advice: BilingualText) -> StatusMeaning:
    return StatusMeaning(summary, Finding(code, Severity.HINDERS, summary, advice))


CARD_READER_STATUSES = {
    CardReaderStatus.EMPTY: _normal("พร้อม ไม่มีบัตรอยู่", "Ready, no card in it"),
    CardReaderStatus.CARD_PRESENT: _normal("พร้อม มีบัตรอยู่", "Ready, a card is in it"),
    CardReaderStatus.UNKNOWN: _note(
        "C-06",
        BilingualText("เครื่องอ่านบัตรยังไม่ตอบ", "The card reader has not answered yet"),
        _WAIT_AND_RETRY,
    ),
    CardReaderStatus.NO_SERVICE: _hindrance(
        "C-01",
        BilingualText("บริการอ่านบัตร (pcscd) ไม่ทำงาน", "The card service (pcscd) is not running"),
        BilingualText("systemctl restart pcscd.socket", "systemctl restart pcscd.socket"),
    ),
    CardReaderStatus.NOT_ALLOWED: _hindrance(
        "C-01",
        BilingualText("ผู้ใช้นี้ไม่มีสิทธิ์ใช้เครื่องอ่านบัตร", "This user may not use the card reader"),
        BilingualText(
            "สั่งด้วย sudo; ถ้าหน้าจอตู้แจ้งเอง ให้รัน apt reinstall damrongdham-kiosk",
            "Use sudo; if the kiosk's own screen says so, run apt reinstall damrongdham-kiosk",
        ),
    ),
    CardReaderStatus.NO_READER: _hindrance(
        "C-01", BilingualText("ไม่พบเครื่องอ่านบัตร", "No card reader was found"), _PLUG_IN
    ),
    CardReaderStatus.UNRESPONSIVE: _hindrance(
        "C-01", BilingualText("เครื่องอ่านบัตรค้าง", "The card reader is not responding"), _PLUG_IN
    ),
    CardReaderStatus.CARD_MUTE: _note(
        "C-02",
        BilingualText("มีบัตรที่อ่านไม่ได้อยู่ในช่อง", "There is an unreadable card in the slot"),
        BilingualText("เอาบัตรออก แล้วหงายด้านชิปขึ้น", "Take it out; the gold chip goes in first, facing up"),
    ),
}

PRINTER_STATUSES = {
    PrinterStatus.READY: _normal("พร้อม", "Ready"),
    PrinterStatus.UNKNOWN: _note(
        "P-08",
        BilingualText("เครื่องพิมพ์ไม่บอกสถานะ", "The printer does not report its status"),
        BilingualText("พิมพ์ทดสอบด้วย kiosk print-test", "Try it with: kiosk print-test"),
    ),
    PrinterStatus.PAPER_NEAR_END: _note(
        "P-07",
        BilingualText("กระดาษใบติดตามใกล้หมด", "The receipt paper is running low"),
        BilingualText("เตรียมม้วนใหม่", "Have a new roll ready"),
    ),
    PrinterStatus.PAPER_OUT: _hindrance(
        "P-02",
        BilingualText("กระดาษใบติดตามหมด", "The receipt printer is out of paper"),
        BilingualText("ใส่ม้วนใหม่ ด้านความร้อนออกด้านนอก", "Insert a new roll with the thermal side facing out"),
    ),
    PrinterStatus.COVER_OPEN: _hindrance(
        "P-03",
        BilingualText("ฝาเครื่องพิมพ์เปิดอยู่", "The printer cover is open"),
        BilingualText("ปิดฝาให้สนิท", "Close it until it clicks"),
    ),
    PrinterStatus.CUTTER_ERROR: _hindrance(
        "P-04",
        BilingualText("มีดตัดกระดาษติด", "The printer cutter is jammed"),
        BilingualText(
            "เปิดฝา เอาเศษกระดาษออก แล้วปิดเปิดเครื่อง", "Open it, remove the scraps of paper, then switch it off and on"
        ),
    ),
    PrinterStatus.ERROR: _hindrance("P-05", BilingualText("เครื่องพิมพ์ขัดข้อง", "The printer reports a fault"), _SWITCH),
    PrinterStatus.OFFLINE: _hindrance(
        "P-01",
        BilingualText("เครื่องพิมพ์ออฟไลน์", "The printer is offline"),
        BilingualText("กดปุ่มออนไลน์หรือปุ่ม FEED", "Press its online or feed button"),
    ),
    PrinterStatus.ABSENT: _hindrance("P-01", BilingualText("ไม่พบเครื่องพิมพ์", "No printer was found"), _PLUG_IN),
    PrinterStatus.NOT_ALLOWED: _hindrance(
        "P-01",
        BilingualText("โปรแกรมไม่มีสิทธิ์เปิดเครื่องพิมพ์", "This program may not open the printer"),
        BilingualText(
            "ใช้ sudo หรือเพิ่มผู้ใช้ในกลุ่ม lp และ dialout", "Use sudo, or add its user to the groups lp and dialout"
        ),
    ),
    PrinterStatus.HOLDS_OLD_DATA: _hindrance(
        "P-06",
        BilingualText("เครื่องพิมพ์ค้างใบติดตามเก่าไว้", "The printer may still hold an earlier receipt"),
        BilingualText("ปิดเครื่องพิมพ์ 5 วินาที แล้วเปิดใหม่", "Switch the printer off for five seconds, then on"),
    ),
    PrinterStatus.UNRESPONSIVE: _hindrance(
        "P-01", BilingualText("เครื่องพิมพ์ค้าง", "The printer is not responding"), _SWITCH
    ),
}

SCANNER_STATUSES = {
    ScannerStatus.READY: _normal("พร้อม", "Ready"),
    ScannerStatus.BUSY: _normal("กำลังสแกน", "Scanning"),
    ScannerStatus.NO_PAPER: _normal("พร้อม ไม่มีกระดาษวางอยู่", "Ready, no paper in it"),
    ScannerStatus.CANCELLED: _normal("พร้อม", "Ready"),
    ScannerStatus.UNKNOWN: _note(
        "S-08", BilingualText("เครื่องสแกนยังไม่ตอบ", "The scanner has not answered yet"), _WAIT_AND_RETRY
    ),
    ScannerStatus.ABSENT: _hindrance(
        "S-01",
        BilingualText("ไม่พบเครื่องสแกน", "No scanner was found"),
        BilingualText(
            "ตรวจสาย แล้วดู kiosk scan --list", "Check its cable; compare scanner.device with: kiosk scan --list"
        ),
    ),
    ScannerStatus.NOT_ALLOWED: _hindrance(
        "S-01",
        BilingualText("โปรแกรมไม่มีสิทธิ์เปิดเครื่องสแกน", "This program may not open the scanner"),
        BilingualText(
            "ใช้ sudo หรือเพิ่มผู้ใช้ในกลุ่ม scanner และ lp", "Use sudo, or add its user to the groups scanner and lp"
        ),
    ),
    ScannerStatus.JAM: _hindrance(
        "S-03",
        BilingualText("กระดาษติดในเครื่องสแกน", "Paper is jammed in the scanner"),
        BilingualText("ดึงกระดาษออกเบา ๆ", "Pull it out gently"),
    ),
    ScannerStatus.COVER_OPEN: _hindrance(
        "S-04", BilingualText("ฝาเครื่องสแกนเปิดอยู่", "The scanner lid is open"), BilingualText("ปิดฝา", "Close it")
    ),
    ScannerStatus.IO_ERROR: _hindrance("S-05", BilingualText("เครื่องสแกนขัดข้อง", "The scanner reports a fault"), _SWITCH),
    ScannerStatus.BAD_PICTURE: _hindrance(
        "S-05", BilingualText("เครื่องสแกนส่งภาพที่ใช้ไม่ได้", "The scanner sends unusable images"), _SWITCH
    ),
    ScannerStatus.DISK_FULL: _hindrance(
        "S-05",
        BilingualText("ไม่มีที่ว่างสำหรับภาพสแกน", "There is no space for the scanned image"),
        BilingualText("ดูที่ว่างด้วย df -h แล้วลบสิ่งที่ไม่ใช้", "Check with: df -h, then free some space"),
    ),
    ScannerStatus.UNRESPONSIVE: _hindrance(
        "S-05", BilingualText("เครื่องสแกนค้าง", "The scanner is not responding"), _SWITCH
    ),
}


def has_card_reader(settings: Settings) -> bool:
    """Whether this kiosk is set up with a card reader."""
    return settings.card_reader.enabled


def has_printer(settings: Settings) -> bool:
    """Whether this kiosk is set up with a printer."""
    return settings.printer.connection != "none"


def has_scanner(settings: Settings) -> bool:
    """Whether this kiosk is set up with a scanner."""
    return settings.scanner.enabled


@dataclass(frozen=True)
class DeviceKind:
    """One of the three devices. `meanings` has every member of `status`."""

    key: str
    name: BilingualText
    status: type[Enum]
    meanings: Mapping[Any, StatusMeaning]
    is_set_up: Callable[[Settings], bool]
    set_up_advice: BilingualText

    def parse_status(self, statuses: Mapping[str, str]) -> Enum:
        """The status out of `statuses` (status values by key); UNKNOWN when the device is not in it."""
        return self.status(statuses.get(self.key) or "unknown")

    def run_check(self, context: HealthContext) -> Iterator[Finding]:
        """The finding for the device's status, if any."""
        if self.is_set_up(context.settings):
            meaning = self.meanings[self.parse_status(context.devices)]
            if meaning.finding is not None:
                yield meaning.finding


DEVICE_KINDS = (
    DeviceKind(
        "card_reader",
        BilingualText("เครื่องอ่านบัตร", "Card reader"),
        CardReaderStatus,
        CARD_READER_STATUSES,
        has_card_reader,
        BilingualText("ถ้ามีเครื่อง ตั้ง card_reader.enabled = true", "If there is one, set card_reader.enabled = true"),
    ),
    DeviceKind(
        "printer",
        BilingualText("เครื่องพิมพ์", "Printer"),
        PrinterStatus,
        PRINTER_STATUSES,
        has_printer,
        BilingualText("ถ้ามีเครื่อง ตั้ง printer.connection", "If there is one, set printer.connection"),
    ),
    DeviceKind(
        "scanner",
        BilingualText("เครื่องสแกน", "Scanner"),
        ScannerStatus,
        SCANNER_STATUSES,
        has_scanner,
        BilingualText("ถ้ามีเครื่อง ตั้ง scanner.enabled = true", "If there is one, set scanner.enabled = true"),
    ),
)
