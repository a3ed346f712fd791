"""Pages of a scan become a file of a case that exists: an answer that came by post, further evidence."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.cases import reading
from central.cases.errors import NotAllowedError
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case
from central.centres.models import Officer
from central.desk.forms import DeskForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.scan_rows import batch_row
from central.desk.scan_views import find_batch
from central.scan_batches.batches import record_reading
from central.scan_batches.filing import add_part, part_beginning
from protocol.bilingual_text import BilingualText

_UNKNOWN_CASE = BilingualText(
    "ไม่พบเรื่องเลขที่นี้ในศูนย์ที่ท่านดูแล โปรดตรวจเลขอีกครั้ง",
    "No case with this number at your centres. Check the number again",
)
_COMPLAINANT, _OTHER = "complainant", "other"
_SENDERS = {
    _OTHER: BilingualText("หน่วยงานหรือผู้อื่น", "An agency or somebody else"),
    _COMPLAINANT: BilingualText("ผู้ร้อง", "The complainant"),
}


class ScanAddingForm(DeskForm):
    """To which case the pages are added, and what they are."""

    number = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}))
    sender = forms.ChoiceField(widget=forms.RadioSelect, initial=_OTHER)
    note = forms.CharField(
        required=False, max_length=MAX_NOTE_CHARS, widget=forms.Textarea(attrs={"rows": 2, "maxlength": MAX_NOTE_CHARS})
    )

    field_labels: ClassVar[Mapping[str, BilingualText]] = {
        "number": BilingualText("เลขที่เรื่อง", "Case number"),
        "sender": BilingualText("เอกสารนี้มาจาก", "These pages came from"),
        "note": BilingualText("คืออะไร", "What they are"),
    }
    field_hints: ClassVar[Mapping[str, BilingualText]] = {
        "note": BilingualText("(เช่น หนังสือตอบของเทศบาล ไม่บังคับ)", "(for example: answer of the municipality; optional)"),
    }

    def __init__(self, officer: Officer, language: str, data: Mapping[str, object] | None = None) -> None:
        super().__init__(language, data)
        self._officer, self._language = officer, language
        self.set_choices("sender", [(code, name.in_language(language)) for code, name in _SENDERS.items()])

    def clean_number(self) -> Case:
        """The case, if the officer may work on it."""
        case = reading.find_by_typed_number(self._officer, self.cleaned_data["number"])
        if case is None:
            raise forms.ValidationError(_UNKNOWN_CASE.in_language(self._language))
        return case


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def add_scan_to_case(request: HttpRequest, scan_id: int, page_id: int) -> HttpResponse:
    """The form for the part that begins with this page; POST it to add the pages to the case."""
    officer, language = signed_in_officer(request), page_language(request)
    batch, part = find_batch(officer, scan_id), part_beginning(officer, page_id)
    if part is None or part.batch.pk != batch.pk:
        raise Http404
    form, status = ScanAddingForm(officer, language, request.POST if request.method == "POST" else None), 200
    error = ""
    if form.is_valid():
        case = form.cleaned_data["number"]
        is_from_complainant = form.cleaned_data["sender"] == _COMPLAINANT
        try:
            add_part(part, officer, case, is_from_complainant=is_from_complainant, note=form.cleaned_data["note"])
        except NotAllowedError as refusal:
            error, status = refusal.sentence.in_language(language), 409
        else:
            return redirect("desk:scan_batch", batch.pk)
    elif form.is_bound:
        status = 422
    record_reading(officer, batch)
    context = {"batch": batch_row(batch, language), "part": part, "form": form, "error": error}
    return render_page(request, "desk/scan_adding.html", context, status=status)
