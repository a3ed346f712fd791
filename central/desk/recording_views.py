"""A voice recording of a case: it is played, and an officer types what is said."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.cases import reading
from central.cases.audio_cleaning import AUDIO
from central.cases.errors import NotAllowedError
from central.cases.models import Attachment
from central.cases.recording_encoding import encoding_sentence
from central.desk.case_access import find_case
from central.desk.document_rows import shown_document
from central.desk.forms import DeskForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.documents.models import MAX_TEXT_CHARS
from central.documents.reading import open_attachment
from central.documents.recordings import encode_again
from central.documents.transcripts import NO_TRANSCRIPT, store_transcript, transcript_version
from central.people.permission import actions_at
from central.people.roles import Action
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText
from thai import dates

_TEXT_BYTES = 200_000  # 20,000 Thai characters, each nine bytes in a form


class TranscriptForm(DeskForm):
    """What is said in a recording. An empty text removes the transcript. `seen` is the version on the page."""

    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())
    transcript = forms.CharField(
        required=False, max_length=MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 14, "autocomplete": "off"})
    )
    field_labels = {"transcript": BilingualText("ข้อความที่พูด", "What is said")}  # noqa: RUF012


@accepts_upload(_TEXT_BYTES)
@require_http_methods(["GET", "POST"])  # not HEAD: opening a file is audited as a reading
@desk_page
def recording(request: HttpRequest, number: str, attachment_id: int) -> HttpResponseBase:
    """The recording beside its transcript; POST a TranscriptForm stores it, POST `again` encodes a recording that was
    given up. Audited as a reading of the file."""
    officer, case, language = signed_in_officer(request), find_case(request, number), page_language(request)
    try:
        opened = open_attachment(officer, case, attachment_id)
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except Attachment.DoesNotExist:
        raise Http404 from None
    file = opened.file
    if not isinstance(file, Attachment) or file.media_type != AUDIO:
        raise Http404
    # Whoever may add a note works on the case; an auditor only listens.
    may_type = Action.ADD_NOTE in actions_at(officer, case.centre, case.area)
    shown = shown_document(opened, 0, language)
    if request.method == "POST" and "again" in request.POST:
        if not may_type:
            raise PermissionDenied
        encode_again(file)
        return redirect("desk:recording", case.case_number, attachment_id)
    version, status, error = transcript_version(opened.document), 200, ""
    form = TranscriptForm(language, initial={"transcript": shown.plain_text, "seen": version})
    if request.method == "POST":
        if not may_type:
            raise PermissionDenied
        form = TranscriptForm(language, request.POST)
        error, status = form.first_error, 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                store_transcript(file, officer, values["transcript"], seen=values["seen"] or NO_TRANSCRIPT)
                return redirect("desk:recording", case.case_number, attachment_id)
            except NotAllowedError as refusal:
                error, status = refusal.sentence.in_language(language), 409
                typed = {"transcript": request.POST["transcript"], "seen": version}
                form = TranscriptForm(language, initial=typed)
    document = opened.document
    context = {
        "number": case.case_number,
        "file": file,
        "encoding": encoding_sentence(file.encoding, language),
        "transcript": shown.plain_text,
        "typed_by": document.typed_by.display_name if document and document.typed_by else "",
        "typed_at": dates.short_datetime(document.finished_at, language) if document and document.finished_at else "",
        "form": form if may_type else None,
        "error": error,
        "is_conflict": status == 409,
    }
    return render_page(request, "desk/recording.html", context, status=status)
