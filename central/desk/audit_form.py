"""The filter of the audit page: a form in the URL."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from django import forms

from central.cases import clock
from central.cases.audit import AuditFilter
from central.cases.event_kinds import EVENT_NAMES
from central.cases.person_search import SEARCH_WAYS
from central.desk import labels
from central.desk.forms import DeskForm
from central.scan_batches.audit import BATCH_READ_NAMES
from protocol import case_number
from protocol.bilingual_text import BilingualText

_DEFAULT_DAYS = 7
_FIRST_DAY, _LAST_DAY = date(2020, 1, 1), date(2200, 1, 1)
_ALL = BilingualText("ทั้งหมด", "All")


class AuditView(StrEnum):
    """The kinds of rows."""

    READS = "reads"
    SEARCHES = "searches"
    CHANGES = "changes"
    SCANS = "scans"


_VIEWS = {
    AuditView.READS: BilingualText("การเปิดดูข้อมูล", "Reads"),
    AuditView.SEARCHES: BilingualText("การค้นเรื่องจากตัวบุคคล", "Searches by person"),
    AuditView.CHANGES: BilingualText("การเปลี่ยนแปลง", "Changes"),
    AuditView.SCANS: BilingualText("ชุดสแกน", "Scans"),
}


_KINDS: Mapping[AuditView, Mapping[Any, BilingualText]] = {
    AuditView.READS: labels.DATA_KIND,
    AuditView.SEARCHES: SEARCH_WAYS,
    AuditView.CHANGES: EVENT_NAMES,
    AuditView.SCANS: BATCH_READ_NAMES,
}


class AuditForm(DeskForm):
    """Days, officer, case and kind. An invalid value filters nothing and is named on the page."""

    view = forms.ChoiceField(required=False)
    since = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    officer = forms.CharField(required=False, max_length=150)
    number = forms.CharField(required=False, max_length=40)
    kind = forms.ChoiceField(required=False)
    field_labels: ClassVar = {
        "view": BilingualText("แสดง", "Show"),
        "since": BilingualText("ตั้งแต่วันที่", "From"),
        "until": BilingualText("ถึงวันที่", "To"),
        "officer": BilingualText("ชื่อผู้ใช้ของเจ้าหน้าที่", "Officer's user name"),
        "number": BilingualText("เลขเรื่อง", "Case number"),
        "kind": BilingualText("รายการ", "What"),
    }

    def __init__(self, language: str, data: Mapping[str, object]) -> None:
        wanted = data.get("view")
        view = next((each for each in AuditView if each.value == wanted), AuditView.READS)
        today = clock.today()
        first = today - timedelta(days=_DEFAULT_DAYS - 1)
        shown = {"view": view.value, "since": first, "until": today}
        super().__init__(language, {**shown, **{name: value for name, value in data.items() if value}})
        self.shown_view = view
        table = _KINDS[view]
        kinds = [(code.value, text.in_language(language)) for code, text in table.items()]
        for name, choices in (
            ("view", [(each.value, text.in_language(language)) for each, text in _VIEWS.items()]),
            ("kind", [("", _ALL.in_language(language)), *kinds]),
        ):
            self.set_choices(name, choices)
        self.is_valid()
        self.first_day = _limited(self.cleaned_data.get("since") or first)
        self.last_day = _limited(self.cleaned_data.get("until") or today)

    def chosen(self) -> dict[str, str]:
        """The values in use, as in the URL."""
        values = {name: str(value) for name, value in self.cleaned_data.items() if value}
        return values | {
            "view": self.shown_view.value,
            "since": self.first_day.isoformat(),
            "until": self.last_day.isoformat(),
        }

    def audit_filter(self) -> AuditFilter:
        """The filter of the query."""
        value = self.cleaned_data.get
        return AuditFilter(
            since=self.first_day,
            until=self.last_day,
            username=value("officer", ""),
            case_number=_canonical(value("number", "")),
            kind=value("kind", ""),
        )


def _limited(day: date) -> date:
    """The day within years that every database can compare."""
    return min(max(day, _FIRST_DAY), _LAST_DAY)


def _canonical(number: str) -> str:
    try:
        return str(case_number.parse(number))
    except case_number.CaseNumberError:
        return number
