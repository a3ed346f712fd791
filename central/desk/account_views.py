"""The officer's own account: password, profile, sessions."""

from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from central.client_address import client_address
from central.desk import labels
from central.desk.account_forms import ProfileForm
from central.desk.page_support import (
    LANGUAGE_COOKIE,
    desk_page,
    page_language,
    render_page,
    signed_in_officer,
)
from central.desk.password_gate import TOO_MANY_OLD_PASSWORDS, password_error
from central.language import LANGUAGES
from central.people.accounts import profile_of
from central.people.events import record_event
from central.people.models import OfficerEvent
from central.people.sessions import (
    continue_after_password_change,
    end_session,
    end_sessions,
    sessions_of,
)
from central.people.sign_in import OLD_PASSWORD_THROTTLE, remember_browser, set_desk_cookie
from protocol.bilingual_text import BilingualText
from thai import dates

_MAX_EVENTS_SHOWN = 10
_OFFICER_FIELDS = ("first_name", "last_name", "email")
_PROFILE_FIELDS = ("position", "level", "office", "office_phone", "mobile_phone", "language")


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
        return _password_page(request, PasswordChangeForm(officer), error=TOO_MANY_OLD_PASSWORDS, status=429)
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
    continue_after_password_change(request, changed)
    record_event(OfficerEvent.Kind.PASSWORD_CHANGED, officer, client_address(request))
    response = redirect("desk:home")
    remember_browser(response, changed)
    return response


@sensitive_post_parameters("current_password")
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def profile(request: HttpRequest) -> HttpResponse:
    """The own profile: POST a ProfileForm. Another e-mail address needs the password: one-time links go to it."""
    officer, language = signed_in_officer(request), page_language(request)
    stored = profile_of(officer)
    if request.method != "POST":
        initial = {name: getattr(officer, name) for name in _OFFICER_FIELDS}
        initial |= {name: getattr(stored, name) for name in _PROFILE_FIELDS}
        return render_page(request, "desk/profile.html", {"form": ProfileForm(language, initial=initial)})
    form = ProfileForm(language, request.POST)
    if not form.is_valid():
        return render_page(request, "desk/profile.html", {"form": form}, status=400)
    if form.cleaned_data["email"] != officer.email:
        error = password_error(request, officer, form.cleaned_data["current_password"])
        if error is not None:
            form.add_error("current_password", error.in_language(language))
            return render_page(request, "desk/profile.html", {"form": form}, status=401)
    changed = [name for name in _OFFICER_FIELDS if getattr(officer, name) != form.cleaned_data[name]]
    changed += [name for name in _PROFILE_FIELDS if getattr(stored, name) != form.cleaned_data[name]]
    with transaction.atomic():
        for name in _OFFICER_FIELDS:
            setattr(officer, name, form.cleaned_data[name])
        for name in _PROFILE_FIELDS:
            setattr(stored, name, form.cleaned_data[name])
        officer.save(update_fields=_OFFICER_FIELDS)
        stored.save(update_fields=_PROFILE_FIELDS)
        # An administrator who mails a one-time link sees that the address is a new one.
        record_event(OfficerEvent.Kind.PROFILE_CHANGED, officer, client_address(request), ", ".join(changed))
    response = redirect("desk:profile")
    if stored.language in LANGUAGES:
        set_desk_cookie(response, LANGUAGE_COOKIE, stored.language, max_age_s=365 * 24 * 3600)
    return response


@require_http_methods(["GET", "HEAD"])
@desk_page
def session_list(request: HttpRequest) -> HttpResponse:
    """The own running sessions."""
    language = page_language(request)
    rows = [
        {
            "id": row.pk,
            "browser": row.browser,
            "address": row.address,
            "started": dates.short_datetime(row.started_at, language),
            "last_seen": dates.short_datetime(row.last_seen_at, language),
            "is_this": row.session_id == request.session.session_key,
        }
        for row in sessions_of(signed_in_officer(request))
    ]
    return render_page(request, "desk/sessions.html", {"rows": rows})


@require_POST
@desk_page
def end_own_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of the own sessions."""
    officer = signed_in_officer(request)
    if not end_session(officer, session_id):
        raise Http404
    record_event(OfficerEvent.Kind.SESSIONS_ENDED, officer, client_address(request))
    return redirect("desk:sessions")


@require_POST
@desk_page
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all own sessions except this one."""
    officer = signed_in_officer(request)
    end_sessions(officer, except_key=request.session.session_key)
    record_event(OfficerEvent.Kind.SESSIONS_ENDED, officer, client_address(request))
    return redirect("desk:sessions")


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
