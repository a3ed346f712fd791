"""The forms with which an agency answers."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django import forms

from central.agencies.models import Agency
from central.cases.limits import MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_REASON_CHARS
from central.desk.forms import DeskForm
from central.files_field import FILES_HINT, FILES_LABEL, OfficeFilesField
from protocol.bilingual_text import BilingualText

UNKNOWN_AGENCY = "unknown"
_MAX_VERSION_CHARS = 40


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"maxlength": MAX_NOTE_CHARS, "rows": rows})


class PageForm(DeskForm):
    """One of several forms of a page: its fields have ids of their own."""

    name: ClassVar = ""

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: object) -> None:
        super().__init__(language, data, **options)
        self.auto_id = f"{self.name}-%s"


class AnswerForm(PageForm):
    """A step on a referral. `seen` is the version of the answers that the page showed."""

    seen = forms.CharField(max_length=_MAX_VERSION_CHARS, widget=forms.HiddenInput)


class AcceptForm(AnswerForm):
    """Accepts the case."""

    name = "accept"
    handler = forms.CharField(required=False, max_length=MAX_NAME_CHARS)
    field_labels: ClassVar = {"handler": BilingualText("ผู้รับผิดชอบ", "Person in charge")}
    field_hints: ClassVar = {
        "handler": BilingualText("(ผู้ร้องจะเห็นชื่อนี้)", "(the complainant sees this name)"),
    }


class ReportForm(AnswerForm):
    """Reports progress, or the end of the work."""

    name = "report"
    done = forms.TypedChoiceField(
        coerce=lambda code: code == "yes", choices=[("no", ""), ("yes", "")], widget=forms.RadioSelect
    )
    text = forms.CharField(required=False, widget=_text_area(5))
    message = forms.CharField(required=False, widget=_text_area(3))
    files = OfficeFilesField(required=False)  # type: ignore[assignment]
    field_labels: ClassVar = {
        "done": BilingualText("ผลการดำเนินการ", "State of the work"),
        "text": BilingualText("รายงานถึงศูนย์", "Report to the centre"),
        "message": BilingualText("ข้อความถึงผู้ร้อง", "Message to the complainant"),
        "files": FILES_LABEL,
    }
    field_hints: ClassVar = {
        "text": BilingualText("(ผู้ร้องไม่เห็น)", "(the complainant does not see it)"),
        "message": BilingualText(
            "(ถ้ามี ผู้ร้องจะเห็น อย่าใส่ข้อมูลส่วนบุคคล)", "(optional; the complainant sees it: no personal data)"
        ),
        "files": FILES_HINT,
    }

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: object) -> None:
        super().__init__(language, data, **options)
        self.fields["done"].choices = [  # type: ignore[attr-defined]
            ("no", BilingualText("กำลังดำเนินการ", "In progress").in_language(language)),
            ("yes", BilingualText("ดำเนินการแล้วเสร็จ", "Done").in_language(language)),
        ]


class ReturnForm(AnswerForm):
    """Returns the case to the centre."""

    name = "return"
    reason = forms.CharField(required=False, widget=_text_area(3))
    proposed = forms.ChoiceField()
    field_labels: ClassVar = {
        "reason": BilingualText("เหตุผลที่ส่งคืน", "Reason"),
        "proposed": BilingualText("หน่วยงานที่ควรรับเรื่อง", "Agency that should have the case"),
    }

    def __init__(
        self, language: str, data: Mapping[str, object] | None = None, *, agencies: Sequence[Agency], **options: object
    ) -> None:
        super().__init__(language, data, **options)
        first = [
            ("", BilingualText("โปรดเลือก", "Choose").in_language(language)),
            (UNKNOWN_AGENCY, BilingualText("ไม่ทราบ", "Not known").in_language(language)),
        ]
        choices = [*first, *((str(agency.pk), agency.name_in(language)) for agency in agencies)]
        self.fields["proposed"].choices = choices  # type: ignore[attr-defined]
        self._agencies = {str(agency.pk): agency for agency in agencies}

    @property
    def proposed_agency(self) -> Agency | None:
        """The agency that was chosen."""
        return self._agencies.get(self.cleaned_data["proposed"])


class CodeRequestForm(PageForm):
    """Requests a code that opens name and contact."""

    name = "request"
    reason = forms.CharField(
        required=False, max_length=MAX_REASON_CHARS, widget=forms.TextInput(attrs={"required": True})
    )
    field_labels: ClassVar = {"reason": BilingualText("เหตุผลที่ต้องดูข้อมูลส่วนบุคคล", "Reason for viewing personal data")}
    field_hints: ClassVar = {"reason": BilingualText("(บันทึกไว้ทุกครั้ง)", "(recorded each time)")}


class CodeForm(PageForm):
    """Enters a code."""

    name = "enter"
    code = forms.CharField(
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "required": True}),
    )
    field_labels: ClassVar = {
        "code": BilingualText("รหัส 6 หลักจากอีเมลของหน่วยงาน", "The 6 digits from your agency's mail")
    }
