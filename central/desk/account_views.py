"""Sign-in and sign-out, the language, and the officer's own password."""

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from central.centres.models import Officer
from central.client_address import client_address
from central.desk import labels
from central.desk.forms import SignInForm
from central.desk.page_support import (
    LANGUAGE_COOKIE,
    desk_page,
    page_language,
    render_page,
    signed_in_officer,
)
from central.desk.redirects import desk_url_or_empty, redirect_within_desk
from central.language import LANGUAGES
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sign_in import OLD_PASSWORD_THROTTLE, remember_browser, set_desk_cookie, sign_in
from protocol.bilingual_text import BilingualText
from thai import dates

_WRONG_CREDENTIALS = BilingualText("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "The user name or the password is wrong")
_TOO_MANY_ATTEMPTS = BilingualText(
    "ลองผิดหลายครั้งเกินไป โปรดรอสักพักแล้วลองใหม่ หรือใช้เครื่องที่ท่านเคยเข้าสู่ระบบ",
    "Too many wrong attempts. Please wait a while, or use a computer you have signed in with before.",
)
_TOO_MANY_OLD_PASSWORDS = BilingualText(
    "ใส่รหัสผ่านเดิมผิดหลายครั้งเกินไป โปรดรอ 15 นาทีแล้วลองใหม่",
    "The old password was wrong too often. Please wait 15 minutes and try again.",
)
_MAX_EVENTS_SHOWN = 10


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password. Attempts are limited (central.people.sign_in)."""
    target = desk_url_or_empty(request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        return _sign_in_page(request, SignInForm(page_language(request)), target)
    form = SignInForm(page_language(request), request.POST)
    form.is_valid()  # a text that no account can have is a wrong name or password
    result = sign_in(request, form.cleaned_data.get("username", "")[:150], form.cleaned_data.get("password", ""))
    if result.officer is None:
        error, status = (_TOO_MANY_ATTEMPTS, 429) if result.is_throttled else (_WRONG_CREDENTIALS, 401)
        return _sign_in_page(request, form, target, error, status)
    request.session.flush()  # Django reuses the session id when the same officer signs in again
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
    """Store the language in a cookie and return to the page. A visitor who is not signed in gets no session."""
    target = desk_url_or_empty(request.POST.get("next", ""))
    response = redirect_within_desk(target) if target or request.user.is_authenticated else redirect("desk:login")
    if (chosen := request.POST.get("language")) in LANGUAGES:
        set_desk_cookie(response, LANGUAGE_COOKIE, chosen, max_age_s=365 * 24 * 3600)
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the own password, and see recent events of the account. Attempts with the old password are limited as at
    the login, so that nobody can guess it on a computer that was left unlocked."""
    officer, account = signed_in_officer(request), str(signed_in_officer(request).pk)
    if request.method != "POST":
        return _password_page(request, PasswordChangeForm(officer))
    if not OLD_PASSWORD_THROTTLE.count_attempt(account):
        return _password_page(request, PasswordChangeForm(officer), error=_TOO_MANY_OLD_PASSWORDS, status=429)
    form = PasswordChangeForm(officer, request.POST)
    valid = form.is_valid()
    if "old_password" in form.errors:
        record_event(OfficerEvent.Kind.OLD_PASSWORD_WRONG, officer, client_address(request))
    else:
        OLD_PASSWORD_THROTTLE.take_back_attempt(account)
    if not valid:
        return _password_page(request, form)
    OLD_PASSWORD_THROTTLE.reset(account)
    changed = form.save()
    update_session_auth_hash(request, changed)
    record_event(OfficerEvent.Kind.PASSWORD_CHANGED, officer, client_address(request))
    response = redirect("desk:cases")
    remember_browser(response, changed)
    return response


def _sign_in_page(
    request: HttpRequest, form: SignInForm, target: str, error: BilingualText | None = None, status: int = 200
) -> HttpResponse:
    language = page_language(request)
    focused = form.fields["password" if form["username"].value() else "username"]
    focused.widget.attrs["autofocus"] = True
    context = {"form": form, "next": target, "error": error.in_language(language) if error else ""}
    return render_page(request, "desk/login.html", context, status=status)


def _password_page(
    request: HttpRequest, form: PasswordChangeForm, error: BilingualText | None = None, status: int = 200
) -> HttpResponse:
    events = OfficerEvent.objects.filter(officer=signed_in_officer(request))[:_MAX_EVENTS_SHOWN]
    language = page_language(request)
    rows = [
        {
            "when": dates.short_datetime(event.at, language),
            "what": labels.label(labels.ACCOUNT_EVENT, event.kind, language),
            "address": event.address,
            "times": event.occurrences,
        }
        for event in events
    ]
    context = {"form": form, "error": error.in_language(language) if error else "", "events": rows}
    return render_page(request, "desk/password.html", context, status=status)
