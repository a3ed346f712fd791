"""The devices: what each of their states means for the kiosk."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from kiosk_app.health.finding import Finding, Kiosk, Severity, Words
from kiosk_app.settings import Settings

_PLUG_IN = Words("ตรวจสายและไฟเลี้ยง แล้วเสียบใหม่", "Check its cable and power, then plug it in again")
_SWITCH = Words("ปิดเครื่องแล้วเปิดใหม่", "Switch it off and on again")
_NOT_ASKED = Words("รอสักครู่แล้วตรวจใหม่", "Wait a moment and check again")


def _hinders(code: str, what: Words, advice: Words) -> Finding:
    return Finding(code, Severity.HINDERS, what, advice)


CARD_READER = {
    CardReaderStatus.UNKNOWN: Finding(
        "C-06", Severity.NOTE, Words("เครื่องอ่านบัตรยังไม่ตอบ", "The card reader has not answered yet"), _NOT_ASKED
    ),
    CardReaderStatus.NO_SERVICE: _hinders(
        "C-01",
        Words("บริการอ่านบัตร (pcscd) ไม่ทำงาน", "The card service (pcscd) is not running"),
        Words("systemctl restart pcscd.socket", "systemctl restart pcscd.socket"),
    ),
    CardReaderStatus.NOT_ALLOWED: _hinders(
        "C-01",
        Words("ผู้ใช้นี้ไม่มีสิทธิ์ใช้เครื่องอ่านบัตร", "This user may not use the card reader"),
        Words(
            "สั่งด้วย sudo; ถ้าหน้าจอตู้แจ้งเอง ให้รัน provision/install ใหม่",
            "Use sudo; if the kiosk's own screen says so, run provision/install again",
        ),
    ),
    CardReaderStatus.NO_READER: _hinders("C-01", Words("ไม่พบเครื่องอ่านบัตร", "No card reader was found"), _PLUG_IN),
    CardReaderStatus.UNRESPONSIVE: _hinders(
        "C-01", Words("เครื่องอ่านบัตรค้าง", "The card reader is not responding"), _PLUG_IN
    ),
    CardReaderStatus.CARD_MUTE: Finding(
        "C-02",
        Severity.NOTE,
        Words("มีบัตรที่อ่านไม่ได้อยู่ในช่อง", "There is an unreadable card in the slot"),
        Words("เอาบัตรออก แล้วหงายด้านชิปขึ้น", "Take it out; the gold chip goes in first, facing up"),
    ),
}

PRINTER = {
    PrinterStatus.UNKNOWN: Finding(
        "P-08",
        Severity.NOTE,
        Words("เครื่องพิมพ์ไม่บอกสถานะ", "The printer does not report its status"),
        Words("พิมพ์ทดสอบด้วย kiosk print-test", "Try it with: kiosk print-test"),
    ),
    PrinterStatus.PAPER_NEAR_END: Finding(
        "P-07",
        Severity.NOTE,
        Words("กระดาษใบรับใกล้หมด", "The receipt paper is running low"),
        Words("เตรียมม้วนใหม่", "Have a new roll ready"),
    ),
    PrinterStatus.PAPER_OUT: _hinders(
        "P-02",
        Words("กระดาษใบรับหมด", "The receipt printer is out of paper"),
        Words("ใส่ม้วนใหม่ ด้านความร้อนออกด้านนอก", "Insert a new roll with the thermal side facing out"),
    ),
    PrinterStatus.COVER_OPEN: _hinders(
        "P-03", Words("ฝาเครื่องพิมพ์เปิดอยู่", "The printer cover is open"), Words("ปิดฝาให้สนิท", "Close it until it clicks")
    ),
    PrinterStatus.CUTTER_ERROR: _hinders(
        "P-04",
        Words("มีดตัดกระดาษติด", "The printer cutter is jammed"),
        Words("เปิดฝา เอาเศษกระดาษออก แล้วปิดเปิดเครื่อง", "Open it, remove the scraps of paper, then switch it off and on"),
    ),
    PrinterStatus.ERROR: _hinders("P-05", Words("เครื่องพิมพ์ขัดข้อง", "The printer reports a fault"), _SWITCH),
    PrinterStatus.OFFLINE: _hinders(
        "P-01",
        Words("เครื่องพิมพ์ออฟไลน์", "The printer is offline"),
        Words("กดปุ่มออนไลน์หรือปุ่ม FEED", "Press its online or feed button"),
    ),
    PrinterStatus.ABSENT: _hinders("P-01", Words("ไม่พบเครื่องพิมพ์", "No printer was found"), _PLUG_IN),
    PrinterStatus.NOT_ALLOWED: _hinders(
        "P-01",
        Words("โปรแกรมไม่มีสิทธิ์เปิดเครื่องพิมพ์", "This program may not open the printer"),
        Words("ใช้ sudo หรือเพิ่มผู้ใช้ในกลุ่ม lp และ dialout", "Use sudo, or add its user to the groups lp and dialout"),
    ),
    PrinterStatus.HOLDS_OLD_DATA: _hinders(
        "P-06",
        Words("เครื่องพิมพ์ค้างใบรับเก่าไว้", "The printer may still hold an earlier receipt"),
        Words("ปิดเครื่องพิมพ์ 5 วินาที แล้วเปิดใหม่", "Switch the printer off for five seconds, then on"),
    ),
    PrinterStatus.UNRESPONSIVE: _hinders("P-01", Words("เครื่องพิมพ์ค้าง", "The printer is not responding"), _SWITCH),
}

SCANNER = {
    ScannerStatus.UNKNOWN: Finding(
        "S-08", Severity.NOTE, Words("สแกนเนอร์ยังไม่ตอบ", "The scanner has not answered yet"), _NOT_ASKED
    ),
    ScannerStatus.ABSENT: _hinders(
        "S-01",
        Words("ไม่พบสแกนเนอร์", "No scanner was found"),
        Words("ตรวจสาย แล้วดู kiosk scan --list", "Check its cable; compare scanner.device with: kiosk scan --list"),
    ),
    ScannerStatus.NOT_ALLOWED: _hinders(
        "S-01",
        Words("โปรแกรมไม่มีสิทธิ์เปิดสแกนเนอร์", "This program may not open the scanner"),
        Words("ใช้ sudo หรือเพิ่มผู้ใช้ในกลุ่ม scanner และ lp", "Use sudo, or add its user to the groups scanner and lp"),
    ),
    ScannerStatus.JAM: _hinders(
        "S-03",
        Words("กระดาษติดในสแกนเนอร์", "Paper is jammed in the scanner"),
        Words("ดึงกระดาษออกเบา ๆ", "Pull it out gently"),
    ),
    ScannerStatus.COVER_OPEN: _hinders(
        "S-04", Words("ฝาสแกนเนอร์เปิดอยู่", "The scanner lid is open"), Words("ปิดฝา", "Close it")
    ),
    ScannerStatus.IO_ERROR: _hinders("S-05", Words("สแกนเนอร์ขัดข้อง", "The scanner reports a fault"), _SWITCH),
    ScannerStatus.BAD_PICTURE: _hinders(
        "S-05", Words("สแกนเนอร์ส่งภาพที่ใช้ไม่ได้", "The scanner sends unusable images"), _SWITCH
    ),
    ScannerStatus.DISK_FULL: _hinders(
        "S-05",
        Words("ไม่มีที่ว่างสำหรับภาพสแกน", "There is no space for the scanned image"),
        Words("ดูที่ว่างด้วย df -h แล้วลบสิ่งที่ไม่ใช้", "Check with: df -h, then free some space"),
    ),
    ScannerStatus.UNRESPONSIVE: _hinders("S-05", Words("สแกนเนอร์ค้าง", "The scanner is not responding"), _SWITCH),
}


def has_card_reader(settings: Settings) -> bool:
    """A kiosk may be set up without one; so with the others."""
    return settings.card_reader.enabled


def has_printer(settings: Settings) -> bool:
    return settings.printer.connection != "none"


def has_scanner(settings: Settings) -> bool:
    return settings.scanner.enabled


@dataclass(frozen=True)
class Kind:
    """One of the three devices: its states, what those mean that are not fine, whether a kiosk has it, and how to give
    it one."""

    key: str
    name: Words
    status: type[Enum]
    meanings: Mapping[Any, Finding]
    is_set_up: Callable[[Settings], bool]
    set_up: Words

    def state(self, statuses: Mapping[str, str]) -> Enum:
        """Its state out of status values by key. No word of a device counts as UNKNOWN, never as fine."""
        return self.status(statuses.get(self.key) or "unknown")

    def look(self, kiosk: Kiosk) -> Iterator[Finding]:
        """What its state means, if that is worth a word."""
        found = self.meanings.get(self.state(kiosk.devices)) if self.is_set_up(kiosk.settings) else None
        if found is not None:
            yield found


KINDS = (
    Kind(
        "card_reader",
        Words("เครื่องอ่านบัตร", "Card reader"),
        CardReaderStatus,
        CARD_READER,
        has_card_reader,
        Words("ถ้ามีเครื่อง ตั้ง card_reader.enabled = true", "If there is one, set card_reader.enabled = true"),
    ),
    Kind(
        "printer",
        Words("เครื่องพิมพ์", "Printer"),
        PrinterStatus,
        PRINTER,
        has_printer,
        Words("ถ้ามีเครื่อง ตั้ง printer.connection", "If there is one, set printer.connection"),
    ),
    Kind(
        "scanner",
        Words("สแกนเนอร์", "Scanner"),
        ScannerStatus,
        SCANNER,
        has_scanner,
        Words("ถ้ามีเครื่อง ตั้ง scanner.enabled = true", "If there is one, set scanner.enabled = true"),
    ),
)
