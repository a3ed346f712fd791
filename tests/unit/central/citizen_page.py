"""The citizen's side of the tests: a case with its tracking code, and the forms of the tracking page."""

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from central.cases.models import Case
from central.centres.models import Centre
from central.identity_crypto import tracking_hash
from protocol import tracking_code
from tests.unit.central.factories import create_case
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text


class Citizen:
    """Somebody with the tracking code of a case."""

    def __init__(self, centre: Centre, **fields: Any) -> None:
        self.code = tracking_code.generate()
        self.case = create_case(centre, tracking_hash=tracking_hash(self.code), **fields)

    def reload(self) -> Case:
        """The case as it is now."""
        self.case = Case.objects.select_related("centre").get(pk=self.case.pk)
        return self.case

    def page(self, **fields: str) -> str:
        """The tracking page."""
        return page_text(Client().post("/t", {"code": self.code, **fields}))

    def form(self, action: str, **fields: Any) -> ClientResponse:
        """The empty form of an action."""
        response: ClientResponse = Client().post(f"/t/{action}", {"code": self.code, "language": "en", **fields})
        return response

    def send(self, action: str, **fields: Any) -> ClientResponse:
        """The filled form of an action, in English, with a token of its own unless it is given."""
        data = {"code": self.code, "language": "en", "token": str(uuid4()), **fields}
        response: ClientResponse = Client().post(f"/t/{action}", data)
        return response


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)
