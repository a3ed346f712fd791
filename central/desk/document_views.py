"""Files of a case beside the text that was recognised in them, and the request to read one."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from central.cases import reading
from central.cases.audio_cleaning import AUDIO
from central.cases.commands import Actor, take_over_text
from central.cases.commands.letter_text import may_take_over_text
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import COVERED_FILES
from central.cases.models import Attachment, Case, LetterPage
from central.cases.office_cleaning import EXCEL, WORD
from central.desk.case_access import find_case
from central.desk.document_rows import shown_document
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.documents import commands
from central.documents.page_pictures import PictureUnavailableError, page_picture
from central.documents.reading import OpenedFile, open_attachment, open_letter_page
from central.people.permission import actions_at
from central.people.roles import Action
from central.uploads import accepts_upload
from protocol.choices import MAX_TEXT_CHARS

File = TypeVar("File")
_TEXT_BYTES = 200_000  # 20,000 Thai characters, each nine bytes in a form
_SHOWN_BY_BROWSERS = frozenset({"image/jpeg"})  # what is stored of a photo; of other files a picture is made


@accepts_upload(_TEXT_BYTES)
@require_http_methods(["GET", "POST"])  # not HEAD: opening a file is audited as a reading
@desk_page
def letter_text(request: HttpRequest, number: str, index: int) -> HttpResponseBase:
    """A page of the letter beside its text; POST requests a reading, POST `text` takes it over into the case. Audited
    as a reading of the page."""
    officer, case = signed_in_officer(request), find_case(request, number)
    opened = _opened(lambda: open_letter_page(officer, case, index))
    url = reverse("desk:letter_text", args=[number, index])
    picture_url = reverse("desk:page", args=[number, index])
    return _show_or_request(request, case, opened, url, lambda _page: picture_url)


@accepts_upload(_TEXT_BYTES)
@require_http_methods(["GET", "POST"])
@desk_page
def file_text(request: HttpRequest, number: str, attachment_id: int) -> HttpResponseBase:
    """An attached file beside its text, `?page=` from 1; POST requests a reading. Audited as a reading of the file."""
    officer, case = signed_in_officer(request), find_case(request, number)
    if case.attachments.filter(pk=attachment_id, media_type=AUDIO).exists():
        return redirect("desk:recording", number, attachment_id)
    opened = _opened(lambda: open_attachment(officer, case, attachment_id))
    url = reverse("desk:file_text", args=[number, attachment_id])

    def picture_url(page: int) -> str:
        if opened.file.media_type in _SHOWN_BY_BROWSERS:
            return reverse("desk:case_file", args=[number, attachment_id])
        if opened.file.media_type in (WORD, EXCEL):
            return ""
        return reverse("desk:file_page", args=[number, attachment_id, page])

    return _show_or_request(request, case, opened, url, picture_url)


@require_GET
@desk_page
def file_page_image(request: HttpRequest, number: str, attachment_id: int, index: int) -> HttpResponseBase:
    """The picture of a page (`index` from 0) of an attached PDF or TIFF file. Audited as a reading of the file."""
    officer, case = signed_in_officer(request), find_case(request, number)
    attachment = _opened(lambda: reading.open_attachment(officer, case, attachment_id))
    try:
        return HttpResponse(page_picture(attachment, index), content_type="image/jpeg")
    except PictureUnavailableError:
        raise Http404 from None


def _opened(open_file: Callable[[], File]) -> File:
    try:
        return open_file()
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except (LetterPage.DoesNotExist, Attachment.DoesNotExist):
        raise Http404 from None


def _show_or_request(
    request: HttpRequest, case: Case, opened: OpenedFile, url: str, picture_url: Callable[[int], str]
) -> HttpResponseBase:
    # Whoever may add a note works on the case; an auditor only reads.
    may_request = Action.ADD_NOTE in actions_at(signed_in_officer(request), case.centre, case.area)
    officer = signed_in_officer(request)
    is_page = isinstance(opened.file, LetterPage)
    is_letter = isinstance(opened.file, LetterPage) or opened.file.event.kind in COVERED_FILES
    may_take_over = (
        is_letter and may_take_over_text(case) and Action.TAKE_OVER_TEXT in actions_at(officer, case.centre, case.area)
    )
    error = ""
    if request.method == "POST" and "text" in request.POST:
        if not may_take_over:
            raise PermissionDenied
        try:
            take_over_text(case, Actor.of(officer), seen_revision=None, text=request.POST["text"])
            return redirect("desk:case", case.case_number)
        except NotAllowedError as refusal:
            error = refusal.sentence.in_language(page_language(request))
    elif request.method == "POST":
        if not may_request:
            raise PermissionDenied
        if isinstance(opened.file, LetterPage):
            commands.read_letter_page(opened.file)
        else:
            commands.read_attachment(opened.file)
        return redirect(url)
    page_text = request.GET.get("page", "1")
    index = int(page_text) - 1 if page_text.isascii() and page_text.isdigit() and len(page_text) < 4 else -1
    try:
        shown = shown_document(opened, index, page_language(request))
    except IndexError:
        raise Http404 from None
    context = {
        "number": case.case_number,
        "document": shown,
        "url": url,
        "picture_url": picture_url(index),  # '' for a Word or Excel file, which is its own text
        "file_url": reverse("desk:case_file", args=[case.case_number, opened.file.pk]) if not is_page else "",
        "page_number": opened.file.index + 1 if isinstance(opened.file, LetterPage) else 0,
        "may_request": may_request and shown.is_reading_useful,
        "may_take_over": may_take_over,
        "text": request.POST.get("text", shown.plain_text),
        "max_chars": MAX_TEXT_CHARS,
        "error": error,
    }
    return render_page(request, "desk/document.html", context, status=422 if error else 200)
