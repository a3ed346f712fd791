"""The forms of the citizen on the tracking page. Lengths of texts are checked by the commands: the page then shows the
reason beside the text as it was typed, where `maxlength` would cut a pasted text without a word."""

from typing import ClassVar

from django import forms
from django.conf import settings

from central.bilingual_forms import BilingualForm
from central.cases.attachments import MAX_FILES
from central.cases.limits import MAX_NOTE_CHARS
from central.files_field import FilesField
from protocol.bilingual_text import BilingualText

_MAX_MB = settings.MAX_UPLOAD_BYTES >> 20


class CitizenForm(BilingualForm):
    """A form with the token that makes it count once (central/messages/sent_forms.py)."""

    token = forms.UUIDField(widget=forms.HiddenInput)


class DetailsForm(CitizenForm):
    """Answers a question, or adds details and files."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 6}))
    files = FilesField(required=False)  # type: ignore[assignment]
    with_place = forms.BooleanField(required=False)
    field_labels: ClassVar = {
        "text": BilingualText("รายละเอียด", "Details"),
        "files": BilingualText("ภาพถ่ายหรือ PDF", "Photos or a PDF"),
        "with_place": BilingualText("แจ้งสถานที่ถ่ายภาพด้วย", "Add the place where the photos were taken"),
    }
    field_hints: ClassVar = {
        "text": BilingualText(
            f"ไม่เกิน {MAX_NOTE_CHARS:,} ตัวอักษร เฉพาะเจ้าหน้าที่ของศูนย์ที่มีสิทธิ์เท่านั้นที่อ่านได้",
            f"Up to {MAX_NOTE_CHARS:,} characters. Only entitled officers of the centre read it.",
        ),
        "files": BilingualText(
            f"ภาพถ่ายไม่เกิน {MAX_FILES} ภาพ หรือ PDF 1 ไฟล์ รวมไม่เกิน {_MAX_MB} MB",
            f"Up to {MAX_FILES} photos, or one PDF; {_MAX_MB} MB together",
        ),
        "with_place": BilingualText(
            "ถ้าไม่เลือก ระบบจะลบตำแหน่งออกจากภาพก่อนบันทึก", "Otherwise the position is removed before a photo is stored."
        ),
    }
