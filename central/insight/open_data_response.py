"""A file of open data as the answer to a request: on its public page, and at the desk."""

import gzip

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from central.insight.models import OpenDataFile
from central.insight.open_data import month_code

FORMATS = ("csv", "json")


def file_response(request: HttpRequest, file: OpenDataFile, format_name: str) -> HttpResponse:
    """The file as CSV or JSON. JSON is stored packed, and sent so to a browser that unpacks."""
    name = f'attachment; filename="complaints-{month_code(file)}.{format_name}"'
    if format_name == "csv":
        response = HttpResponse(bytes(file.csv), content_type="text/csv; charset=utf-8")
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(bytes(file.json), content_type="application/json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(bytes(file.json)), content_type="application/json")
    response["Content-Disposition"] = name
    patch_vary_headers(response, ("Accept-Encoding",))
    return response
