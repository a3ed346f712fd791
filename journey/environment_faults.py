"""The faults that follow from the environment, and which of them block new visits."""

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from drivers.ports.speaker import SpeakerStatus
from journey.faults import Fault
from journey.state import Environment

CARD_READER_FAULTS = {
    CardReaderStatus.NO_SERVICE: Fault.CARD_NO_READER,
    CardReaderStatus.NOT_ALLOWED: Fault.CARD_NO_READER,
    CardReaderStatus.NO_READER: Fault.CARD_NO_READER,
    CardReaderStatus.UNRESPONSIVE: Fault.CARD_NO_READER,
    CardReaderStatus.CARD_MUTE: Fault.CARD_MUTE,
}

CARD_READ_FAULTS = {
    CardFault.NO_READER: Fault.CARD_NO_READER,
    CardFault.NO_CARD: Fault.CARD_PULLED_OUT,
    CardFault.MUTE: Fault.CARD_MUTE,
    CardFault.NOT_THAI_ID: Fault.CARD_NOT_THAI_ID,
    CardFault.PULLED_OUT: Fault.CARD_PULLED_OUT,
    CardFault.UNREADABLE: Fault.CARD_UNREADABLE,
    CardFault.BAD_CONTENT: Fault.CARD_UNREADABLE,
    CardFault.UNRESPONSIVE: Fault.CARD_NO_READER,
}

PRINTER_FAULTS = {
    PrinterStatus.PAPER_OUT: Fault.PRINTER_PAPER_OUT,
    PrinterStatus.COVER_OPEN: Fault.PRINTER_COVER_OPEN,
    PrinterStatus.CUTTER_ERROR: Fault.PRINTER_CUTTER,
    PrinterStatus.ERROR: Fault.PRINTER_ERROR,
    PrinterStatus.OFFLINE: Fault.PRINTER_ABSENT,
    PrinterStatus.ABSENT: Fault.PRINTER_ABSENT,
    PrinterStatus.NOT_ALLOWED: Fault.PRINTER_ABSENT,
    PrinterStatus.UNRESPONSIVE: Fault.PRINTER_ABSENT,
    PrinterStatus.HOLDS_OLD_DATA: Fault.PRINTER_HOLDS_OLD_DATA,
}

SCANNER_FAULTS = {
    ScannerStatus.ABSENT: Fault.SCANNER_ABSENT,
    ScannerStatus.NOT_ALLOWED: Fault.SCANNER_ABSENT,
    ScannerStatus.NO_PAPER: Fault.SCANNER_NO_PAPER,
    ScannerStatus.JAM: Fault.SCANNER_JAM,
    ScannerStatus.COVER_OPEN: Fault.SCANNER_COVER_OPEN,
    ScannerStatus.BUSY: Fault.SCANNER_FAILED,
    ScannerStatus.IO_ERROR: Fault.SCANNER_FAILED,
    ScannerStatus.BAD_PICTURE: Fault.SCANNER_FAILED,
    ScannerStatus.DISK_FULL: Fault.SCANNER_FAILED,
    ScannerStatus.UNRESPONSIVE: Fault.SCANNER_FAILED,
    ScannerStatus.UNKNOWN: Fault.SCANNER_FAILED,
}

SPEAKER_FAULTS = {
    SpeakerStatus.ABSENT: Fault.SPEAKER_ABSENT,
    SpeakerStatus.BUSY: Fault.SPEAKER_FAILED,
    SpeakerStatus.FAILED: Fault.SPEAKER_FAILED,
    SpeakerStatus.UNRESPONSIVE: Fault.SPEAKER_FAILED,
}


def card_fault(environment: Environment) -> Fault | None:
    """Why no card can be read now, or None: a fault of the reader, or a card left behind in its slot."""
    if environment.card_left_behind:
        return Fault.CARD_LEFT_BEHIND
    return CARD_READER_FAULTS.get(environment.card_reader)


def can_request_card(environment: Environment) -> bool:
    """Whether the citizen can be asked for a card: the reader works, and its slot is empty or has a new card."""
    return card_fault(environment) in (None, Fault.CARD_MUTE)


def can_print(environment: Environment) -> bool:
    """Whether a receipt can be expected: no fault of the printer is known."""
    return environment.printer not in PRINTER_FAULTS


def blocking_fault(environment: Environment) -> Fault | None:
    """The fault that blocks new visits: not enrolled, revoked, or no usable store. No other fault blocks them."""
    if not environment.enrolled:
        return Fault.NOT_ENROLLED
    if environment.revoked:
        return Fault.REVOKED
    if not environment.outbox_writable:
        return Fault.STORE_BROKEN if environment.outbox_damaged else Fault.STORE_FULL
    return None


def attract_warnings(environment: Environment) -> tuple[Fault, ...]:
    """Faults shown before a visit that block none: no printed receipt, no card reading, a card left behind.

    Faults of scanner, recognition, network and clock are shown where they matter; the near end of the paper is for
    staff only.
    """
    warnings = (PRINTER_FAULTS.get(environment.printer), card_fault(environment))
    return tuple(fault for fault in warnings if fault is not None and fault is not Fault.CARD_MUTE)


def active_faults(environment: Environment) -> frozenset[Fault]:
    """Every fault that exists now. The fault screen closes by itself when its fault is no longer among them."""
    faults = {
        blocking_fault(environment),
        PRINTER_FAULTS.get(environment.printer),
        Fault.PRINTER_PAPER_LOW if environment.printer is PrinterStatus.PAPER_NEAR_END else None,
        card_fault(environment),
        SCANNER_FAULTS.get(environment.scanner) if environment.scanner is not ScannerStatus.UNKNOWN else None,
        SPEAKER_FAULTS.get(environment.speaker),
        None if environment.ocr_available else Fault.RECOGNITION_OFF,
        Fault.NETWORK_OFF if environment.centre_reachable is False else None,
        None if environment.clock_trusted else Fault.CLOCK_UNTRUSTED,
    }
    return frozenset(fault for fault in faults if fault is not None)
