"""The simulated kiosk in the tests of the central service: over Django's test client, with shortcuts through the
database."""

from typing import TYPE_CHECKING

from django.test import Client

from central.centres.models import Centre, Officer
from central.fleet import enrolments
from central.fleet.models import Enrolment
from simulators.kiosk import SignedRequest, SimulatedKiosk

if TYPE_CHECKING:  # the type of the test client's response exists only in Django's stubs
    from django.test.client import _MonkeyPatchedWSGIResponse
else:
    _MonkeyPatchedWSGIResponse = object
ClientResponse = _MonkeyPatchedWSGIResponse


class DjangoTransport:
    """Requests of one kiosk to the service in this process, from `remote_address`."""

    url = "http://testserver"

    def __init__(self) -> None:
        self.client = Client()
        self.remote_address = "127.0.0.1"

    def send(self, request: SignedRequest) -> ClientResponse:
        return self.client.generic(
            request.method,
            request.path,
            request.body,
            content_type=request.headers.get("Content-Type", "application/octet-stream"),
            headers=request.headers,
            REMOTE_ADDR=self.remote_address,
        )


class KioskClient(SimulatedKiosk[ClientResponse]):
    """A simulated kiosk whose enrolment the tests decide without a desk."""

    transport: DjangoTransport

    def __init__(self, kiosk_id: str) -> None:
        super().__init__(kiosk_id, DjangoTransport())

    def enrol(self, address: str = "127.0.0.1") -> ClientResponse:
        self.transport.remote_address = address
        return self.request_enrolment()

    def enrolment(self) -> Enrolment:
        return Enrolment.objects.get(fingerprint=self.key_id)

    def approved_by(self, officer: Officer, centre: Centre) -> None:
        enrolments.approve(self.enrolment_response.enrolment_id, officer, centre)
        self.fetch_enrolment()
