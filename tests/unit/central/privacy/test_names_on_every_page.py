"""No page, file or export of the service has the name, the phone or the letter of a complainant, but for whoever has
opened them with a reason; of a withheld name not even then."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from pypdf import PdfReader

from central.agencies.models import Agency
from central.agency_desk.models import ReferralLink
from central.agency_desk.tokens import link_token
from central.cases.models import Case
from central.centres.models import Centre
from central.documents.models import Document, DocumentPage
from central.messages.models import DataRequest
from central.people.roles import MATRIX, Role, Scope
from tests.unit.central.factories import create_officer_with
from tests.unit.central.privacy.erasable_case import CANARY, PHONE, erasable_citizen

SECRETS = (CANARY, PHONE, PHONE[1:], "081-234-5678")
_WITH_REASON = ("person", "data/number", "data/copy/json", "data/copy/pdf", "data/correct")


# All roles with `--slow`: each opens every address, which takes 4 s.
_QUICK = {("withheld", Role.DIRECTOR), ("withheld", Role.AGENCY_OFFICER), ("named", Role.INTAKE)}
_ALL = [(disclosure, role) for disclosure in ("withheld", "named") for role in Role]


def case_with_secrets(centre: Centre, disclosure: str) -> Case:
    """A closed case whose complainant has the canaries, and with a withheld name the letter and the citizen's messages
    too. What officers and agencies wrote has none."""
    case = erasable_citizen(centre, name_disclosure=disclosure).case
    secrets = {"topic_note", "about_note", "location_note", "for_whom_note", "text"}
    Case.objects.filter(pk=case.pk).update(
        **dict.fromkeys(secrets, "ถนนชำรุด"), outcome="แล้ว", handler_name="นายช่าง", newer_content={}
    )
    case.respondents.all().delete()
    case.referrals.update(order_text="โปรดซ่อม", handler_name="นายช่าง")
    covered = ("record_details", "rate", "request_data") if disclosure == "withheld" else ()
    if disclosure == "named":  # whoever may read people reads the letter
        case.pages.update(text="")
        DocumentPage.objects.update(text="", lines=[])
    for event in case.events.exclude(kind__in=covered):
        if hasattr(event, "texts"):
            event.texts.delete()
    case.proposals.update(text="แล้ว", opinion="เห็นควร", content={"outcome": "resolved"})
    case.reads.update(reason="นัดหมาย")
    case.name_requests.update(reason="นัดหมาย")
    return Case.objects.get(pk=case.pk)


def addresses(values: dict[str, str]) -> list[str]:
    """Every address of the service that can be filled with these values."""
    return [address for route in _routes(get_resolver()) if (address := _filled(f"/{route}", values))]


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif "^" not in route:
            yield route


def _filled(route: str, values: dict[str, str]) -> str:
    while "<" in route:
        before, _, rest = route.partition("<")
        inside, _, after = rest.partition(">")
        value = values.get(inside.rpartition(":")[2])
        if value is None:
            return ""
        route = before + value + after
    return route


def readable_text(response: Any) -> str:
    """What a person can read in a page, a PDF, or a Word or Excel file."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "\n".join(package.read(name).decode(errors="replace") for name in package.namelist())
    return content.decode(errors="replace").replace("\u200b", "")


@pytest.mark.parametrize(
    ("disclosure", "role"), [pytest.param(*each, marks=() if each in _QUICK else pytest.mark.slow) for each in _ALL]
)
def test_no_page_has_the_complainant_before_a_reason(khonkaen: Centre, disclosure: str, role: Role) -> None:
    case = case_with_secrets(khonkaen, disclosure)
    agency = Agency.objects.get() if MATRIX[role].scope is Scope.AGENCY else None
    officer = create_officer_with(khonkaen, role, agency=agency)
    officer.memberships.update(tambons=case.area)
    client = Client(raise_request_exception=False)
    client.force_login(officer)
    referral = case.referrals.get()
    token = link_token(ReferralLink.objects.get().nonce)
    values = {
        "number": case.case_number,
        "referral_id": str(referral.pk),
        "proposal_id": str(case.proposals.get().pk),
        "agency_id": str(referral.agency_id),
        "officer_id": str(officer.pk),
        "slug": khonkaen.slug,
        "token": token,
        "decision": "allow",
        "step": "x",
    }
    shown = []
    for address in addresses(values):
        if address.startswith("/desk/logout"):
            continue
        text = readable_text(client.get(address))
        shown += [(address, secret) for secret in SECRETS if secret in text]
        for format_name in ("csv", "pdf", "xlsx", "json", "docx"):
            if "format" in address:
                text = readable_text(client.get(address.replace("x", format_name)))
                shown += [(address, secret) for secret in SECRETS if secret in text]
    if case.is_name_withheld:
        for path in _WITH_REASON:
            text = readable_text(client.post(f"/desk/cases/{case.case_number}/{path}", {"reason": "นัดหมาย"}))
            shown += [(path, secret) for secret in SECRETS if secret in text]
    assert shown == []
    assert (Document.objects.count(), DataRequest.objects.count()) == (2, 1), "there was something to show"
