"""The forms of official letters: a draft, a template, the letterhead, scans."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from central.desk.forms import DeskForm
from central.files_field import FILES_HINT, FilesField
from central.letters.commands import LetterContent
from central.letters.kinds import KINDS, Layout, LetterKind
from central.letters.models import Letter, LetterOffice
from central.letters.offices import OfficeContent
from central.letters.texts import FIELDS, MAX_BODY_CHARS, MAX_LINE_CHARS, MAX_LINES_CHARS, LetterText
from protocol.bilingual_text import BilingualText

TEXT_BYTES = 200_000  # 10,000 Thai characters, each nine bytes in a form, and the lines
_MAX_NUMBER = 1_000_000
_ONE_A_LINE = BilingualText("(บรรทัดละหนึ่งรายการ)", "(one a line)")


def _line(*, required: bool = False) -> forms.CharField:
    return forms.CharField(required=required, max_length=MAX_LINE_CHARS)


def _lines() -> forms.CharField:
    return forms.CharField(required=False, max_length=MAX_LINES_CHARS, widget=forms.Textarea(attrs={"rows": 2}))


class LetterTextForm(DeskForm):
    """The written parts of a letter. A stamped letter has no closing; its subject is for the register."""

    subject = _line(required=True)
    addressee = _line(required=True)
    reference = _lines()
    enclosures = _lines()
    body = forms.CharField(max_length=MAX_BODY_CHARS, widget=forms.Textarea(attrs={"rows": 14}))
    closing = _line()
    field_labels: ClassVar = {
        "subject": BilingualText("เรื่อง", "Subject (เรื่อง)"),
        "addressee": BilingualText("เรียน / ถึง", "Addressee (เรียน, ถึง)"),
        "reference": BilingualText("อ้างถึง", "References (อ้างถึง)"),
        "enclosures": BilingualText("สิ่งที่ส่งมาด้วย", "Enclosures (สิ่งที่ส่งมาด้วย)"),
        "body": BilingualText("ข้อความ", "Text"),
        "closing": BilingualText("คำลงท้าย", "Closing (คำลงท้าย)"),
        "signer_name": BilingualText("ชื่อผู้ลงนาม", "Name of the signer"),
        "signer_position": BilingualText("ตำแหน่งผู้ลงนาม", "Position of the signer"),
    }
    field_hints: ClassVar = {
        "reference": _ONE_A_LINE,
        "enclosures": _ONE_A_LINE,
        "body": BilingualText("(หนึ่งบรรทัดคือหนึ่งย่อหน้า)", "(each line is a paragraph)"),
    }

    def __init__(
        self, language: str, kind: LetterKind, data: Mapping[str, object] | None = None, **options: object
    ) -> None:
        super().__init__(language, data, **options)
        if KINDS[kind].layout is Layout.STAMPED:
            for name in ("closing", "signer_name", "signer_position"):
                self.fields.pop(name, None)

    @property
    def text(self) -> LetterText:
        """What was typed, of a valid form."""
        return LetterText(**{name: self.cleaned_data.get(name, "") for name in FIELDS})


class LetterForm(LetterTextForm):
    """A draft: the text and who signs."""

    signer_name = _line()
    signer_position = _line()

    @property
    def content(self) -> LetterContent:
        """What was typed, of a valid form."""
        values = self.cleaned_data
        return LetterContent(self.text, values.get("signer_name", ""), values.get("signer_position", ""))


def initial_letter(letter: Letter) -> dict[str, object]:
    """The values of the form for a draft."""
    return {**vars(letter.text), "signer_name": letter.signer_name, "signer_position": letter.signer_position}


class CancelForm(DeskForm):
    """Why an issued letter is cancelled."""

    reason = _line(required=True)
    field_labels: ClassVar = {"reason": BilingualText("เหตุผลที่ยกเลิก", "Reason for cancelling")}


class ScanForm(DeskForm):
    """The scans of signed letters."""

    files = FilesField(required=False)  # type: ignore[assignment]
    field_labels: ClassVar = {"files": BilingualText("ไฟล์สแกน", "Scanned files")}
    field_hints: ClassVar = {"files": FILES_HINT}


class OfficeForm(DeskForm):
    """The letterhead of a centre."""

    code = forms.CharField(max_length=40)
    last_number = forms.IntegerField(required=False, min_value=0, max_value=_MAX_NUMBER)
    name = _line(required=True)
    address = _line()
    section = _line(required=True)
    phone = forms.CharField(required=False, max_length=60)
    email = forms.EmailField(required=False)
    signer_name = _line()
    signer_position = _line()
    uses_thai_digits = forms.BooleanField(required=False)
    files = FilesField(required=False)  # type: ignore[assignment]
    field_labels: ClassVar = {
        "code": BilingualText("ที่ (รหัสหน้าเลขหนังสือ)", "Letter code (ที่)"),
        "last_number": BilingualText("เลขล่าสุดของปีนี้ที่ใช้แล้ว", "Last number in use this year"),
        "name": BilingualText("ส่วนราชการเจ้าของหนังสือ", "Office in the head"),
        "address": BilingualText("ที่ตั้ง", "Address"),
        "section": BilingualText("ส่วนราชการเจ้าของเรื่อง", "Section at the foot"),
        "phone": BilingualText("โทร.", "Telephone"),
        "email": BilingualText("ไปรษณีย์อิเล็กทรอนิกส์", "E-mail"),
        "signer_name": BilingualText("ชื่อผู้ลงนาม", "Name of the signer"),
        "signer_position": BilingualText("ตำแหน่งผู้ลงนาม", "Position of the signer"),
        "uses_thai_digits": BilingualText("พิมพ์ด้วยเลขไทย", "Print Thai digits"),
        "files": BilingualText("ภาพตราครุฑ", "Picture of the garuda emblem"),
    }
    field_hints: ClassVar = {
        "code": BilingualText("(เช่น ขก 0018)", "(for example ขก 0018)"),
        "last_number": BilingualText(
            "(เลขถัดไปคือเลขนี้บวกหนึ่ง ตั้งให้ต่อจากทะเบียนกระดาษได้)",
            "(the next letter gets one more; continue your paper register)",
        ),
        "files": BilingualText(
            "(JPEG หรือ PNG พื้นขาว ถ้าไม่มี ระบบเว้นที่ว่างไว้สำหรับกระดาษตราครุฑ)",
            "(JPEG or PNG on white; without it a clean place is left for paper with the emblem)",
        ),
    }

    def content_with(self, emblem: bytes | None) -> OfficeContent:
        """What was typed, of a valid form, with the checked picture of the emblem."""
        return OfficeContent(
            **{name: value for name, value in self.cleaned_data.items() if name != "files"}, emblem=emblem
        )


def initial_office(office: LetterOffice, last_number: int) -> dict[str, Any]:
    """The values of the form for a letterhead."""
    names = [name for name in OfficeForm.base_fields if name not in ("files", "last_number")]
    return {name: getattr(office, name) for name in names} | {"last_number": last_number}
