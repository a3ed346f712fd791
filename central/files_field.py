"""The field of a form for files: of an agency, of an officer who has them on paper, of the citizen."""

from typing import Any

from django import forms
from django.conf import settings

from central.cases.attachments import ACCEPTED_FROM_OFFICES, ACCEPTED_TYPES, MAX_FILES
from protocol.bilingual_text import BilingualText

# Of officers and agencies.
FILES_LABEL = BilingualText("ภาพถ่าย PDF Word Excel หรือเสียง", "Photos, PDF, Word, Excel or recordings")
_MAX_MB = settings.MAX_UPLOAD_BYTES >> 20
FILES_HINT = BilingualText(
    f"(ไม่เกิน {MAX_FILES} ไฟล์ รวมไม่เกิน {_MAX_MB} MB)", f"(at most {MAX_FILES} files, {_MAX_MB} MB together)"
)
WITH_PLACE = BilingualText("แจ้งสถานที่ถ่ายภาพด้วย", "Add the place where the photos were taken")
WITH_PLACE_HINT = BilingualText(
    "ถ้าเลือก ระบบจะส่งภาพต้นฉบับซึ่งมีตำแหน่งอยู่ และใช้เวลาส่งนานกว่า ถ้าไม่เลือก ระบบจะลบตำแหน่งออกจากภาพก่อนบันทึก",
    "If you tick this, the original photos are sent with their position, which takes longer. Otherwise the position is "
    "removed before a photo is stored.",
)


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, whose content the command checks."""

    widget = FilesInput(attrs={"multiple": True, "accept": ACCEPTED_TYPES})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files that were sent, in their order; an empty field sends none."""
        return [each for each in (data if isinstance(data, list | tuple) else [data]) if each]


class OfficeFilesField(FilesField):
    """Also Word and Excel files and voice recordings: for officers and agencies. Whoever files or answers as a citizen
    has a telephone, and a voice tells who speaks."""

    widget = FilesInput(attrs={"multiple": True, "accept": ACCEPTED_FROM_OFFICES})
