"""Copies a selection from the last `./run gallery` into the documentation.

python -m tools.gallery.selection
"""

import shutil
import sys
from pathlib import Path

from tools.gallery.pictures import GalleryPicture

GALLERY, DOCS = Path("gallery-output"), Path("docs/gallery")
PORTRAIT, LANDSCAPE = "1080x1920", "1920x1080"
SELECTION = (
    GalleryPicture("topic_chosen", "th", 100, PORTRAIT, "normal"),
    GalleryPicture("tell", "th", 100, PORTRAIT, "normal"),
    GalleryPicture("review", "th", 100, PORTRAIT, "normal"),
    GalleryPicture("receipt_printed", "th", 100, PORTRAIT, "normal"),
    GalleryPicture("topic_chosen", "th", 180, PORTRAIT, "normal"),
    GalleryPicture("review", "en", 100, PORTRAIT, "dark"),
    GalleryPicture("scan_read", "th", 100, PORTRAIT, "normal"),
    GalleryPicture("scan_form", "th", 100, PORTRAIT, "normal"),
    GalleryPicture("review_offers", "th", 100, PORTRAIT, "normal"),
    GalleryPicture("fault_printer_paper_out", "th", 180, PORTRAIT, "light"),
    GalleryPicture("technician_device_tests", "en", 100, PORTRAIT, "normal"),
    GalleryPicture("receipt_asking", "th", 100, LANDSCAPE, "normal"),
    GalleryPicture("tell", "th", 180, LANDSCAPE, "dark"),
)
PICTURES_PER_ROW = 3
LANGUAGES = {"th": "Thai", "en": "English"}
MODES = {"normal": "", "dark": ", light on dark", "light": ", black on white"}
HEAD = """# A selection of the gallery

`./run gallery` draws every screen in Thai and English, at 100 and 180 %, in portrait and landscape, in three palettes,
into `gallery-output/index.html`. It fails when something does not fit, has too little contrast or is too small to tap.
`python -m tools.gallery.selection` copies this selection:
"""


def main() -> int:
    """Copy the pictures and write the page. The exit status is 2 when the gallery lacks one of them."""
    missing = [picture.file for picture in SELECTION if not (GALLERY / picture.file).exists()]
    if missing:
        print(f"The gallery has no {missing[0]}: draw it with ./run gallery.", file=sys.stderr)
        return 2
    for old in DOCS.glob("*.webp"):
        old.unlink()
    page = [HEAD]
    for size in (PORTRAIT, LANDSCAPE):
        pictures = [picture for picture in SELECTION if picture.size == size]
        for first in range(0, len(pictures), PICTURES_PER_ROW):
            row = pictures[first : first + PICTURES_PER_ROW]
            for picture in row:
                shutil.copy(GALLERY / picture.file, DOCS / _file_name(picture))
            captions = [_caption(picture) for picture in row]
            images = [f"![{_caption(picture)}]({_file_name(picture)})" for picture in row]
            page += [f"| {' | '.join(captions)} |", "|" + "---|" * len(row), f"| {' | '.join(images)} |", ""]
    (DOCS / "README.md").write_text("\n".join(page), encoding="utf-8")
    return 0


def _caption(picture: GalleryPicture) -> str:
    name, language = picture.name.replace("_", " "), LANGUAGES[picture.language]
    return f"{name}: {language}, {picture.text_percent} %{MODES[picture.contrast]}"


def _file_name(picture: GalleryPicture) -> str:
    orientation = "portrait" if picture.size == PORTRAIT else "landscape"
    return f"{picture.name}-{orientation}-{picture.language}-{picture.text_percent}-{picture.contrast}.webp"


if __name__ == "__main__":
    sys.exit(main())
