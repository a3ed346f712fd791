"""Posts a step of a case as the form of its page does."""

from typing import Any

from django.test import Client

from central.cases.models import Case
from tests.unit.central.kiosk_client import ClientResponse


def post_step(client: Client, number: str, step: str, *, seen: int | None = None, **fields: Any) -> ClientResponse:
    """POST the form. `seen` None: the page shows the case as it is now."""
    if seen is None:
        seen = Case.objects.get(case_number=number).revision
    response: ClientResponse = client.post(f"/desk/cases/{number}/step", {"step": step, "seen": seen, **fields})
    return response
