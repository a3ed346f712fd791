"""Getting in and out, the language, one's own password."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from central.desk.shared import desk_page, language_of, officer_of, show
from central.language import LANGUAGES, Text
from central.throttle import Throttle, address

_PER_NAME = Throttle("login-name", limit=10, window_s=900)
_PER_ADDRESS = Throttle("login-address", limit=50, window_s=900)
_WRONG = Text("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "The user name or password is incorrect")
_TOO_MANY = Text("ลองผิดหลายครั้งเกินไป โปรดรอ 15 นาที", "Too many failed attempts. Please wait 15 minutes")


@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """Name and password. Wrong tries are limited by name and by address."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if request.method != "POST":
        return show(request, "desk/login.html", {"next": target})
    # No name holds a NUL, and PostgreSQL fails on a question about one.
    name, caller = request.POST.get("username", "").replace("\0", "").strip()[:150], address(request)
    per_name = f"{caller} {name.lower()}"
    if _PER_NAME.exhausted(per_name) or _PER_ADDRESS.exhausted(caller):
        return show(request, "desk/login.html", {"error": _TOO_MANY, "username": name, "next": target}, status=429)
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        _PER_NAME.count(per_name)
        _PER_ADDRESS.count(caller)
        return show(request, "desk/login.html", {"error": _WRONG, "username": name, "next": target}, status=401)
    _PER_NAME.forget(per_name)
    chosen = language_of(request)
    login(request, user)
    request.session["language"] = chosen
    within = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if within else settings.LOGIN_REDIRECT_URL)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("desk:login")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page."""
    if (asked := request.POST.get("language")) in LANGUAGES:
        request.session["language"] = asked
    target = request.POST.get("next", "")
    return redirect(target if url_has_allowed_host_and_scheme(target, None) else settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters()
@desk_page
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form = PasswordChangeForm(officer_of(request), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        return redirect("desk:cases")
    with translation.override(language_of(request)):
        return show(request, "desk/password.html", {"form": form})
