"""The selection of the gallery that stands in the documents: taken from the last `./run gallery`.

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
into `gallery-output/index.html`, and fails when something does not fit, is faint or is hard to hit. A few of them
(`python -m tools.gallery.selection` takes them from there):
"""


def main() -> int:
    """Copy the pictures and write the page. The exit status is 2 when the gallery was not drawn whole."""
    missing = [shot.file for shot in SELECTION if not (GALLERY / shot.file).exists()]
    if missing:
        print(f"The gallery has no {missing[0]}: draw it with ./run gallery.", file=sys.stderr)
        return 2
    for old in DOCS.glob("*.webp"):
        old.unlink()
    page = [HEAD]
    for size in (PORTRAIT, LANDSCAPE):
        shots = [shot for shot in SELECTION if shot.size == size]
        for first in range(0, len(shots), PICTURES_PER_ROW):
            row = shots[first : first + PICTURES_PER_ROW]
            for shot in row:
                shutil.copy(GALLERY / shot.file, DOCS / _file_name(shot))
            captions = [
                f"{shot.name.replace('_', ' ')}: "
                f"{LANGUAGES[shot.language]}, {shot.text_percent} %{MODES[shot.contrast]}"
                for shot in row
            ]
            page += [
                f"| {' | '.join(captions)} |",
                "|" + "---|" * len(row),
                f"| {' | '.join(f'![{text}]({_file_name(shot)})' for text, shot in zip(captions, row, strict=True))} |",
                "",
            ]
    (DOCS / "README.md").write_text("\n".join(page), encoding="utf-8")
    return 0


def _file_name(shot: GalleryPicture) -> str:
    lies = "portrait" if shot.size == PORTRAIT else "landscape"
    return f"{shot.name}-{lies}-{shot.language}-{shot.text_percent}-{shot.contrast}.webp"


if __name__ == "__main__":
    sys.exit(main())
