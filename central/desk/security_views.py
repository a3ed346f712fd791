"""The second factors of the own account: set-up at the first sign-in, and later changes, which need the password."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.centres.models import Officer
from central.client_address import client_address
from central.desk.account_forms import FactorSetupForm, PasswordGateForm
from central.desk.first_page import first_page_url
from central.desk.page_support import desk_page, open_page, page_language, render_page, signed_in_officer
from central.desk.password_gate import password_error
from central.desk.sign_in_views import from_officesr_cookies
from central.people import authenticator_apps, passkeys, recovery_codes, second_factor
from central.people.events import record_event
from central.people.models import AuthenticatorApp, OfficerEvent
from central.people.second_factor import Factor
from central.people.sessions import confirm_second_factor, pending_sign_in, start_session
from protocol.bilingual_text import BilingualText
from thai import dates

_SETUP_KEY = "authenticator_setup_key"
_WRONG_CODE = BilingualText(
    "รหัสไม่ตรงกับที่แอปแสดง โปรดลองรหัสถัดไป และตรวจเวลาของโทรศัพท์",
    "The code does not match. Try the next one, and check the clock of the phone.",
)
_WRONG_PASSKEY = BilingualText("เพิ่มพาสคีย์ไม่สำเร็จ โปรดลองใหม่", "The passkey could not be added. Please try again.")
_LAST_FACTOR = BilingualText(
    "ลบไม่ได้ เพราะเป็นวิธียืนยันตัวตนสุดท้าย โปรดเพิ่มวิธีอื่นก่อน", "This is the last second factor. Add another one first."
)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@open_page
def set_up_second_factor(request: HttpRequest) -> HttpResponse:
    """Add an app or a passkey: POST a FactorSetupForm. A pending sign-in adds the first one and is completed by it."""
    pending = pending_sign_in(request)
    if isinstance(request.user, Officer):
        officer, is_first = request.user, False
    elif pending is not None and not second_factor.has_second_factor(pending[0]):
        officer, is_first = pending[0], True
    else:  # whoever has a second factor uses it first
        return redirect("desk:login" if pending is None else "desk:second_factor")
    if request.method != "POST":
        return _setup_page(request, officer, is_first)
    form = FactorSetupForm(page_language(request), request.POST)
    form.is_valid()  # too long a text is a wrong one
    if not is_first and (error := password_error(request, officer, form.cleaned_data.get("current_password", ""))):
        return _setup_page(request, officer, is_first, error, 401)
    if answer := form.cleaned_data.get("answer", ""):
        factor, error = Factor.PASSKEY, _add_passkey(request, officer, answer)
    else:
        factor, error = Factor.APP, _add_app(request, officer, form.cleaned_data.get("code", ""))
    if error:
        return _setup_page(request, officer, is_first, error, 400)
    request.session.pop(_SETUP_KEY, None)
    has_codes = recovery_codes.count_unused(officer) > 0
    if is_first:
        start_session(request, officer, factor.value)
    else:
        confirm_second_factor(request, factor.value)
    if has_codes:
        return redirect("desk:security")
    response = _recovery_codes_page(request, officer)
    return from_officesr_cookies(response, officer) if is_first else response


@require_safe
@desk_page
def security(request: HttpRequest) -> HttpResponse:
    """The second factors of the own account."""
    return _security_page(request)


@sensitive_post_parameters()
@require_POST
@desk_page
def remove_factor(request: HttpRequest, factor: str, factor_id: int) -> HttpResponse:
    """Remove an app or a passkey, except the last one: POST a PasswordGateForm."""
    officer = signed_in_officer(request)
    if error := _gate_error(request, officer):
        return _security_page(request, error, 401)
    if len(_factor_rows(officer, "th")) == 1:
        return _security_page(request, _LAST_FACTOR, 409)
    if not second_factor.remove_factor(request, officer, factor, factor_id):
        raise Http404
    return redirect("desk:security")


@sensitive_post_parameters()
@require_POST
@desk_page
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Replace the recovery codes and show the new ones: POST a PasswordGateForm."""
    officer = signed_in_officer(request)
    if error := _gate_error(request, officer):
        return _security_page(request, error, 401)
    record_event(OfficerEvent.Kind.RECOVERY_CODES_RENEWED, officer, client_address(request))
    return _recovery_codes_page(request, officer)


def _gate_error(request: HttpRequest, officer: Officer) -> BilingualText | None:
    form = PasswordGateForm(page_language(request), request.POST)
    form.is_valid()  # too long a text is a wrong password
    return password_error(request, officer, form.cleaned_data.get("current_password", ""))


def _add_app(request: HttpRequest, officer: Officer, typed: str) -> BilingualText | None:
    key = request.session.get(_SETUP_KEY)
    if not isinstance(key, str) or not second_factor.add_app(request, officer, key, typed):
        return _WRONG_CODE
    return None


def _add_passkey(request: HttpRequest, officer: Officer, answer: str) -> BilingualText | None:
    try:
        second_factor.add_passkey(request, officer, answer)
    except passkeys.PasskeyError:
        return _WRONG_PASSKEY
    return None


def _setup_page(
    request: HttpRequest, officer: Officer, is_first: bool, error: BilingualText | None = None, status: int = 200
) -> HttpResponse:
    """The key stays the same while the page is open, so that a code typed a minute later still matches."""
    language = page_language(request)
    key = request.session.get(_SETUP_KEY) or authenticator_apps.generate_key()
    request.session[_SETUP_KEY] = key
    context: dict[str, Any] = {
        "form": FactorSetupForm(language),
        "officer": officer,
        "is_first": is_first,
        "qr_code": authenticator_apps.setup_qr_code(key, officer.username),
        "key": " ".join(key[start : start + 4] for start in range(0, len(key), 4)),
        "passkey_options": passkeys.adding_options(request, officer),
        "error": error.in_language(language) if error else "",
    }
    return render_page(request, "desk/factor_setup.html", context, status=status)


def _recovery_codes_page(request: HttpRequest, officer: Officer) -> HttpResponse:
    codes = recovery_codes.renew_recovery_codes(officer)
    return render_page(request, "desk/recovery_codes.html", {"codes": codes, "next": first_page_url(officer)})


def _security_page(request: HttpRequest, error: BilingualText | None = None, status: int = 200) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    context = {
        "rows": _factor_rows(officer, language),
        "codes_left": recovery_codes.count_unused(officer),
        "form": PasswordGateForm(language),
        "error": error.in_language(language) if error else "",
    }
    return render_page(request, "desk/security.html", context, status=status)


def _factor_rows(officer: Officer, language: str) -> list[dict[str, Any]]:
    """Apps and passkeys with the times of their addition and last use."""
    factors = [
        (Factor.APP, app.pk, app.added_at, app.last_used_at)
        for app in AuthenticatorApp.objects.filter(officer=officer).order_by("pk")
    ] + [
        (Factor.PASSKEY, passkey.pk, passkey.created_at, passkey.last_used_at)
        for passkey in passkeys.passkeys_of(officer)
    ]
    return [
        {
            "factor": factor.value,
            "id": factor_id,
            "added": dates.short_datetime(added_at, language) if added_at else "",
            "used": dates.short_datetime(used_at, language) if used_at else "",
        }
        for factor, factor_id, added_at, used_at in factors
    ]
