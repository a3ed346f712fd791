"""Eight pages made with other tools than the rest: WeasyPrint sets them, Poppler renders, ImageMagick damages them.

Nothing here is used for training or tuning: layout engine, texts, typefaces and damage occur nowhere else. They show
whether a gain on the generated pages is one on paper too.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import ImageFile
from weasyprint import HTML

from tests.ocr_pages.page_file import PageFile
from tests.ocr_pages.sheet import TrueLine
from tests.ocr_pages.split import Split
from tests.ocr_pages.typefaces import typefaces_of

# WeasyPrint lets Pillow accept cut-off pictures, in the whole process: other tests expect their refusal.
ImageFile.LOAD_TRUNCATED_IMAGES = False
DPI = 200
_TIMEOUT_S = 120


@dataclass(frozen=True)
class Document:
    """Blocks in reading order: a heading, paragraphs, rows of a table (cells separated by '|')."""

    heading: str
    blocks: tuple[str, ...]
    css: str = ""


_HOUSING = Document(
    "หนังสือร้องทุกข์ของผู้อยู่อาศัยอาคารสงเคราะห์",
    (
        "เขียนที่ อาคาร ๗ ชั้น ๓ ห้อง ๓๑๘ เคหะชุมชนร่มพฤกษ์",
        "วันที่ ๑๙ มิถุนายน พ.ศ. ๒๕๖๘",
        "กราบเรียน ท่านผู้จัดการเคหะชุมชน",
        "กระผมและผู้เช่ารวม ๔๒ ห้อง ขอร้องทุกข์เรื่องลิฟต์โดยสารขัดข้องมานาน ๙๘ วัน ผู้สูงวัยหลายท่านต้องปีนบันไดวันละหลายเที่ยว "
        "คุณตาห้อง ๕๐๖ หกล้มกระดูกสะโพกร้าวเมื่อคืนวันที่ ๔ ที่ผ่านมา",
        "นอกจากนั้น ดาดฟ้ารั่วซึมจนฝ้าเพดานร่วงลงมา ๒ แผ่น ค่าส่วนกลางเดือนละ ๓๕๐ บาทซึ่งเก็บล่วงหน้าไปแล้ว ๖ เดือน "
        "รวมทั้งสิ้น ๘๘,๒๐๐ บาท ยังไม่มีใครชี้แจงว่านำไปใช้ทำอะไร",
        "จึงวิงวอนขอให้ส่งวิศวกรมาสำรวจภายใน ๑๕ วัน และตอบเป็นลายลักษณ์อักษรมายังตู้ไปรษณีย์ ๑๐๗๔",
        "ด้วยความนับถืออย่างยิ่ง",
        "(นายโสภณ ปราการเหล็ก)",
    ),
)
_MINUTES = Document(
    "รายงานการประชุมกลุ่มออมทรัพย์เพื่อการผลิต ครั้งที่ 5/2567",
    (
        "ระเบียบวาระที่ 1 ประธานแจ้งยอดเงินฝากคงเหลือ 1,204,733.50 บาท เพิ่มจากไตรมาสก่อนร้อยละ 6.8",
        "ระเบียบวาระที่ 2 รับรองรายงานการประชุมครั้งก่อน มีผู้ขอแก้คำผิดในหน้า 3 บรรทัดที่ 12",
        "ระเบียบวาระที่ 3 นางทิพวรรณ รุ่งโรจน์สกุล เสนอให้จัดซื้อเครื่องอบลมร้อนแบบ Solar Dryer จำนวน 2 ชุด "
        "เหรัญญิกทักท้วงว่าใบเสนอราคาของ Green Farm Co., Ltd. หมดอายุแล้วตั้งแต่ 31 พ.ค. 67",
        "มติที่ประชุม ให้ชะลอการจัดซื้อ และให้เลขานุการสืบราคาใหม่อย่างน้อย 3 ราย แล้วรายงานผ่านกลุ่ม Line",
        "The next meeting takes place on Saturday at half past nine.",
        "เลิกประชุมเวลา 15.40 น.",
    ),
)
_ACCOUNT = Document(
    "ใบแจ้งหนี้ค่าซ่อมแซมรถไถเดินตาม",
    (
        "ลูกค้า นายบุญล้อม ชาวสวนผล โทร. ๐๙๓ ๕๕๐ ๗๑๘๔",
        "ลำดับ|รายการอะไหล่|จำนวน|ราคารวม",
        "๑|สายพานร่องวี|๒|๖๔๐.๐๐",
        "๒|ลูกปืนเพลาหลัง|๔|๑,๑๘๐.๐๐",
        "๓|ซีลกันน้ำมัน|๖|๓๙๐.๐๐",
        "๔|กรองโซล่า|๑|๒๗๕.๐๐",
        "๕|ค่าแรงช่าง|๑|๙๐๐.๐๐",
        "รวมเงินสุทธิ ๓,๓๘๕.๐๐ บาท กำหนดชำระภายใน ๗ สิงหาคม ๒๕๖๗",
        "ร้านคืนเงินมัดจำไม่ครบ ๕๐๐ บาท จึงขอให้เจ้าหน้าที่คุ้มครองผู้บริโภคช่วยไกล่เกลี่ย",
    ),
)
_NOTICE = Document(
    "ประกาศแจ้งปิดประตูระบายน้ำชั่วคราว",
    (
        "ด้วยคานยกบานประตูระบายน้ำปลายคลองซอย ๑๔ ชำรุด มีความจำเป็นต้องปิดซ่อมระหว่างวันที่ ๒๗ กันยายน ถึง ๑๑ ตุลาคม ๒๕๖๖",
        "ผู้เลี้ยงกุ้งและผู้ทำนาบัวโปรดกักเก็บน้ำไว้ล่วงหน้าไม่น้อยกว่า ๑.๒๐ เมตร และงดสูบน้ำหลังเวลา ๒๐.๐๐ น.",
        "หากพบรอยรั่วหรือปลาน็อกน้ำ โปรดแจ้งพนักงานเฝ้าประตู หมายเลข ๐๘๖ ๒๔๗ ๙๕๓๐ ได้ตลอดวัน",
        "ขออภัยในความไม่สะดวกมา ณ ที่นี้",
    ),
    "main { columns: 2; column-gap: 12mm }",
)

UNSEEN_TEXTS = tuple((document.heading, *document.blocks) for document in (_HOUSING, _MINUTES, _ACCOUNT, _NOTICE))

# Arguments of ImageMagick's convert, between the rendered page and the result.
_DAMAGE: tuple[tuple[str, Document, bool, tuple[str, ...]], ...] = (
    ("perspective", _HOUSING, True, (
        "-bordercolor", "#6b5a48", "-border", "120", "-virtual-pixel", "edge", "-distort", "Perspective",
        "120,120 175,150 1774,120 1740,190 1774,2459 1815,2410 120,2459 90,2440", "-blur", "0x0.8", "-quality", "85",
    )),
    ("waves and grain", _HOUSING, False, (
        "-background", "white", "-wave", "5x1100", "-attenuate", "0.25", "+noise", "Gaussian",
    )),
    ("lens", _MINUTES, False, ("-virtual-pixel", "white", "-distort", "Barrel", "0.012 0.0 0.0", "-blur", "0x1")),
    ("oil and contrast", _MINUTES, False, ("-paint", "1", "-brightness-contrast", "-8x-35")),
    ("small and specked", _ACCOUNT, False, (
        "-rotate", "1.3", "-resize", "62%", "-attenuate", "0.06", "+noise", "Impulse",
    )),
    ("spread and thresholded", _ACCOUNT, False, ("-spread", "1", "-blur", "0x0.7", "-threshold", "62%")),
    ("lamp in the middle", _NOTICE, False, (
        "(", "-size", "1654x2339", "radial-gradient:#ffffff-#707070", ")", "-compose", "multiply", "-composite",
        "-attenuate", "0.12", "+noise", "Gaussian",
    )),
    ("moved and upside down", _NOTICE, False, ("-motion-blur", "0x2+25", "-rotate", "180", "-quality", "60")),
)  # fmt: skip


UNSEEN = "unseen"  # in place of a split's name


def list_unseen() -> list[str]:
    """The names of the pages."""
    return [name for name, *_ in _DAMAGE]


def make_unseen_page(name: str) -> PageFile:
    """The page of that name. Raises CalledProcessError when Poppler or ImageMagick fails, StopIteration for another
    name."""
    index, (_, document, is_photo, damage) = next((index, row) for index, row in enumerate(_DAMAGE) if row[0] == name)
    faces = typefaces_of(Split.HELD_OUT)
    typeface = faces[index % len(faces)]
    with tempfile.TemporaryDirectory() as directory:
        pdf, page = Path(directory) / "page.pdf", Path(directory) / "page"
        HTML(string=_to_html(document, typeface.regular)).write_pdf(pdf)
        _run("pdftoppm", "-r", str(DPI), "-gray", "-singlefile", str(pdf), str(page))
        kind = "jpg" if is_photo or "-quality" in damage else "pgm"
        result = Path(directory) / f"damaged.{kind}"
        _run("convert", "-seed", str(index), f"{page}.pgm", *damage, str(result))
        file = result.read_bytes()
    texts = [text.replace("|", " ") for text in (document.heading, *document.blocks)]
    lines = tuple(TrueLine(text, (0, 0, 0, 0), number) for number, text in enumerate(texts))
    return PageFile(UNSEEN, name, 0, typeface.family, 1.0, file, lines, is_by_paragraph=is_photo)


def _to_html(document: Document, font: Path) -> str:
    parts, is_open = [], False
    for block in document.blocks:
        is_row = "|" in block
        if is_row != is_open:
            parts.append("<table>" if is_row else "</table>")
            is_open = is_row
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in block.split("|"))
        parts.append(f"<tr>{cells}</tr>" if is_row else f"<p>{escape(block)}</p>")
    return f"""<html lang="th"><style>
        @font-face {{ font-family: page; src: url('{font.as_uri()}') }}
        @page {{ size: A4; margin: 22mm 24mm }}
        body {{ font: 12.5pt/1.75 page; color: #181818 }}
        h1 {{ font-size: 15pt; text-align: center }}
        p {{ margin: 0 0 4mm; text-indent: 14mm }}
        table {{ border-collapse: collapse; width: 100%; margin-bottom: 5mm }}
        td {{ border: 0.4pt solid; padding: 1mm 2mm }}
        {document.css}
        </style><h1>{escape(document.heading)}</h1><main>{"".join(parts)}</main></html>"""


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)
