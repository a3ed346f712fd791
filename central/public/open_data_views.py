"""The public pages of open data: the list of files, the files, and the description of the data set."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from central.activities.views import chosen_language
from central.centres.models import Centre
from central.insight.models import OpenDataFile
from central.insight.open_data import FIELDS, month_code, open_data_state
from central.insight.open_data_dictionary import DESCRIPTION, MEANINGS, TITLE, Distribution, catalogue, meaning
from central.insight.open_data_response import file_response
from central.insight.periods import month_number, parse
from central.public_address import absolute_url
from thai import dates

_KEPT_S = 3600


@require_safe
@gzip_page
def open_data_page(request: HttpRequest) -> HttpResponse:
    """The files of all months, newest first, with licence and dictionary. 404 while open data is switched off."""
    _refuse_when_off()
    language = chosen_language(request)
    files = OpenDataFile.objects.order_by("-month").defer("csv", "json")
    context: dict[str, Any] = {
        "language": language,
        "other_language": f"?lang={'th' if language == 'en' else 'en'}",
        "query": "?lang=en" if language == "en" else "",
        "title": TITLE.in_language(language),
        "description": DESCRIPTION.in_language(language),
        "files": [_shown(file, language) for file in files],
        "fields": [(name, meaning(name).in_language(language)) for name in FIELDS if name in MEANINGS],
        "empty_fields": [name for name in FIELDS if name not in MEANINGS],
    }
    return render(request, "public/open_data.html", context)


@require_safe
@gzip_page
def open_data_file(request: HttpRequest, month: str, format_name: str) -> HttpResponse:
    """A file as CSV or JSON. 404 for a month without one."""
    _refuse_when_off()
    period = parse(month)
    is_month = period is not None and period.months is not None and len(period.months) == 1
    if period is None or not is_month or format_name not in ("csv", "json"):
        raise Http404
    file = OpenDataFile.objects.filter(month=month_number(period.first)).first()
    if file is None:
        raise Http404
    response = file_response(request, file, format_name)
    response["Cache-Control"] = f"public, max-age={_KEPT_S}"
    return response


@require_safe
def open_data_catalogue(request: HttpRequest) -> HttpResponse:
    """The description of the data set as JSON-LD (DCAT)."""
    _refuse_when_off()
    publisher = Centre.objects.filter(parent=None).order_by("pk").first()
    files = [
        Distribution(
            month_code(file),
            file.made_on.isoformat(),
            file.row_count,
            file.licence_url or file.licence,
            *(
                absolute_url(request, reverse("open_data_file", args=[month_code(file), name]))
                for name in ("csv", "json")
            ),
        )
        for file in OpenDataFile.objects.order_by("-month").defer("csv", "json")
    ]
    name = publisher.name_th if publisher else ""
    return JsonResponse(
        catalogue(absolute_url(request, reverse("open_data")), name, FIELDS, files),
        json_dumps_params={"ensure_ascii": False},
    )


def _refuse_when_off() -> None:
    if not open_data_state().is_on:
        raise Http404


def _shown(file: OpenDataFile, language: str) -> dict[str, Any]:
    period = parse(month_code(file))
    return {
        "code": month_code(file),
        "name": period.name.in_language(language) if period else "",
        "rows": f"{file.row_count:,}",
        "made_on": dates.long_date(file.made_on, language),
        "licence": file.licence,
        "licence_url": file.licence_url,
    }
