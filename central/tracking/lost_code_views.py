"""A new tracking code for a citizen who has lost it: by a one-time code to the phone that was given with the case.

Four forms on one address, each a POST: the number; the code from the SMS; which case; the new code. As on the pages of
a case no cookie is involved, so there is no CSRF token, and nothing is in a URL. A form of another site is refused: it
would send SMS through its visitors. What is sent twice shows its result again."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from central.cases.commands import Actor
from central.cases.errors import NotAllowedError
from central.cases.identification import IdentifiedBy
from central.cases.models import Case
from central.client_address import client_address
from central.form_origin import refuse_other_sites
from central.messages.renewed_codes import propose_code, proposed_code, renew_code, repeated_code
from central.notices.phone_codes import (
    PhoneCodeError,
    enter_phone_code,
    is_offered,
    proven_cases,
    request_phone_code,
)
from central.tracking.citizen_actions import KEEP_FIRST
from central.tracking.views import valid_language
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from thai import dates

_MAX_FIELD_CHARS = 400
_EXPIRED = BilingualText("หน้านี้หมดอายุแล้ว โปรดขอรหัสใหม่อีกครั้ง", "This page has expired. Please begin again.")


@csrf_exempt  # it sets no cookie; refuse_other_sites checks where a form comes from
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def lost_code(request: HttpRequest) -> HttpResponse:
    """GET: the form for the number. POST `phone`: the form for the code; with `sms` too: the cases; `proof`, `case`:
    the new code; with `proposed` and `is_kept` too: it replaces the old one. `page_key` joins number and code."""
    if request.method != "POST":
        language = valid_language(request.GET.get("lang")) or "th"
        return _render(request, language, "phone" if is_offered() else "none")
    refuse_other_sites(request)
    page = _LostCodePage(request)
    if request.POST.get("proof"):
        return page.choose_case()
    if request.POST.get("sms"):
        return page.enter_code()
    return page.request_code()


class _LostCodePage:
    """One POST to the page."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._language = valid_language(request.POST.get("language")) or "th"

    def request_code(self) -> HttpResponse:
        """Send an SMS if a case has the number; the answer is the same if none has."""
        phone = self._field("phone")
        try:
            requested = request_phone_code(phone, client_address(self._request), self._field("page_key"))
        except PhoneCodeError as error:
            return self._again("phone", error.sentence, HTTPStatus.UNPROCESSABLE_ENTITY, phone=phone)
        return self._show("sms", phone=phone, page_key=requested.page_key, sending=requested.sending.value)

    def enter_code(self) -> HttpResponse:
        """Check the code of the SMS."""
        phone, page_key = self._field("phone"), self._field("page_key")
        try:
            proof = enter_phone_code(phone, self._field("sms"), page_key)
        except PhoneCodeError as error:
            return self._again("sms", error.sentence, HTTPStatus.UNPROCESSABLE_ENTITY, phone=phone, page_key=page_key)
        if len(proof.cases) == 1:
            return self._propose(proof.cases[0], proof.signed)
        return self._show("cases", proof=proof.signed, cases=[self._listed(case) for case in proof.cases])

    def choose_case(self) -> HttpResponse:
        """Show the new code of a case, or make it the code of the case."""
        proof = self._field("proof")
        cases = proven_cases(proof)
        case = next((each for each in cases or () if each.case_number == self._field("case")), None)
        if case is None:
            return self._again("phone", _EXPIRED, HTTPStatus.CONFLICT)
        signed = self._field("proposed")
        if not signed:
            return self._propose(case, proof)
        if repeated := repeated_code(case, signed):
            return self._show("done", case_number=case.case_number, code=tracking_code.display(repeated))
        code = proposed_code(case, signed)
        if code is None:
            return self._again("phone", _EXPIRED, HTTPStatus.CONFLICT)
        if "is_kept" not in self._request.POST:
            return self._propose(case, proof, signed, code, error=KEEP_FIRST)
        try:
            renew_code(case, Actor.citizen(), code, identified_by=IdentifiedBy.PHONE_CODE.value)
        except NotAllowedError as error:  # somebody else has made a new code at the same moment
            return self._again("phone", error.sentence, HTTPStatus.CONFLICT)
        return self._show("done", case_number=case.case_number, code=tracking_code.display(code))

    def _propose(
        self, case: Case, proof: str, signed: str = "", code: str = "", error: BilingualText | None = None
    ) -> HttpResponse:
        signed = signed or propose_code(case)
        shown = tracking_code.display(code or proposed_code(case, signed) or "")
        values = {"proof": proof, "proposed": signed, "case_number": case.case_number, "code": shown}
        if error is not None:
            return self._again("keep", error, HTTPStatus.CONFLICT, **values)
        return self._show("keep", **values)

    def _listed(self, case: Case) -> dict[str, str]:
        """Number and day: what the citizen knows anyway. Who has a borrowed phone learns nothing of the case."""
        day = dates.long_date(dates.day_in_thailand(case.filed_at), self._language)
        return {"number": case.case_number, "filed": day, "centre": case.centre.name_in(self._language)}

    def _field(self, name: str) -> str:
        return str(self._request.POST.get(name, ""))[:_MAX_FIELD_CHARS].replace("\0", "")

    def _again(self, stage: str, error: BilingualText, status: HTTPStatus, **context: Any) -> HttpResponse:
        sentence = error.in_language(self._language)
        return _render(self._request, self._language, stage, status=status, error=sentence, **context)

    def _show(self, stage: str, **context: Any) -> HttpResponse:
        return _render(self._request, self._language, stage, **context)


def _render(request: HttpRequest, language: str, stage: str, status: int = 200, **context: Any) -> HttpResponse:
    values = {"language": language, "stage": stage, "page_key": uuid4(), **context}
    return render(request, "tracking/lost_code.html", values, status=status)
