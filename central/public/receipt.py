"""The receipt of a case that was filed on the web: number, code and QR code, on the screen, as PDF and as picture."""

import io
from typing import Any

import pypdfium2
import segno
from django.http import HttpRequest
from django.template.loader import render_to_string

from central.cases.models import Case
from central.printed_letters import write_pdf
from central.public import kiosk_texts as kiosk
from central.public import web_texts as web
from central.public_address import service_url
from protocol import tracking_code
from thai import dates

_PICTURE_SCALE = 3.0  # of 72 dpi: 1,080 pixels wide, as the screen of a phone


def receipt_context(case: Case, code: str | None, language: str, request: HttpRequest) -> dict[str, Any]:
    """What the receipt shows. It has the number and the code, and nothing of person or complaint."""
    url = tracking_code.tracking_url(case.centre.public_url or service_url(request), code) if code else ""
    return {
        "language": language,
        "request": request,
        "number": case.case_number,
        "centre": case.centre.name_in(language),
        "filed": dates.short_datetime(case.filed_at, language),
        "code": tracking_code.display(code) if code else "",
        "address": url.partition("#")[0].partition("://")[2],
        "qr": segno.make(url, error="m", micro=False).svg_data_uri(border=4) if url else "",
        "kiosk": {
            "received": kiosk.RECEIVED.in_language(language),
            "has_code": kiosk.HAS_CODE.in_language(language),
            "keep_code": kiosk.KEEP_CODE.in_language(language),
            "next_steps": kiosk.NEXT_STEPS.in_language(language),
            "centre_reads": kiosk.CENTRE_READS.in_language(language),
        },
        "web": {"title": web.TITLE.in_language(language)},
    }


def receipt_pdf(context: dict[str, Any]) -> bytes:
    """The receipt as a PDF of one page, as wide as a phone's screen."""
    return write_pdf(render_to_string("public/receipt_paper.html", context))


def receipt_picture(context: dict[str, Any]) -> bytes:
    """The same as a PNG: phones show it among the photos."""
    with pypdfium2.PdfDocument(receipt_pdf(context)) as document:
        picture, output = document[0].render(scale=_PICTURE_SCALE).to_pil(), io.BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()
