"""The officers' handbook at /desk/help, to which every page of the desk links, and its printable form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from central.centres.models import Officer
from central.desk.help_contact import HOTLINE, help_contacts
from central.desk.help_sections import SECTIONS, HelpGroup, HelpSection, section_html, sections_containing
from central.desk.page_support import open_page, page_language, render_page

_MAX_QUERY_CHARS = 100


@require_safe
@open_page
def handbook(request: HttpRequest) -> HttpResponse:
    """All sections on one page, or those that contain the words of `q`. It needs no login: its first section is for
    somebody who cannot sign in."""
    query = request.GET.get("q", "")[:_MAX_QUERY_CHARS].strip()
    matches = sections_containing(query.split(), page_language(request))
    return render_page(request, "desk/help.html", {"query": query, **_content(request, matches)})


@require_safe
@open_page
def printable_handbook(request: HttpRequest) -> HttpResponse:
    """All sections without the frame of the desk, for paper and for a PDF file made by the browser."""
    context = {"language": page_language(request), **_content(request, SECTIONS, for_printing=True)}
    return render(request, "desk/help_print.html", context)


def _content(
    request: HttpRequest, sections: tuple[HelpSection, ...] | list[HelpSection], *, for_printing: bool = False
) -> dict[str, Any]:
    language = page_language(request)
    shown = [
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
        (group.value.in_language(language), [section for section in shown if section["group"] is group])
        for group in HelpGroup
    ]
    return {
        "sections": shown,
        "groups": [(name, members) for name, members in groups if members],
        "hotline": HOTLINE,
        "contacts": help_contacts(request.user) if isinstance(request.user, Officer) else [],
    }
