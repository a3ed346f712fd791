"""The API of the fleet: enrolments, the centre's keys, heartbeats."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from central.client_address import client_address
from central.fleet import centre_keys, enrolments, heartbeats, release_plans, remote_commands, staff_calls
from central.fleet.authentication import KioskSignatureAuth, signing_enrolment
from central.fleet.models import Enrolment
from central.fleet.notice_offer import offered_channels
from central.keyring import KEY_KINDS, keyring
from central.problems import RequestRefusedError, authenticate_unsigned
from central.public_address import service_url
from central.throttle import LocalThrottle
from protocol import notice_channels, release_request, remote_command, staff_call
from protocol.messages import (
    CentreKeys,
    CommandResult,
    EnrolmentRequest,
    EnrolmentResponse,
    EnrolmentStatus,
    Heartbeat,
    ReleaseRequest,
    RemoteCommands,
)
from protocol.support_bundle import MAX_BUNDLE_BYTES

router = Router()
# A technician must be able to install twenty kiosks at once; a stranger must not fill the list of pending kiosks.
_ENROLMENT_THROTTLE = LocalThrottle("enrolments", limit=60, window_s=3600)


def _own_enrolment(request: HttpRequest, enrolment_id: UUID) -> Enrolment:
    enrolment = signing_enrolment(request)
    if enrolment.id != enrolment_id:
        raise RequestRefusedError(404, "This key has no such enrolment")
    return enrolment


@router.post(
    "/enrolments",
    response={201: EnrolmentResponse},
    auth=authenticate_unsigned,
    summary="Request the enrolment of a kiosk",
)
def create_enrolment(request: HttpRequest, enrolment_request: EnrolmentRequest) -> tuple[int, EnrolmentResponse]:
    if not _ENROLMENT_THROTTLE.count_attempt(client_address(request)):
        raise RequestRefusedError(429, "Too many enrolments from this address", headers={"Retry-After": "3600"})
    try:
        return 201, enrolments.build_response(enrolments.request_enrolment(enrolment_request), service_url(request))
    except enrolments.EnrolmentError as error:
        raise RequestRefusedError(422, "This enrolment cannot be accepted", str(error)) from error


@router.get(
    "/enrolments/{enrolment_id}",
    response=EnrolmentResponse,
    auth=KioskSignatureAuth(allowed_statuses=tuple(EnrolmentStatus)),
    summary="The status of the kiosk's own enrolment",
)
def get_enrolment(request: HttpRequest, enrolment_id: UUID) -> EnrolmentResponse:
    return enrolments.build_response(_own_enrolment(request, enrolment_id), service_url(request))


@router.get(
    "/enrolments/{enrolment_id}/keys",
    response=CentreKeys,
    auth=KioskSignatureAuth(),
    summary="The centre's current keys, signed for this kiosk",
)
def get_centre_keys(request: HttpRequest, enrolment_id: UUID) -> CentreKeys:
    return centre_keys.sign_current_keys(_own_enrolment(request, enrolment_id))


@router.get(
    "/enrolments/{enrolment_id}/commands",
    response=RemoteCommands,
    auth=KioskSignatureAuth(),
    summary="The commands to the kiosk that have no result yet, signed",
)
def get_commands(request: HttpRequest, enrolment_id: UUID) -> RemoteCommands:
    return remote_commands.sign_open_commands(_own_enrolment(request, enrolment_id))


@router.get(
    "/enrolments/{enrolment_id}/release",
    response=ReleaseRequest,
    auth=KioskSignatureAuth(),
    summary="The release that the kiosk should install, signed",
)
def get_release_request(request: HttpRequest, enrolment_id: UUID) -> ReleaseRequest:
    signed = release_plans.sign_request(_own_enrolment(request, enrolment_id))
    if signed is None:
        raise RequestRefusedError(404, "No release is requested of this kiosk")
    return signed


@router.put(
    "/enrolments/{enrolment_id}/commands/{command_id}/bundle",
    response={204: None},
    auth=KioskSignatureAuth(MAX_BUNDLE_BYTES),
    summary="Send the support bundle that a command asked for",
)
def receive_bundle(request: HttpRequest, enrolment_id: UUID, command_id: UUID) -> HttpResponse:
    if not remote_commands.store_bundle(_own_enrolment(request, enrolment_id), command_id, request.body):
        raise RequestRefusedError(404, "This kiosk has no open command for a support bundle")
    return HttpResponse(status=204)


@router.post(
    "/enrolments/{enrolment_id}/commands/{command_id}/result",
    response={204: None},
    auth=KioskSignatureAuth(),
    summary="Report how a command ended",
)
def receive_result(request: HttpRequest, enrolment_id: UUID, command_id: UUID, result: CommandResult) -> HttpResponse:
    if not remote_commands.record_result(_own_enrolment(request, enrolment_id), command_id, result):
        raise RequestRefusedError(404, "This kiosk has no such command")
    return HttpResponse(status=204)


@router.post("/heartbeats", response={204: None}, auth=KioskSignatureAuth(), summary="Report the state of a kiosk")
def receive_heartbeat(request: HttpRequest, reported: Heartbeat) -> HttpResponse:
    enrolment, ring = signing_enrolment(request), keyring()
    if heartbeats.store(enrolment, reported) and reported.centre_keys and len(reported.centre_keys) >= len(KEY_KINDS):
        sealing, receipt = reported.centre_keys[: len(KEY_KINDS)]
        centre_keys.record_known_keys(enrolment, sealing, receipt)
    headers = {"Centre-Keys": " ".join(ring.current_fingerprint(kind) for kind in KEY_KINDS)}
    if command_ids := list(remote_commands.open_commands(enrolment).values_list("pk", flat=True)):
        headers[remote_command.HEADER] = remote_command.format_header(command_ids)
    if mark := release_plans.header_mark(enrolment):
        headers[release_request.HEADER] = mark
    headers[notice_channels.HEADER] = notice_channels.format_header(offered_channels(enrolment))
    response = staff_calls.find_response(enrolment, reported.staff_call)
    if response is not None:
        headers[staff_call.HEADER] = staff_call.format_header(reported.staff_call, response)
    return HttpResponse(status=204, headers=headers)
