"""Getting in and out, the language, one's own password."""

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from central.centres.models import Officer
from central.client_address import client_address
from central.cookies import set_desk_cookie
from central.desk import labels
from central.desk.page_support import (
    LANGUAGE_COOKIE,
    desk_page,
    format_datetime,
    page_language,
    render_page,
    signed_in_officer,
)
from central.desk.redirects import desk_url_or_empty, redirect_within_desk
from central.language import LANGUAGES
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sign_in import OLD_PASSWORD_THROTTLE, remember_browser, sign_in
from protocol.bilingual_text import BilingualText

_WRONG_CREDENTIALS = BilingualText("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "The name or the password is wrong")
_TOO_MANY_ATTEMPTS = BilingualText(
    "ลองผิดหลายครั้งเกินไป โปรดรอสักพักแล้วลองใหม่ หรือใช้เครื่องที่ท่านเคยเข้าสู่ระบบ",
    "Too many wrong tries. Please wait a while, or use a computer you have signed in with before.",
)
_TOO_MANY_OLD_PASSWORDS = BilingualText(
    "ใส่รหัสผ่านเดิมผิดหลายครั้งเกินไป โปรดรอ 15 นาทีแล้วลองใหม่",
    "The old password was wrong too often. Please wait 15 minutes and try again.",
)
_MAX_EVENTS_SHOWN = 10


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Name and password. Tries are limited (central.people.sign_in)."""
    target = desk_url_or_empty(request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        return render_page(request, "desk/login.html", {"next": target})
    # No name holds a NUL, and PostgreSQL fails on a question about one.
    name = request.POST.get("username", "").replace("\0", "").strip()[:150]
    result = sign_in(request, name, request.POST.get("password", ""))
    if result.officer is None:
        error, status = (_TOO_MANY_ATTEMPTS, 429) if result.is_throttled else (_WRONG_CREDENTIALS, 401)
        return render_page(
            request, "desk/login.html", {"error": error, "username": name, "next": target}, status=status
        )
    request.session.flush()  # Django keeps the number of a session when the same officer signs in again
    login(request, result.officer)
    response = redirect_within_desk(target)
    remember_browser(response, result.officer)
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Officer):
        record_event(OfficerEvent.Kind.SIGNED_OUT, request.user, client_address(request))
    logout(request)
    return redirect("desk:login")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie (a visitor who has not signed in gets no session) and go back to the page."""
    target = desk_url_or_empty(request.POST.get("next", ""))
    response = redirect_within_desk(target) if target or request.user.is_authenticated else redirect("desk:login")
    if (chosen := request.POST.get("language")) in LANGUAGES:
        set_desk_cookie(response, LANGUAGE_COOKIE, chosen, max_age_s=365 * 24 * 3600)
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, and see when the account was used. Tries of the old password are limited as
    at the login, so that nobody guesses it at a desk left open."""
    officer, account = signed_in_officer(request), str(signed_in_officer(request).pk)
    if request.method != "POST":
        return _password_page(request, PasswordChangeForm(officer))
    if not OLD_PASSWORD_THROTTLE.try_acquire(account):
        return _password_page(request, PasswordChangeForm(officer), error=_TOO_MANY_OLD_PASSWORDS, status=429)
    form = PasswordChangeForm(officer, request.POST)
    valid = form.is_valid()
    if "old_password" in form.errors:
        record_event(OfficerEvent.Kind.OLD_PASSWORD_WRONG, officer, client_address(request))
    else:
        OLD_PASSWORD_THROTTLE.release(account)
    if not valid:
        return _password_page(request, form)
    OLD_PASSWORD_THROTTLE.reset(account)
    changed = form.save()
    update_session_auth_hash(request, changed)
    record_event(OfficerEvent.Kind.PASSWORD_CHANGED, officer, client_address(request))
    response = redirect("desk:cases")
    remember_browser(response, changed)
    return response


def _password_page(
    request: HttpRequest, form: PasswordChangeForm, error: BilingualText | None = None, status: int = 200
) -> HttpResponse:
    events = OfficerEvent.objects.filter(officer=signed_in_officer(request))[:_MAX_EVENTS_SHOWN]
    language = page_language(request)
    rows = [
        {
            "when": format_datetime(event.at, language),
            "what": labels.ACCOUNT_EVENTS[OfficerEvent.Kind(event.kind)].in_language(language),
            "address": event.address,
            "times": event.occurrences,
        }
        for event in events
    ]
    return render_page(request, "desk/password.html", {"form": form, "error": error, "events": rows}, status=status)
