"""The sources of the listening: a list, and one source with its address, its secret and its files."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.csv_files import MAX_FILE_BYTES, CsvFileError
from central.desk.listening_forms import SOURCE_KINDS, SourceForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.listening import commands
from central.listening.models import ListeningSource
from central.listening.storing import POSTS_KEPT
from central.people.permission import memberships_allowing, permitted_centres
from central.people.roles import Action, Scope
from central.public_address import absolute_url
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText
from thai import dates

_MAX_ID = 2**31 - 1
_FORM_BYTES = 20_000
_NAMED_LINES = 10
_NO_FILE = BilingualText("โปรดเลือกไฟล์", "Choose a file")
_FAILURES = {
    "address": BilingualText("ที่อยู่ไม่ถูกต้อง", "The address is not right"),
    "redirects": BilingualText("ถูกส่งต่อไปที่อื่นหลายครั้งเกินไป", "It redirects too often"),
    "refused": BilingualText("เซิร์ฟเวอร์ไม่ส่งฟีดให้", "The server refuses the feed"),
    "too_large": BilingualText("ฟีดใหญ่เกิน 2 MB", "The feed is larger than 2 MB"),
    "too_slow": BilingualText("เซิร์ฟเวอร์ตอบช้าเกินไป", "The server is too slow"),
    "not_public": BilingualText(
        "ที่อยู่นี้อยู่ในเครือข่ายภายใน จึงไม่ดึง", "The address is in an internal network, so it is not fetched"
    ),
    "not_reached": BilingualText("ติดต่อเซิร์ฟเวอร์ไม่ได้", "The server cannot be reached"),
    "no_feed": BilingualText("ไม่พบรายการในฟีด หรือไม่ใช่ฟีด", "There are no entries, or it is no feed"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def source_list(request: HttpRequest) -> HttpResponse:
    """The sources of the officer's centres. POST a SourceForm to add one."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = _own_centres(officer)
    if not centres:
        raise PermissionDenied
    form, error = SourceForm(language, centres), ""
    if request.method == "POST":
        form = SourceForm(language, centres, request.POST)
        error = form.first_error
        try:
            if form.is_valid():
                source = commands.save_source(officer, centres[form.cleaned_data["centre"]], form.details)
                return redirect("desk:listening_source", source.pk)
        except NotAllowedError as refusal:
            error = refusal.sentence.in_language(language)
    rows = [_row(source, language) for source in _sources(officer)]
    context = {"rows": rows, "form": form, "error": error}
    return render_page(request, "desk/listening_sources.html", context, status=409 if error else 200)


@accepts_upload(MAX_FILE_BYTES + _FORM_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def source_page(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source. POST `step`: 'save' (name, url), 'stop', 'start', 'secret', 'upload' with `file`, 'delete'. Raises
    Http404."""
    officer, language = signed_in_officer(request), page_language(request)
    source = _sources(officer).filter(pk=min(source_id, _MAX_ID)).first()
    if source is None:
        raise Http404
    if request.method != "POST":
        return _show(request, source)
    step = request.POST.get("step", "")
    try:
        if step == "secret" and source.kind == ListeningSource.Kind.WEBHOOK.value:
            return _show(request, source, secret=commands.new_secret(officer, source))
        if step == "upload" and source.kind == ListeningSource.Kind.FILE.value:
            file = request.FILES.get("file")
            if file is None:
                return _show(request, source, error=_NO_FILE.in_language(language))
            return _show(request, source, uploaded=commands.upload_posts(officer, source, file.read()))
        if step == "delete":
            commands.delete_source(officer, source)
            return redirect("desk:listening_sources")
        if step not in ("save", "start", "stop"):
            raise Http404
        commands.save_source(officer, source.centre, _changed(request, source, step), source)
    except (NotAllowedError, CsvFileError) as refusal:
        return _show(request, source, error=refusal.sentence.in_language(language))
    return redirect("desk:listening_source", source.pk)


def _changed(request: HttpRequest, source: ListeningSource, step: str) -> commands.SourceDetails:
    if step == "save":
        return commands.SourceDetails(
            source.kind, request.POST.get("name", ""), request.POST.get("url", ""), source.is_active
        )
    return commands.SourceDetails(source.kind, source.name, source.url, is_active=step == "start")


def _show(
    request: HttpRequest,
    source: ListeningSource,
    error: str = "",
    secret: str = "",
    uploaded: commands.UploadedPosts | None = None,
) -> HttpResponse:
    language = page_language(request)
    context: dict[str, Any] = {
        "source": source,
        "row": _row(source, language),
        "error": error,
        "secret": secret,
        "uploaded": [sentence.in_language(language) for sentence in _sentences(uploaded)] if uploaded else [],
        "waiting": f"{waiting:,}" if (waiting := commands.count_unclassified(source)) else "",
        "name": request.POST.get("name", source.name) if error else source.name,
        "url": request.POST.get("url", source.url) if error else source.url,
        "address": absolute_url(request, f"/api/v1/listening/{source.token}")
        if source.kind == ListeningSource.Kind.WEBHOOK.value
        else "",
    }
    response = render_page(request, "desk/listening_source.html", context, status=409 if error else 200)
    response["Cache-Control"] = "no-store"
    return response


def _sentences(uploaded: commands.UploadedPosts) -> Iterator[BilingualText]:
    """What became of an uploaded file, one sentence for each kind of row."""
    stored = uploaded.stored
    yield BilingualText(f"เก็บข้อความใหม่ {stored.new:,} ข้อความ", f"New posts stored: {stored.new:,}")
    if stored.known:
        yield BilingualText(f"มีอยู่แล้ว {stored.known:,} ข้อความ", f"There already: {stored.known:,}")
    if stored.old:
        days = POSTS_KEPT.days
        yield BilingualText(
            f"ไม่เก็บ เพราะเก่ากว่า {days} วัน {stored.old:,} ข้อความ", f"Not stored, older than {days} days: {stored.old:,}"
        )
    if stored.empty:
        yield BilingualText(f"ไม่มีข้อความ {stored.empty:,} แถว", f"Rows without a text: {stored.empty:,}")
    if uploaded.bad_lines:
        count, more = len(uploaded.bad_lines), len(uploaded.bad_lines) - _NAMED_LINES
        named = ", ".join(f"{line:,}" for line in uploaded.bad_lines[:_NAMED_LINES])
        lines = BilingualText(
            f"{named} และอีก {more:,} แถว" if more > 0 else named, f"{named} and {more:,} more" if more > 0 else named
        )
        yield BilingualText(
            f"ไม่เก็บ {count:,} แถวที่อ่านวันที่ไม่ได้ (แถวที่ {lines.th}) "
            "โปรดแก้วันที่เป็น 2026-11-30 หรือ 30/11/2569 แล้วนำเข้าไฟล์เดิมอีกครั้ง ข้อความที่เก็บแล้วจะไม่ซ้ำ",
            f"{count:,} rows were not stored because their date cannot be read (row {lines.en}). "
            "Write dates as 2026-11-30 or 30/11/2569 and upload the file again: nothing is stored twice.",
        )


def _row(source: ListeningSource, language: str) -> dict[str, Any]:
    failure = _FAILURES.get(source.failure)
    return {
        "pk": source.pk,
        "name": source.name,
        "kind": SOURCE_KINDS[ListeningSource.Kind(source.kind)].in_language(language),
        "kind_code": source.kind,
        "centre": source.centre.name_in(language),
        "is_active": source.is_active,
        "checked": dates.short_datetime(source.checked_at, language) if source.checked_at else "",
        "failure": failure.in_language(language) if failure else "",
        "changed_by": source.changed_by.display_name,
    }


def _sources(officer: Officer) -> Any:
    centres = permitted_centres(officer, Action.MANAGE_LISTENING)
    return ListeningSource.objects.filter(centre__in=centres).select_related("centre", "changed_by")


def _own_centres(officer: Officer) -> dict[str, Centre]:
    memberships = memberships_allowing(officer, Action.MANAGE_LISTENING, Scope.CENTRE).select_related("centre")
    return {row.centre.slug: row.centre for row in memberships}
