"""The filters beside the results of a search: those of the list of cases that narrow it, and the days of arrival."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import ClassVar

from django import forms

from central.cases.case_filter import CaseFilter
from central.cases.scopes import Scope
from central.centres.models import Officer
from central.desk.list_form import CaseListForm
from protocol.bilingual_text import BilingualText

_ALL = BilingualText("ทั้งหมด", "All")
_OPEN = BilingualText("ยังไม่ยุติ", "Open")
_EVERY_STATUS = BilingualText("ทุกสถานะ", "Every status")


class SearchForm(CaseListForm):
    """The filter of the URL's query. Without a status it has every case, open and closed."""

    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    field_labels: ClassVar = {
        **CaseListForm.field_labels,
        "place": BilingualText("พื้นที่", "Place"),
        "centre": BilingualText("ศูนย์", "Centre"),
        "since": BilingualText("รับตั้งแต่วันที่", "Arrived from"),
        "until": BilingualText("ถึงวันที่", "until"),
    }
    SHOWN = ("topic", "place", "status", "agency", "channel", "centre", "since", "until")

    def __init__(self, language: str, data: Mapping[str, object] | None, officer: Officer, scope: Scope) -> None:
        super().__init__(language, data, officer, scope)
        every_status, is_open = ("", _EVERY_STATUS.in_language(language)), ("open", _OPEN.in_language(language))
        self.set_choices("status", [every_status, is_open, *self._choices("status", without=("", "all"))])
        for name in ("topic", "channel", "centre"):
            self.set_choices(name, [("", _ALL.in_language(language)), *self._choices(name, without=("",))])
        for name in set(self.fields) - set(self.SHOWN):
            del self.fields[name]
        self.full_clean()

    def _choices(self, name: str, *, without: Collection[str]) -> list[tuple[str, str]]:
        field = self[name].field
        return [
            (code, text)
            for code, text in (list(field.choices) if isinstance(field, forms.ChoiceField) else ())  # type: ignore[arg-type]
            if code not in without
        ]

    def case_filter(self) -> CaseFilter:
        """The filter of the query."""
        wanted, status = super().case_filter(), self.cleaned_data.get("status", "")
        return replace(
            wanted,
            status={"": "all", "open": ""}.get(status, status),
            since=self.cleaned_data.get("since"),
            until=self.cleaned_data.get("until"),
        )
