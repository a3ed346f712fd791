"""Sheets of paper as a scanner returns them."""

import io
from functools import lru_cache

import numpy as np
import pypdfium2
from django.template.loader import render_to_string
from PIL import Image, ImageDraw

from central.printed_letters import write_pdf
from central.scan_batches.separator import separator_code

A4_AT_100_DPI = (827, 1169)


@lru_cache(maxsize=1)
def separator_pdf() -> bytes:
    """The printed sheet."""
    return write_pdf(render_to_string("desk/separator_sheet.html", {"code": separator_code()}))


def separator(dpi: int = 200, degrees: float = 0.0) -> Image.Image:
    """The sheet as scanned: grey, turned, noisy."""
    page = pypdfium2.PdfDocument(separator_pdf())[0].render(scale=dpi / 72).to_pil().convert("L")
    turned = page.rotate(degrees, expand=True, fillcolor=235, resample=Image.Resampling.BILINEAR)
    noise = np.random.default_rng(7).normal(0, 12, (turned.height, turned.width))
    return Image.fromarray(np.clip(np.asarray(turned) * 0.8 + 40 + noise, 0, 255).astype("uint8"))


def letter(line: int, size: tuple[int, int] = A4_AT_100_DPI) -> Image.Image:
    """A page with ink, different for each `line`."""
    page = Image.new("L", size, 250)
    draw = ImageDraw.Draw(page)
    for row in range(3 + line % 20):
        draw.rectangle((90, 120 + 40 * row, 300 + 37 * (line + row) % 400, 132 + 40 * row), fill=20)
    return page


def blank(size: tuple[int, int] = A4_AT_100_DPI) -> Image.Image:
    """An empty back."""
    return Image.new("L", size, 250)


def pdf_of(*sheets: Image.Image) -> bytes:
    """A scan of these sheets."""
    output = io.BytesIO()
    sheets[0].save(output, "PDF", save_all=True, append_images=sheets[1:], resolution=100)
    return output.getvalue()
