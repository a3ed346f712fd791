"""The page of one kiosk: what its last heartbeat said, commands to it, and its support bundles."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from central.client_address import client_address
from central.desk import labels
from central.desk.forms import RemoteCommandForm
from central.desk.kiosk_rows import build_kiosk_row
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.fleet import attention, release_plans, remote_commands
from central.fleet.models import Enrolment, RemoteCommand
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.messages import ReleaseReport
from protocol.remote_command import FAILURES
from protocol.staff_codes import STAFF_CODES
from protocol.support_bundle import SupportBundleError
from thai import dates

_COMMANDS_SHOWN = 30


@require_safe
@desk_page
def kiosk_page(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """One kiosk."""
    return _show_kiosk(request, _kiosk(request, enrolment_id))


@require_POST
@desk_page
def command_kiosk(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Give a command: POST a RemoteCommandForm."""
    kiosk, form = _kiosk(request, enrolment_id), RemoteCommandForm(page_language(request), request.POST)
    if not form.is_valid():
        raise Http404
    try:
        remote_commands.give_command(
            kiosk.id, form.cleaned_data["kind"], signed_in_officer(request), client_address(request)
        )
    except remote_commands.CommandRefusedError as error:
        return _show_kiosk(request, kiosk, error.sentence.in_language(page_language(request)), status=409)
    return redirect("desk:kiosk", kiosk.id)


@require_GET  # not HEAD: opening a bundle is recorded
@desk_page
def support_bundle(request: HttpRequest, enrolment_id: UUID, command_id: UUID) -> HttpResponse:
    """The archive of a support bundle (tar.gz). Opening it is recorded."""
    kiosk = _kiosk(request, enrolment_id)
    command = RemoteCommand.objects.filter(enrolment=kiosk, pk=command_id).exclude(bundle="").first()
    if command is None:
        raise Http404
    try:
        archive = remote_commands.read_bundle(command, signed_in_officer(request), client_address(request))
    except SupportBundleError as error:
        return _show_kiosk(request, kiosk, error.sentence.in_language(page_language(request)), status=409)
    name = f"{kiosk}-{command.issued_at:%Y%m%dT%H%M}.tar.gz"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(archive, content_type="application/gzip", headers=headers)


def _kiosk(request: HttpRequest, enrolment_id: UUID) -> Enrolment:
    """The enrolment, if the officer runs the kiosks of its centre. Raises Http404, PermissionDenied."""
    centres = permitted_centres(signed_in_officer(request), Action.RUN_FLEET)
    if not centres.exists():
        raise PermissionDenied
    kiosk = Enrolment.objects.filter(centre__in=centres, pk=enrolment_id).select_related("state", "centre").first()
    if kiosk is None:
        raise Http404
    return kiosk


def _show_kiosk(request: HttpRequest, kiosk: Enrolment, error: str = "", status: int = 200) -> HttpResponse:
    language, now = page_language(request), timezone.now()
    row = build_kiosk_row(kiosk, attention.attention_reasons(kiosk, now), language)
    commands = kiosk.remote_commands.select_related("given_by")[:_COMMANDS_SHOWN]
    open_kinds = set(remote_commands.open_commands(kiosk).values_list("kind", flat=True))
    release = release_plans.release_report(row.state) if row.state else ReleaseReport()
    context = {
        "row": row,
        "release": release,
        "reason": labels.label(labels.RELEASE_FAILURE, release.reason, language),
        "commands": [_command_row(command, language) for command in commands],
        "choices": [
            {"value": kind.value, "text": text.in_language(language), "is_open": kind.value in open_kinds}
            for kind, text in labels.REMOTE_COMMAND.items()
        ],
        "findings": [_describe_code(code, language) for code in row.state.findings] if row.state else [],
        "versions": sorted(row.state.versions.items()) if row.state else [],
        "error": error,
    }
    return render_page(request, "desk/kiosk.html", context, status=status)


def _describe_code(code: str, language: str) -> dict[str, str]:
    """A staff code and its cause, '' for a code of a newer kiosk."""
    known = STAFF_CODES.get(code)
    return {"code": code, "cause": known.cause.in_language(language).replace("`", "") if known is not None else ""}


def _command_row(command: RemoteCommand, language: str) -> dict[str, Any]:
    outcome, failure = command.command_outcome, FAILURES.get(command.detail)
    return {
        "command": command,
        "name": labels.label(labels.REMOTE_COMMAND, command.kind, language),
        "given_at": dates.short_datetime(command.issued_at, language),
        "ended_at": dates.short_datetime(command.ended_at, language) if command.ended_at else "",
        "detail": failure.in_language(language) if failure is not None else command.detail,
        "outcome": labels.COMMAND_OUTCOME[outcome].in_language(language) if outcome else "",
    }
