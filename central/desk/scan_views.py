"""Scan batches: files are uploaded, their pages are divided into cases, each case is filed with the form."""

from contextlib import suppress

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.cases.errors import NotAllowedError
from central.centres.models import Officer
from central.desk.filing_centre import filing_centre_of
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.scan_rows import batch_row, file_rows, part_rows
from central.printed_letters import write_pdf
from central.scan_batches import batches
from central.scan_batches.counts import counts_of
from central.scan_batches.dividing import PageChange, change_page
from central.scan_batches.models import ScanBatch, ScanPage
from central.scan_batches.separator import separator_code
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText

_ON_A_PAGE = 25
_NO_FILE = BilingualText("โปรดเลือกไฟล์ที่สแกน", "Choose the scanned files")


@accepts_upload(settings.MAX_UPLOAD_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def scan_list(request: HttpRequest) -> HttpResponse:
    """The batches that are not deleted; POST `files` begins one."""
    officer, error = signed_in_officer(request), ""
    centre = filing_centre_of(officer)
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if files:
            batch = batches.create_batch(officer, centre)
            return _add(request, officer, batch)
        error = _NO_FILE.in_language(page_language(request))
        if _wants_json(request):
            return JsonResponse({"error": error}, status=422)
    language = page_language(request)
    page = Paginator(batches.visible_batches(officer), _ON_A_PAGE).get_page(request.GET.get("page", "1")[:9])
    shown = list(page.object_list)
    counts = counts_of(shown)
    rows = [batch_row(batch, language, counts.get(batch.pk)) for batch in shown]
    context = {"page": page, "rows": rows, "error": error}
    return render_page(request, "desk/scans.html", context, status=422 if error else 200)


@require_safe
@desk_page
def scan_batch(request: HttpRequest, scan_id: int) -> HttpResponse:
    """One batch, divided into cases."""
    officer = signed_in_officer(request)
    return _show(request, officer, find_batch(officer, scan_id))


@accepts_upload(settings.MAX_UPLOAD_BYTES)
@require_POST
@desk_page
def add_scan_files(request: HttpRequest, scan_id: int) -> HttpResponse:
    """POST `files` adds them to the end of a batch."""
    officer = signed_in_officer(request)
    return _add(request, officer, find_batch(officer, scan_id))


@require_http_methods(["GET", "POST"])
@desk_page
def scan_page(request: HttpRequest, scan_id: int, page_id: int) -> HttpResponseBase:
    """The picture of a page; POST `change` (a PageChange) changes it."""
    officer = signed_in_officer(request)
    batch = find_batch(officer, scan_id)
    if request.method != "POST":
        page = _page(batch, page_id)
        if not page.picture:
            raise Http404
        batches.record_reading(officer, batch)
        with page.picture.open("rb") as stored:
            return HttpResponse(stored.read(), content_type="image/jpeg")
    try:
        change_page(batch, page_id, PageChange(request.POST.get("change", "")))
    except ValueError:
        raise Http404 from None
    except NotAllowedError as error:
        return _show(request, officer, batch, [error.sentence.in_language(page_language(request))], status=409)
    return redirect(f"{reverse('desk:scan_batch', args=[scan_id])}#page-{page_id}")


@require_safe
@desk_page
def scan_thumbnail(request: HttpRequest, scan_id: int, page_id: int) -> HttpResponse:
    """The small picture of a page. The browser keeps it for the time of the work."""
    officer = signed_in_officer(request)
    batch = find_batch(officer, scan_id)
    page = _page(batch, page_id)
    if not page.thumbnail:
        raise Http404
    batches.record_reading(officer, batch)
    return HttpResponse(
        bytes(page.thumbnail), content_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"}
    )


@require_POST
@desk_page
def delete_scan_batch(request: HttpRequest, scan_id: int) -> HttpResponse:
    """Delete what is not filed."""
    officer = signed_in_officer(request)
    with suppress(NotAllowedError):  # a colleague has just deleted it
        batches.delete_batch(find_batch(officer, scan_id), officer)
    return redirect("desk:scans")


@require_safe
@desk_page
def separator_sheet(request: HttpRequest) -> HttpResponse:
    """The sheet to print and lay before each letter, as a PDF."""
    filing_centre_of(signed_in_officer(request))
    html = render_to_string("desk/separator_sheet.html", {"code": separator_code()})
    headers = {"Content-Disposition": 'inline; filename="separator-sheet.pdf"'}
    return HttpResponse(write_pdf(html), content_type="application/pdf", headers=headers)


def find_batch(officer: Officer, scan_id: int) -> ScanBatch:
    """A batch that this officer may see. Raises Http404, PermissionDenied."""
    filing_centre_of(officer)
    batch: ScanBatch | None = batches.visible_batches(officer).filter(pk=scan_id).first()
    if batch is None:
        raise Http404
    return batch


def _page(batch: ScanBatch, page_id: int) -> ScanPage:
    page = ScanPage.objects.filter(file__batch=batch, pk=page_id).first()
    if page is None:
        raise Http404
    return page


def _add(request: HttpRequest, officer: Officer, batch: ScanBatch) -> HttpResponse:
    """Add each file by itself: a refused one keeps no other out. A batch that got none is deleted."""
    errors = []
    for upload in request.FILES.getlist("files"):
        try:
            batches.add_file(batch, upload)
        except NotAllowedError as error:
            errors.append(error.sentence.in_language(page_language(request)))
    if batches.delete_if_empty(batch) and not _wants_json(request):
        context = {"rows": [], "error": " · ".join(errors), "page": Paginator([], 1).get_page(1)}
        return render_page(request, "desk/scans.html", context, status=422)
    if _wants_json(request):
        url = reverse("desk:scan_batch", args=[batch.pk]) if batch.pk else ""
        return JsonResponse({"url": url, "error": " · ".join(errors)}, status=422 if errors else 200)
    if errors:
        return _show(request, officer, batch, errors, status=422)
    return redirect("desk:scan_batch", batch.pk)


def _wants_json(request: HttpRequest) -> bool:
    """Whether the page's own script asks, which sends one file after the other."""
    return request.headers.get("Accept") == "application/json"


def _show(
    request: HttpRequest, officer: Officer, batch: ScanBatch, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    language = page_language(request)
    pages = batches.open_batch(officer, batch)
    files = list(batch.files.all())
    context = {
        "batch": batch_row(batch, language),
        "files": file_rows(files, language),
        "parts": part_rows(pages),
        "filed": batch.filed_parts.select_related("case"),
        "is_reading": any(file.state == "reading" for file in files),
        "errors": errors or [],
    }
    return render_page(request, "desk/scan.html", context, status=status)
