"""The one-time link: the officer sets an own password, then the second factor."""

from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from central.client_address import client_address
from central.desk.account_forms import InvitationForm
from central.desk.page_support import open_page, page_language, render_page
from central.desk.sign_in_views import continue_sign_in
from central.people import invitations
from central.people.registrations import end_replaced_membership
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText

_ADDRESS_THROTTLE = SharedThrottle("invitation address", limit=20, window_s=900, max_window_s=4 * 3600)
_INVALID = BilingualText(
    "รหัสเชิญนี้ใช้ไม่ได้: ใช้ไปแล้ว หมดอายุ หรือไม่ถูกต้อง โปรดขอลิงก์ใหม่จากผู้ดูแลระบบ",
    "This invitation is not valid: it was used, has expired or is wrong. Ask the administrator for a new link.",
)
_TOO_MANY = BilingualText("ลองผิดหลายครั้งเกินไป โปรดรอสักพัก", "Too many wrong attempts. Please wait a while.")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@open_page
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """Set the password: POST an InvitationForm. A weak password does not use the invitation up."""
    language = page_language(request)
    if request.method != "POST":
        return _page(request, InvitationForm(language))
    form, caller = InvitationForm(language, request.POST), client_address(request)
    form.is_valid()  # too long a text is a wrong one
    if not _ADDRESS_THROTTLE.count_attempt(caller):
        return _page(request, form, [_TOO_MANY.in_language(language)], 429)
    invitation = invitations.find_valid(form.cleaned_data.get("code", ""))
    if invitation is None:
        return _page(request, form, [_INVALID.in_language(language)], 404)
    _ADDRESS_THROTTLE.take_back_attempt(caller)
    officer = invitation.officer
    password = SetPasswordForm(officer, form.cleaned_data)
    if not password.is_valid():
        return _page(request, form, [str(error) for errors in password.errors.values() for error in errors], 400)
    with transaction.atomic():
        if not invitations.use(invitation, caller):
            return _page(request, form, [_INVALID.in_language(language)], 404)
        password.save()
        end_replaced_membership(officer)
    return continue_sign_in(request, officer, "")


def _page(
    request: HttpRequest, form: InvitationForm, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    return render_page(request, "desk/invitation.html", {"form": form, "errors": errors or []}, status=status)
