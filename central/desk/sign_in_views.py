"""Sign-in and sign-out: name and password, then the second factor, then the session."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from central.centres.models import Officer
from central.client_address import client_address
from central.desk.account_forms import SecondFactorForm
from central.desk.first_page import first_page_url
from central.desk.forms import SignInForm
from central.desk.page_support import LANGUAGE_COOKIE, open_page, page_language, render_page
from central.desk.redirects import desk_url_or_empty, redirect_within_desk
from central.language import LANGUAGES
from central.people import passkeys, second_factor
from central.people.accounts import profile_of
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sessions import begin_pending, pending_sign_in, start_session
from central.people.sign_in import remember_browser, set_desk_cookie, sign_in
from protocol.bilingual_text import BilingualText

_WRONG_CREDENTIALS = BilingualText("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "The user name or the password is wrong")
_TOO_MANY_ATTEMPTS = BilingualText(
    "ลองผิดหลายครั้งเกินไป โปรดรอสักพักแล้วลองใหม่ หรือใช้เครื่องที่ท่านเคยเข้าสู่ระบบ",
    "Too many wrong attempts. Please wait a while, or use a computer you have signed in with before.",
)
_WRONG_FACTOR = BilingualText(
    "รหัสไม่ถูกต้องหรือใช้ไปแล้ว โปรดรอรหัสถัดไปแล้วลองใหม่",
    "The code is wrong or has been used. Wait for the next one and try again.",
)
_TOO_MANY_FACTORS = BilingualText(
    "ยืนยันตัวตนผิดหลายครั้งเกินไป โปรดรอสักพัก หรือติดต่อผู้ดูแลระบบ",
    "Too many wrong attempts. Please wait a while, or ask the administrator.",
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password. Attempts are limited (central.people.sign_in). The second factor follows."""
    target = desk_url_or_empty(request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        return _sign_in_page(request, SignInForm(page_language(request)), target)
    form = SignInForm(page_language(request), request.POST)
    form.is_valid()  # a text that no account can have is a wrong name or password
    result = sign_in(request, form.cleaned_data.get("username", "")[:150], form.cleaned_data.get("password", ""))
    if result.officer is None:
        error, status = (_TOO_MANY_ATTEMPTS, 429) if result.is_throttled else (_WRONG_CREDENTIALS, 401)
        return _sign_in_page(request, form, target, error, status)
    return continue_sign_in(request, result.officer, target)


def continue_sign_in(request: HttpRequest, officer: Officer, target: str) -> HttpResponse:
    """After the password: ask for the second factor, lead to its set-up, or sign in where none is required."""
    if second_factor.has_second_factor(officer):
        begin_pending(request, officer, target)
        return redirect("desk:second_factor")
    if settings.REQUIRE_SECOND_FACTOR:
        begin_pending(request, officer, target)
        return redirect("desk:set_up_second_factor")
    start_session(request, officer, "")
    return from_officesr_cookies(redirect(target or first_page_url(officer)), officer)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@open_page
def second_factor_step(request: HttpRequest) -> HttpResponse:
    """The second step of a sign-in: POST a SecondFactorForm. Without the first step it leads back to it."""
    pending = pending_sign_in(request)
    if pending is None:
        return redirect("desk:login")
    officer, target = pending
    if not second_factor.has_second_factor(officer):
        return redirect("desk:set_up_second_factor")
    if request.method != "POST":
        return _second_factor_page(request, officer)
    form = SecondFactorForm(page_language(request), request.POST)
    form.is_valid()  # too long a text is a wrong code
    try:
        if answer := form.cleaned_data.get("answer", ""):
            factor = second_factor.verify_passkey(request, officer, answer)
        else:
            factor = second_factor.verify_code(request, officer, form.cleaned_data.get("code", ""))
    except second_factor.TooManyAttemptsError:
        return _second_factor_page(request, officer, _TOO_MANY_FACTORS, 429)
    if factor is None:
        return _second_factor_page(request, officer, _WRONG_FACTOR, 401)
    start_session(request, officer, factor.value)
    if factor is second_factor.Factor.RECOVERY_CODE:  # shows how many are left, and lets a new device be added
        return from_officesr_cookies(redirect("desk:security"), officer)
    return from_officesr_cookies(redirect(target or first_page_url(officer)), officer)


def from_officesr_cookies(response: HttpResponse, officer: Officer) -> HttpResponse:
    """The first response of a session: this browser is known from now on, and has the officer's language."""
    remember_browser(response, officer)
    if (language := profile_of(officer).language) in LANGUAGES:
        set_desk_cookie(response, LANGUAGE_COOKIE, language, max_age_s=365 * 24 * 3600)
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Officer):
        record_event(OfficerEvent.Kind.SIGNED_OUT, request.user, client_address(request))
    logout(request)
    return redirect("desk:login")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Store the language in a cookie and return to the page. A visitor who is not signed in gets no session."""
    target = desk_url_or_empty(request.POST.get("next", ""))
    response = redirect_within_desk(target) if target or request.user.is_authenticated else redirect("desk:login")
    if (chosen := request.POST.get("language")) in LANGUAGES:
        set_desk_cookie(response, LANGUAGE_COOKIE, chosen, max_age_s=365 * 24 * 3600)
    return response


def _sign_in_page(
    request: HttpRequest, form: SignInForm, target: str, error: BilingualText | None = None, status: int = 200
) -> HttpResponse:
    language = page_language(request)
    focused = form.fields["password" if form["username"].value() else "username"]
    focused.widget.attrs["autofocus"] = True
    context = {"form": form, "next": target, "error": error.in_language(language) if error else ""}
    return render_page(request, "desk/login.html", context, status=status)


def _second_factor_page(
    request: HttpRequest, officer: Officer, error: BilingualText | None = None, status: int = 200
) -> HttpResponse:
    language = page_language(request)
    context: dict[str, Any] = {
        "form": SecondFactorForm(language),
        "error": error.in_language(language) if error else "",
        "passkey_options": passkeys.using_options(request, officer) if passkeys.passkeys_of(officer) else None,
    }
    return render_page(request, "desk/second_factor.html", context, status=status)
