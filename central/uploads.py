"""How many bytes the body of a page's request may have: little for forms, more for the pages that receive files."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., object])
FORM_FIELDS_BYTES = 64 * 1024  # fields and multipart boundaries beside the files


def accepts_upload(max_bytes: int) -> Callable[[View], View]:
    """A view that receives files of this many bytes together. Outermost decorator of the view."""

    def decorate(view: View) -> View:
        view.max_body_bytes = max_bytes + FORM_FIELDS_BYTES  # type: ignore[attr-defined]
        return view

    return decorate


def body_limit(request: HttpRequest) -> int:
    """The limit for this request, by the view that it leads to."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return settings.MAX_SMALL_BODY_BYTES
    return getattr(view, "max_body_bytes", settings.MAX_SMALL_BODY_BYTES)
