"""The investigation file of a case: open only to its investigators. A superior opens it and names them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.cases.attachments import EXTENSIONS, prepare_files
from central.cases.errors import NotAllowedError
from central.cases.models import Attachment, Case
from central.centres.models import Officer
from central.desk import investigation_forms as forms
from central.desk.case_access import find_case
from central.desk.forms import DeskForm
from central.desk.investigation_rows import shown_file, shown_investigators, shown_own_files
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.investigation import access, commands, recordings
from central.investigation.models import Evidence, Investigation
from central.investigation.report import build_report, report_pdf, report_word
from central.people.permission import actions_anywhere
from central.people.roles import Action
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText

_FORM_BYTES = 400_000  # a text of 20,000 Thai characters, each nine bytes in a form, and the lines
_ONE_FILE = BilingualText("แนบได้ครั้งละหนึ่งไฟล์", "Attach one file at a time")


def _add_task(officer: Officer, investigation: Investigation, form: forms.TaskForm) -> None:
    values = form.cleaned_data
    (owner,) = form.officers("owner")
    commands.add_task(officer, investigation, text=values["text"], owner=owner, due=values["due"])


def _add_evidence(officer: Officer, investigation: Investigation, form: forms.EvidenceForm) -> None:
    values = dict(form.cleaned_data)
    uploads = values.pop("attached")
    if len(uploads) > 1:
        raise NotAllowedError(_ONE_FILE)
    cleaned = prepare_files(uploads, from_offices=True)
    commands.add_evidence(officer, investigation, **values, file=cleaned[0] if cleaned else None)


@dataclass(frozen=True)
class _Section:
    """A kind of record: its form, and the command that adds one."""

    form: type[DeskForm]
    add: Callable[[Officer, Investigation, Any], object]


_SECTIONS: Mapping[str, _Section] = {
    "tasks": _Section(forms.TaskForm, _add_task),
    "statements": _Section(
        forms.StatementForm, lambda officer, file, form: commands.add_statement(officer, file, **form.cleaned_data)
    ),
    "evidence": _Section(forms.EvidenceForm, _add_evidence),
    "visits": _Section(
        forms.VisitForm, lambda officer, file, form: commands.add_visit(officer, file, **form.cleaned_data)
    ),
    "mediations": _Section(
        forms.MediationForm, lambda officer, file, form: commands.add_mediation(officer, file, **form.cleaned_data)
    ),
    "opinion": _Section(
        forms.OpinionForm, lambda officer, file, form: commands.close_file(officer, file, form.cleaned_data["opinion"])
    ),
}


@require_safe
@desk_page
def investigations(request: HttpRequest) -> HttpResponse:
    """The files and open tasks of the officer."""
    officer, language = signed_in_officer(request), page_language(request)
    if Action.INVESTIGATE not in actions_anywhere(officer):
        raise PermissionDenied
    return render_page(request, "desk/investigations.html", shown_own_files(officer, language))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def investigation(request: HttpRequest, number: str) -> HttpResponse:
    """The file of a case. POST an OpenFileForm opens it. Who orders it and is no investigator sees who they are."""
    case, officer = find_case(request, number), signed_in_officer(request)
    file = Investigation.objects.filter(case=case).first()
    if request.method == "POST":
        return _open_file(request, case)
    if file is not None and access.is_investigator(officer, file):
        return _show_file(request, case)
    if not access.may_open_file(officer, case):
        raise PermissionDenied
    if file is not None:
        return _show_investigators(request, case, file)
    return _show_opening(request, case, _opening_form(request, case))


@accepts_upload(settings.MAX_UPLOAD_BYTES + _FORM_BYTES)
@require_POST
@desk_page
def add_record(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """Add a record: POST the form of the section."""
    if section not in _SECTIONS:
        raise Http404
    case, file = _own_file(request, number)
    rules, language = _SECTIONS[section], page_language(request)
    options: dict[str, Any] = {"officers": _named(file)} if section == "tasks" else {}
    form = rules.form(language, request.POST, files=request.FILES, **options)
    return _carry_out(request, case, section, form, lambda: rules.add(signed_in_officer(request), file, form))


@require_POST
@desk_page
def finish_task(request: HttpRequest, number: str, task_id: int) -> HttpResponse:
    """Note that a task is done: POST a TaskResultForm."""
    case, file = _own_file(request, number)
    form = forms.TaskResultForm(page_language(request), request.POST)
    officer = signed_in_officer(request)
    return _carry_out(
        request, case, "tasks", form, lambda: commands.finish_task(officer, file, task_id, form.cleaned_data["result"])
    )


@require_POST
@desk_page
def hand_over(request: HttpRequest, number: str, evidence_id: int) -> HttpResponse:
    """Note that a piece of evidence was given to somebody: POST a CustodyForm."""
    case, file = _own_file(request, number)
    if not file.evidences.filter(pk=evidence_id).exists():
        raise Http404
    form = forms.CustodyForm(page_language(request), request.POST)
    officer = signed_in_officer(request)
    return _carry_out(
        request,
        case,
        "evidence",
        form,
        lambda: commands.hand_over(officer, file, evidence_id, **form.cleaned_data),
    )


@require_POST
@desk_page
def change_investigators(request: HttpRequest, number: str, change: str) -> HttpResponse:
    """Name or remove an investigator; `change` is add or remove: POST an InvestigatorForm."""
    case, officer = find_case(request, number), signed_in_officer(request)
    file = Investigation.objects.filter(case=case).select_related("case").first()
    if file is None or change not in ("add", "remove"):
        raise Http404
    if not access.may_open_file(officer, case):
        raise PermissionDenied
    choices = access.possible_investigators(case) if change == "add" else _named(file)
    form = forms.InvestigatorForm(page_language(request), request.POST, officers=choices)
    command = commands.name_investigator if change == "add" else commands.remove_investigator
    return _carry_out(request, case, "people", form, lambda: command(officer, file, form.officers("officer")[0]))


@require_safe
@desk_page
def evidence_file(request: HttpRequest, number: str, evidence_id: int) -> HttpResponseBase:
    """The file of a piece of evidence."""
    _, file = _own_file(request, number)
    evidence = Evidence.objects.filter(investigation=file, pk=evidence_id).exclude(file="").first()
    if evidence is None:
        raise Http404
    if evidence.encoding == Attachment.WAITING:
        raise Http404
    # A recording that could not be encoded is foreign bytes.
    media_type = "application/octet-stream" if evidence.encoding else evidence.media_type
    ending = "original" if evidence.encoding else EXTENSIONS[evidence.media_type]
    return FileResponse(
        evidence.file.open("rb"),
        as_attachment=media_type != "image/jpeg",
        filename=f"{number}-{evidence.number}.{ending}",
        content_type=media_type,
    )


@require_POST
@desk_page
def encode_evidence_again(request: HttpRequest, number: str, evidence_id: int) -> HttpResponse:
    """Encode a recording again that was given up. The form has no fields."""
    case, file = _own_file(request, number)
    evidence = file.evidences.filter(pk=evidence_id).first()
    if evidence is None:
        raise Http404
    recordings.encode_evidence_again(evidence)
    target = redirect("desk:investigation", case.case_number)
    target["Location"] += "#evidence"
    return target


@require_safe
@desk_page
def investigation_report(request: HttpRequest, number: str, format_name: str) -> HttpResponse:
    """The fact-finding report, `format_name` pdf or docx."""
    _, file = _own_file(request, number)
    if format_name not in ("pdf", "docx"):
        raise Http404
    report = build_report(file)
    content = report_pdf(report) if format_name == "pdf" else report_word(report)
    media_type = "application/pdf"
    if format_name == "docx":
        media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    response = HttpResponse(content, content_type=media_type)
    disposition = "inline" if format_name == "pdf" else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="investigation-{number}.{format_name}"'
    response["Cache-Control"] = "no-store"
    return response


def _own_file(request: HttpRequest, number: str) -> tuple[Case, Investigation]:
    """The file, read with an audit row. Raises Http404, PermissionDenied."""
    case = find_case(request, number)
    try:
        return case, access.open_investigation(signed_in_officer(request), case)
    except Investigation.DoesNotExist:
        raise Http404 from None
    except access.NotAnInvestigatorError:
        raise PermissionDenied from None


def _named(file: Investigation) -> list[Officer]:
    return [each.officer for each in file.investigators.filter(removed_at=None).select_related("officer")]


def _carry_out(
    request: HttpRequest, case: Case, section: str, form: DeskForm, command: Callable[[], object]
) -> HttpResponse:
    """Run the command of a valid form; otherwise show the page again with what was typed."""
    error, status = "", 302
    if not form.is_valid():
        error, status = form.first_error, 422
    else:
        try:
            command()
        except NotAllowedError as refusal:
            error, status = refusal.sentence.in_language(page_language(request)), 409
    if not error:
        target = redirect("desk:investigation", case.case_number)
        target["Location"] += f"#{section}"
        return target
    file = Investigation.objects.filter(case=case).first()
    if file is not None and access.is_investigator(signed_in_officer(request), file):
        return _show_file(request, case, section=section, form=form, error=error, status=status)
    if file is None:
        raise Http404
    return _show_investigators(request, case, file, error=error, status=status)


def _opening_form(request: HttpRequest, case: Case) -> forms.OpenFileForm:
    data = request.POST if request.method == "POST" else None
    return forms.OpenFileForm(page_language(request), data, officers=access.possible_investigators(case))


def _open_file(request: HttpRequest, case: Case) -> HttpResponse:
    officer = signed_in_officer(request)
    if not access.may_open_file(officer, case):
        raise PermissionDenied
    form = _opening_form(request, case)
    if not form.is_valid():
        return _show_opening(request, case, form, error=form.first_error, status=422)
    lead = form.officers("lead")
    investigators = [*lead, *(each for each in form.officers("others") if each not in lead)]
    try:
        commands.open_file(officer, case, question=form.cleaned_data["question"], investigators=investigators)
    except NotAllowedError as error:
        sentence = error.sentence.in_language(page_language(request))
        return _show_opening(request, case, form, error=sentence, status=409)
    return redirect("desk:investigation", case.case_number)


def _show_opening(
    request: HttpRequest, case: Case, form: forms.OpenFileForm, error: str = "", status: int = 200
) -> HttpResponse:
    context = {"case": case, "opening_form": form, "error": error}
    return render_page(request, "desk/investigation.html", context, status=status)


def _show_investigators(
    request: HttpRequest, case: Case, file: Investigation, error: str = "", status: int = 200
) -> HttpResponse:
    context = {"case": case, "error": error, **_people(request, case, file)}
    return render_page(request, "desk/investigation.html", context, status=status)


def _people(request: HttpRequest, case: Case, file: Investigation) -> dict[str, Any]:
    language, officer = page_language(request), signed_in_officer(request)
    named = _named(file)
    others = [each for each in access.possible_investigators(case) if each not in named]
    return {
        "people": shown_investigators(file, language),
        "may_name": access.may_open_file(officer, case) and file.closed_at is None,
        "investigator_form": forms.InvestigatorForm(language, officers=others),
    }


def _show_file(
    request: HttpRequest,
    case: Case,
    *,
    section: str = "",
    form: DeskForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    file = access.open_investigation(officer, case)
    options: dict[str, dict[str, Any]] = {"tasks": {"officers": _named(file)}}
    new_forms = {name: rules.form(language, **options.get(name, {})) for name, rules in _SECTIONS.items()}
    if form is not None and section in new_forms and isinstance(form, _SECTIONS[section].form):
        new_forms[section] = form
    context = {
        "case": case,
        "file": shown_file(file, language),
        "forms": new_forms,
        "result_form": forms.TaskResultForm(language),
        "custody_form": forms.CustodyForm(language),
        "open_section": section,
        "error": error,
        **_people(request, case, file),
    }
    response = render_page(request, "desk/investigation.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
