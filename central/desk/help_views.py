"""The officers' handbook at /desk/help, to which every page of the desk links, the technicians' handbook below it, and
their printable forms. They need no login: who reads them may be somebody who cannot sign in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from central.centres.models import Officer
from central.desk.help_contact import HOTLINE, help_contacts
from central.desk.help_sections import SECTIONS, HelpGroup, HelpSection, section_html, sections_containing
from central.desk.page_support import open_page, page_language, render_page
from central.desk.technician_sections import TECHNICIAN_SECTIONS, TechnicianGroup
from protocol.bilingual_text import BilingualText

_MAX_QUERY_CHARS = 100


@dataclass(frozen=True)
class _Handbook:
    """One handbook. `page` and `print_page` are names of URLs."""

    title: BilingualText
    page: str
    print_page: str
    groups: type[Enum]
    sections: tuple[HelpSection, ...]


_OFFICERS = _Handbook(
    BilingualText("คู่มือเจ้าหน้าที่", "Officers' handbook"), "desk:help", "desk:print_help", HelpGroup, SECTIONS
)
_TECHNICIANS = _Handbook(
    BilingualText("คู่มือช่าง", "Technicians' handbook"),
    "desk:technician_help",
    "desk:print_technician_help",
    TechnicianGroup,
    TECHNICIAN_SECTIONS,
)


@require_safe
@open_page
def handbook(request: HttpRequest) -> HttpResponse:
    """All sections on one page, or those that contain the words of `q`."""
    return _show(request, _OFFICERS)


@require_safe
@open_page
def printable_handbook(request: HttpRequest) -> HttpResponse:
    """All sections without the frame of the desk, for paper and for a PDF file made by the browser."""
    return _show_for_printing(request, _OFFICERS)


@require_safe
@open_page
def technician_handbook(request: HttpRequest) -> HttpResponse:
    """As `handbook`, for technicians. A technician at a kiosk opens it on a phone."""
    return _show(request, _TECHNICIANS)


@require_safe
@open_page
def printable_technician_handbook(request: HttpRequest) -> HttpResponse:
    """As `printable_handbook`, for technicians."""
    return _show_for_printing(request, _TECHNICIANS)


def _show(request: HttpRequest, shown: _Handbook) -> HttpResponse:
    query = request.GET.get("q", "")[:_MAX_QUERY_CHARS].strip()
    matches = sections_containing(query.split(), page_language(request), shown.sections)
    return render_page(request, "desk/help.html", {"query": query, **_content(request, shown, matches)})


def _show_for_printing(request: HttpRequest, shown: _Handbook) -> HttpResponse:
    content = _content(request, shown, shown.sections, for_printing=True)
    return render(request, "desk/help_print.html", {"language": page_language(request), **content})


def _content(
    request: HttpRequest, shown: _Handbook, sections: Iterable[HelpSection], *, for_printing: bool = False
) -> dict[str, Any]:
    language = page_language(request)
    rows = [
        {
            "anchor": section.anchor,
            "group": section.group,
            "title": section.title.in_language(language),
            "roles": section.roles(language),
            "html": section_html(section, language, for_printing=for_printing),
        }
        for section in sections
    ]
    groups = [
        (group.value.in_language(language), [row for row in rows if row["group"] is group]) for group in shown.groups
    ]
    return {
        "handbook": shown,
        "title": shown.title.in_language(language),
        "sections": rows,
        "groups": [(name, members) for name, members in groups if members],
        "hotline": HOTLINE,
        "contacts": help_contacts(request.user) if isinstance(request.user, Officer) else [],
    }
