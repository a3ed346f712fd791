"""A new tracking code for a citizen who has lost it: identify the citizen, end the old code, print a slip."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from central.cases.commands import Actor
from central.cases.errors import NotAllowedError
from central.cases.identification import identify
from central.cases.models import Case
from central.desk.case_access import find_case
from central.desk.code_slip import code_slip
from central.desk.find_forms import NewCodeForm
from central.desk.page_support import desk_page, page_language, render_bridge_page, signed_in_officer
from central.messages.renewed_codes import proposed_code, renew_code, repeated_code
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_EXPIRED = BilingualText(
    "หน้านี้หมดอายุแล้ว เพราะมีผู้ออกรหัสใหม่ไปแล้ว โปรดเปิดหน้าใหม่",
    "This page has expired: a new code was made meanwhile. Open it again.",
)
_NO_REASON = BilingualText("โปรดบอกเหตุผลที่ออกรหัสใหม่", "Give the reason for the new code")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def new_code(request: HttpRequest, number: str) -> HttpResponse:
    """The form; POST a NewCodeForm shows the slip with the new code, this once. Sent again, it shows the same slip."""
    officer, language, case = signed_in_officer(request), page_language(request), find_case(request, number)
    if not has_permission(officer, Action.RENEW_CODE, case.centre):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, case, NewCodeForm(language, case=case))
    form = NewCodeForm(language, request.POST, case=case)
    if not form.is_valid():
        return _show(request, case, form, form.first_error, status=422)
    values = form.cleaned_data
    if repeated := repeated_code(case, values["proposed"]):
        return _show_slip(request, case, repeated)
    code = proposed_code(case, values["proposed"])
    if code is None:
        return _show(request, case, NewCodeForm(language, case=case), _EXPIRED.in_language(language), status=409)
    if not values["reason"].strip():
        return _show(request, case, form, _NO_REASON.in_language(language), status=422)
    try:
        identify(officer, case, form.claim, values["reason"])
        by = Actor.of(officer)
        renew_code(case, by, code, identified_by=form.claim.way.value, reason=values["reason"])
    except NotAllowedError as error:
        return _show(request, case, form, error.sentence.in_language(language), status=409)
    return _show_slip(request, case, code)


def _show(request: HttpRequest, case: Case, form: NewCodeForm, error: str = "", status: int = 200) -> HttpResponse:
    context = {"case": case, "form": form, "error": error}
    return render_bridge_page(request, "desk/new_code.html", context, status=status)


def _show_slip(request: HttpRequest, case: Case, code: str) -> HttpResponse:
    slip = code_slip(request, case, code, page_language(request))
    return render_bridge_page(request, "desk/code_slip.html", {"slip": slip, "is_renewed": True})
