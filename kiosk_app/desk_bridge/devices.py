"""What the bridge does with the devices: read one card, print one slip. Each call has a deadline."""

import uuid
from dataclasses import dataclass

from drivers.ports.card_reader import CardFault, CardReader, CardReadError
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict, ReceiptPrinter
from kiosk_app.receipt import ReceiptContent, draw_receipt
from machine.deadline import DeadlineExceededError, call_with_deadline
from protocol.bilingual_text import BilingualText
from protocol.desk_bridge import CardResponse, SlipRequest

_CARD_S = 15.0  # 3 s until a reader is ready, 1 s for the text of an old card, retries
_PRINT_S = 30.0
_CARD_FAULTS = {
    CardFault.NO_READER: BilingualText("ไม่พบเครื่องอ่านบัตร", "No card reader is found"),
    CardFault.NO_CARD: BilingualText("โปรดเสียบบัตรประชาชน", "Insert the ID card"),
    CardFault.MUTE: BilingualText("บัตรไม่ตอบ โปรดเสียบให้ถูกด้าน", "The card does not respond. Check which side is up"),
    CardFault.NOT_THAI_ID: BilingualText("ไม่ใช่บัตรประชาชน", "This is not a Thai ID card"),
    CardFault.PULLED_OUT: BilingualText("บัตรถูกดึงออกก่อนอ่านเสร็จ", "The card was removed too early"),
    CardFault.UNREADABLE: BilingualText("อ่านบัตรไม่ได้ โปรดลองอีกครั้ง", "The card cannot be read. Try again"),
    CardFault.BAD_CONTENT: BilingualText("ข้อมูลในบัตรไม่ถูกต้อง", "The content of the card is not right"),
    CardFault.UNRESPONSIVE: BilingualText("เครื่องอ่านบัตรไม่ตอบ", "The card reader does not respond"),
}
_NO_READER_SET_UP = BilingualText("เครื่องนี้ไม่ได้ตั้งค่าเครื่องอ่านบัตร", "This computer has no card reader set up")
_NOT_PRINTED = BilingualText("พิมพ์ไม่ได้ โปรดตรวจเครื่องพิมพ์และกระดาษ", "Not printed. Check the printer and its paper")
_CHECK_PAPER = BilingualText("ส่งไปพิมพ์แล้ว โปรดดูที่กระดาษ", "Sent to the printer. Look at the paper")


class DeviceError(Exception):
    """A device did not do it. `problem` is a code, `sentence` is for the officer."""

    def __init__(self, problem: str, sentence: BilingualText) -> None:
        super().__init__(problem)
        self.problem, self.sentence = problem, sentence


@dataclass(frozen=True)
class DeskDevices:
    """The devices of this computer. A call blocks for as long as its device takes."""

    reader: CardReader | None
    printer: ReceiptPrinter

    def read_card(self) -> CardResponse:
        """Read the card that is in the reader now. Raises DeviceError."""
        if self.reader is None:
            raise DeviceError("not_set_up", _NO_READER_SET_UP)
        try:
            card = call_with_deadline(_CARD_S, self.reader.read_citizen)
        except DeadlineExceededError:
            raise DeviceError(CardFault.UNRESPONSIVE.value, _CARD_FAULTS[CardFault.UNRESPONSIVE]) from None
        except CardReadError as error:
            raise DeviceError(error.fault.value, _CARD_FAULTS[error.fault]) from None
        return CardResponse(
            citizen_id=card.citizen_id,
            title=card.name.title,
            first_name=card.name.first,
            middle_name=card.name.middle,
            last_name=card.name.last,
            birth_date=card.birth_date,
            sex=card.sex,
            address=card.address.raw,
            address_area=card.address.area,
        )

    def print_slip(self, slip: SlipRequest) -> None:
        """Print the slip of a case, drawn like a kiosk's receipt. Raises DeviceError unless the printer has it."""
        image = draw_receipt(
            ReceiptContent(
                centre_name_th=slip.centre_th,
                centre_name_en=slip.centre_en,
                code=slip.code,
                number=slip.case_number,
                url=slip.url,
                page_count=slip.page_count,
                saved_at=slip.filed_at,
                language=slip.language,
            ),
            self.printer.width_dots,
        )
        try:
            result = call_with_deadline(_PRINT_S, lambda: self.printer.print_bitmap(f"desk:{uuid.uuid4()}", image))
        except DeadlineExceededError:
            raise DeviceError(PrinterStatus.UNRESPONSIVE.value, _NOT_PRINTED) from None
        if result.verdict is PrintVerdict.NOT_PRINTED:
            raise DeviceError(result.status.value, _NOT_PRINTED)
        if result.verdict is PrintVerdict.PROBABLY_PRINTED:
            raise DeviceError("unconfirmed", _CHECK_PAPER)
