"""Cookies of the desk: sent to the desk alone, over TLS where the service has it, and never from another site."""

from django.conf import settings
from django.http import HttpResponse


def set_desk_cookie(response: HttpResponse, name: str, value: str, max_age_s: int) -> None:
    """Keep `value` in the visitor's browser for that many seconds, with the same limits as the session's cookie."""
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
