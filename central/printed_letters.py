"""Writes letters and receipts as PDF: WeasyPrint with the project's own fonts, and no access to anything else."""

from pathlib import Path

from PIL import ImageFile
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

# WeasyPrint lets Pillow accept cut-off pictures, in the whole process. Here a cut-off picture is refused.
ImageFile.LOAD_TRUNCATED_IMAGES = False
# The whole fonts: those of the web pages lack signs that a letter may contain.
_FONTS = Path(__file__).parents[1] / "assets" / "fonts"


def write_pdf(html: str, *, variant: str | None = None) -> bytes:
    """The PDF of a page whose values are escaped. It may name the fonts, and pictures in the page itself. `variant` is
    a standard that the file follows: 'pdf/a-2u'."""
    fetcher = URLFetcher(allowed_protocols={"file", "data"})
    document = HTML(string=html, base_url=f"{_FONTS.as_uri()}/", url_fetcher=fetcher)
    pdf: bytes = document.write_pdf(font_config=FontConfiguration(), pdf_variant=variant)
    return pdf
