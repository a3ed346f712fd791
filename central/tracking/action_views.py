"""The pages on which a citizen does something with a case: a form, and what became of it.

The tracking code is in the body of each POST, as on the tracking page. Whoever forges a request needs the code and can
then send the form anyway, and no cookie is involved: so there is no CSRF token. Nothing here is kept by a browser or a
cache, and nothing needs JavaScript."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.client_address import client_address
from central.identity_crypto import tracking_hash
from central.messages.sent_forms import carry_out_once, was_sent
from central.throttle import LocalThrottle
from central.tracking.citizen_actions import DATA_REQUEST, DETAILS, NEW_CODE, RATING, REOPENING, SURVEY, CitizenAction
from central.tracking.lookup import LookupResult, find_case_status
from central.tracking.notice_choice import NOTICES
from central.tracking.views import failure_response, valid_language
from central.uploads import accepts_upload
from protocol import tracking_code
from protocol.bilingual_text import BilingualText

# A person sends a form a few times. Files cost seconds of a processor, so a stolen code must not send them for hours.
_FORM_THROTTLE = LocalThrottle("citizen-forms", limit=12, window_s=600)
# 20,000 characters of Thai, each nine bytes in a form: what is too long is answered with its text still in the form.
_TEXT_BYTES = 200_000
_TOO_OFTEN = BilingualText(
    "ท่านส่งหลายครั้งในเวลาสั้น โปรดรอ 10 นาทีแล้วส่งอีกครั้ง ข้อความยังอยู่ในแบบฟอร์ม",
    "You have sent many forms in a short time. Wait 10 minutes and send it again. Your text is still in the form.",
)
_FILES_AGAIN = BilingualText("โปรดเลือกไฟล์อีกครั้งก่อนส่ง", "Please choose the files again before you send.")


def _page_of(action: CitizenAction, max_bytes: int = _TEXT_BYTES) -> Callable[[HttpRequest], HttpResponse]:
    """The view of an action. POST `code` and `language` shows its form, with `token` too it is sent."""

    @accepts_upload(max_bytes)
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @gzip_page
    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return redirect("track")
        language = valid_language(request.POST.get("language"))
        lookup = find_case_status(request.POST.get("code", "")[:64], language, client_address(request))
        if lookup.case is None:
            return failure_response(request, lookup)
        code = tracking_code.code_from_url(request.POST["code"][:64])
        case = Case.objects.select_related("centre").filter(tracking_hash=tracking_hash(code)).first()
        if case is None:  # another request has just replaced the code
            return redirect("track")
        page = _ActionPage(request, action, lookup, case, tracking_code.display(code))
        return page.send() if "token" in request.POST else page.show()

    return view


class _ActionPage:
    """One request for the page of an action."""

    def __init__(
        self, request: HttpRequest, action: CitizenAction, lookup: LookupResult, case: Case, code: str
    ) -> None:
        self._request, self._action, self._lookup, self._case, self._code = request, action, lookup, case, code
        self._language = lookup.language

    def show(self) -> HttpResponse:
        """The empty form, or why there is none."""
        refusal = self._action.refusal(self._case)
        if refusal is not None:
            return self._render(error=refusal.in_language(self._language), status=HTTPStatus.CONFLICT)
        return self._render(form=self._action.form(self._language, case=self._case, initial={"token": uuid4()}))

    def send(self) -> HttpResponse:
        """Carry the form out. What is refused shows the form again, with its reason and everything that was typed."""
        form = self._action.form(self._language, self._request.POST, case=self._case, files=self._request.FILES)
        if not form.is_valid():
            return self._again(form, form.first_error, HTTPStatus.UNPROCESSABLE_ENTITY)
        token = form.cleaned_data["token"]
        if was_sent(self._case, token):
            return self._render(is_done=True)
        if not _FORM_THROTTLE.count_attempt(str(self._case.pk)):
            return self._again(form, _TOO_OFTEN.in_language(self._language), HTTPStatus.TOO_MANY_REQUESTS)
        refusal, new_code = self._action.refusal(self._case), getattr(form, "shown_code", "")
        try:
            if refusal is not None:
                raise NotAllowedError(refusal)
            carry_out_once(self._case, token, self._action.prepare(self._case, form))
        except NotAllowedError as error:
            return self._again(form, error.sentence.in_language(self._language), HTTPStatus.CONFLICT)
        self._code = new_code or self._code
        return self._render(is_done=True, new_code=new_code)

    def _again(self, form: Any, error: str, status: HTTPStatus) -> HttpResponse:
        if self._request.FILES:
            error = f"{error} · {_FILES_AGAIN.in_language(self._language)}"
        return self._render(form=form, error=error, status=status)

    def _render(self, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        values: Mapping[str, Any] = {
            "language": self._language,
            "title": self._action.title(self._case).in_language(self._language),
            "submit": self._action.submit.in_language(self._language),
            "done": self._action.done.in_language(self._language),
            "case_number": self._case.case_number,
            "centre": self._case.centre.name_in(self._language),
            "message": self._lookup.case.latest_message if self._lookup.case else "",
            "code": self._code,
            **context,
        }
        response = render(self._request, "tracking/action.html", values, status=status)
        response["Referrer-Policy"] = "no-referrer"
        return response


details = _page_of(DETAILS, settings.MAX_UPLOAD_BYTES + _TEXT_BYTES)
rating = _page_of(RATING)
survey = _page_of(SURVEY)
reopening = _page_of(REOPENING)
new_code = _page_of(NEW_CODE)
data_request = _page_of(DATA_REQUEST)
notices = _page_of(NOTICES)
