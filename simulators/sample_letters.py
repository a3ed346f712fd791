"""Invented letters of citizens, rendered as pages, and the defects that scanners and paper add to them.

Pages are PIL images ('L', or 'RGB' where there is colour), A4 at `dpi`. Every degradation is reproducible by its seed.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from thai.line_breaking import wrap

SARABUN = Path(__file__).parents[1] / "assets" / "fonts" / "Sarabun-Regular.ttf"
A4_INCHES = (8.27, 11.69)
PAPER_GREY = 255
NBSP = "\u00a0"
TYPE_POINTS = 16.0

THREE_PAGE_LETTER = (
    """>เขียนที่ บ้านเลขที่ 88 หมู่ 12
>ตำบลบ้านเป็ด อำเภอเมืองขอนแก่น
>จังหวัดขอนแก่น 40000

>วันที่ 20 พฤศจิกายน 2569

เรื่อง ขอความช่วยเหลือกรณีน้ำประปาหมู่บ้านไม่ไหล
เรียน ผู้อำนวยการศูนย์ดำรงธรรมจังหวัดขอนแก่น
สิ่งที่ส่งมาด้วย รายชื่อครัวเรือนที่เดือดร้อน จำนวน 1 แผ่น

    ข้าพเจ้า นางบุญมา ใจดี อายุ 75 ปี อาศัยอยู่ในหมู่บ้านนี้มาตั้งแต่เกิด ขอแจ้งความเดือดร้อนของชาวบ้านให้ท่านทราบ ดังนี้
    ตั้งแต่ต้นเดือนตุลาคมเป็นต้นมา น้ำประปาของหมู่บ้านไหลอ่อนลงเรื่อย ๆ และหยุดไหลโดยสิ้นเชิงเมื่อวันที่ 5 พฤศจิกายน \
ชาวบ้านกว่า 120 ครัวเรือนไม่มีน้ำใช้มาแล้วสองสัปดาห์ ต้องซื้อน้ำจากรถบรรทุกเที่ยวละ 300 บาท ผู้สูงอายุและเด็กเล็กลำบากที่สุด \
เพราะไม่มีรถไปรับน้ำด้วยตนเอง
    เดิมทีหมู่บ้านของเรามีบ่อน้ำบาดาลหนึ่งบ่อและหอถังสูงหนึ่งหลัง สร้างมานานกว่ายี่สิบปี เมื่อปีก่อนเครื่องสูบน้ำเคยเสียไปครั้งหนึ่ง \
และซ่อมเสร็จภายในสามวัน แต่คราวนี้ยังไม่มีผู้ใดมาตรวจดู
>(มีต่อหน้า 2)
""",
    """<- 2 -

    ข้าพเจ้าและเพื่อนบ้านได้แจ้งเรื่องนี้แก่ผู้ใหญ่บ้านแล้ว ผู้ใหญ่บ้านบอกว่าได้ทำหนังสือถึงหน่วยงานที่ดูแลตั้งแต่สัปดาห์แรก \
แต่ยังไม่ได้รับคำตอบ เมื่อโทรศัพท์ไปสอบถามก็ได้รับแจ้งว่าต้องรองบประมาณปีหน้า ชาวบ้านเกรงว่าหากรอถึงหน้าแล้งจะไม่มีน้ำดื่มน้ำใช้เลย
    นอกจากนี้ โรงเรียนบ้านหนองไผ่และศูนย์พัฒนาเด็กเล็กใช้น้ำจากระบบเดียวกัน ครูต้องให้เด็กนำน้ำมาจากบ้านคนละขวด \
ห้องน้ำของโรงเรียนต้องปิดไปสามห้องจากทั้งหมดหกห้อง สถานีอนามัยก็ต้องขนน้ำมาใช้ทุกวัน
    ข้าพเจ้าเข้าใจดีว่าการซ่อมแซมต้องใช้เวลาและงบประมาณ จึงขอเสนอให้ช่วยเหลือเป็นลำดับดังนี้
    1. ส่งรถน้ำมาแจกจ่ายชั่วคราวอย่างน้อยสัปดาห์ละสองครั้ง โดยให้ความสำคัญแก่บ้านที่มีผู้สูงอายุ คนพิการ และเด็กเล็ก
    2. ส่งช่างมาตรวจเครื่องสูบน้ำและท่อส่งน้ำ แล้วแจ้งให้ชาวบ้านทราบว่าเสียที่ใดและจะซ่อมเสร็จเมื่อใด
    3. แต่งตั้งผู้รับผิดชอบดูแลระบบประปาหมู่บ้าน พร้อมหมายเลขโทรศัพท์ที่ติดต่อได้
    ชาวบ้านยินดีช่วยออกแรงขุดวางท่อ และยินดีจ่ายค่าน้ำตามที่ใช้จริงเหมือนเดิม
>(มีต่อหน้า 3)
""",
    """<- 3 -

    ข้าพเจ้าไม่ประสงค์จะกล่าวโทษผู้ใด เพียงแต่ขอให้มีน้ำใช้ดังเดิม และขอทราบวันที่คาดว่าจะแก้ไขเสร็จ \
เพื่อจะได้บอกกล่าวแก่เพื่อนบ้านให้คลายความกังวล
    หากเจ้าหน้าที่ต้องการข้อมูลเพิ่มเติม หรือต้องการให้ข้าพเจ้าพาไปดูสถานที่ ข้าพเจ้ายินดีให้ความร่วมมือทุกเมื่อ \
สามารถติดต่อได้ที่บ้านตามที่อยู่ข้างต้น หรือฝากข้อความไว้ที่ผู้ใหญ่บ้าน

    จึงเรียนมาเพื่อโปรดพิจารณาให้ความช่วยเหลือ และขอขอบคุณเป็นอย่างสูงมา ณ โอกาสนี้


>ขอแสดงความนับถือ


>บุญมา ใจดี
>(นางบุญมา ใจดี)
>ผู้แทนชาวบ้านหมู่ 12
""",
)

OFFICE_LETTER = """<บันทึกข้อความ

เรื่อง ขอให้ตรวจสอบถนนชำรุดและไฟทางดับ
เรียน นายอำเภอเมืองขอนแก่น

    ด้วยคณะกรรมการหมู่บ้านได้ประชุมเมื่อวันที่ 12 พฤศจิกายน 2569 และมีมติให้แจ้งปัญหาถนนสายหลักของหมู่บ้าน \
ซึ่งชำรุดเป็นหลุมลึกตลอดระยะทางสองกิโลเมตร รถรับส่งนักเรียนสัญจรด้วยความยากลำบาก ประกอบกับไฟฟ้าส่องสว่างดับไปสิบห้าดวง \
ทำให้เกิดอุบัติเหตุในเวลากลางคืนแล้วสี่ครั้ง มีผู้บาดเจ็บห้าราย
    คณะกรรมการเห็นว่าหากปล่อยไว้จนถึงฤดูฝน ถนนจะเสียหายมากขึ้น จึงขอให้หน่วยงานที่รับผิดชอบดำเนินการซ่อมแซม \
และแจ้งกำหนดเวลาให้ประชาชนทราบโดยเร็ว ทั้งนี้ได้แนบภาพถ่ายและแผนที่มาพร้อมหนังสือนี้แล้ว
    Please reply to the village committee by post.

    จึงเรียนมาเพื่อโปรดพิจารณา

>(นายสมหมาย ใจเย็น)
>ประธานคณะกรรมการหมู่บ้าน
"""

THAI_NUMERAL_LETTER = """>ชมรมผู้สูงอายุบ้านหนองไผ่
>เลขที่ ๑๔๘ หมู่ที่ ๗ ตำบลบ้านเป็ด
>อำเภอเมืองขอนแก่น ๔๐๐๐๐

ที่ ชผส ๒๖/๒๕๖๙
>๑๘ พฤศจิกายน ๒๕๖๙

เรื่อง ขอให้ซ่อมไฟส่องสว่างบนถนนสาย ๓๐๒๔
เรียน ผู้อำนวยการศูนย์ดำรงธรรมจังหวัดขอนแก่น

    ด้วยไฟส่องสว่างบนถนนสาย ๓๐๒๔ ตั้งแต่หลักกิโลเมตรที่ ๕ ถึง ๙ ดับมาแล้ว ๔๖ วัน จำนวน ๓๘ ดวง จากทั้งหมด ๑๒๐ ดวง \
มีรถล้มในเวลากลางคืน ๗ ครั้ง ผู้บาดเจ็บ ๑๐ ราย อายุระหว่าง ๖๒ ถึง ๘๔ ปี
    ชมรมได้แจ้งเทศบาลเมื่อวันที่ ๒ ตุลาคม ๒๕๖๙ ได้รับคำตอบว่าค่าซ่อม ๓๕๙,๖๐๐ บาท เกินงบประมาณของปีนี้ \
จึงขอให้ศูนย์ดำรงธรรมช่วยประสานงานให้แล้วเสร็จก่อนวันที่ ๓๑ ธันวาคม ๒๕๖๙
    หากต้องการข้อมูลเพิ่มเติม โปรดติดต่อที่หมายเลข ๐๘๑-๒๓๔-๕๖๗๘

>ขอแสดงความนับถือ

>(นายสมหมาย ใจเย็น)
>ประธานชมรมผู้สูงอายุ
"""

MARKET_LETTER = """เรียน ศูนย์ดำรงธรรมจังหวัด

    ผมเป็นพ่อค้าขายผักอยู่ในตลาดสดมาสิบปี ขอร้องเรียนเรื่องน้ำเสียและกลิ่นเหม็นจากท่อระบายน้ำหลังตลาด \
ซึ่งอุดตันมาตั้งแต่เดือนกันยายน เวลาฝนตกน้ำจะท่วมขังสูงถึงหัวเข่า ลูกค้าไม่กล้าเดินเข้ามาซื้อของ \
พวกเราได้ช่วยกันลอกท่อเองแล้วสองครั้ง แต่ก็กลับมาตันอีก เพราะมีร้านอาหารเททิ้งไขมันลงท่อโดยไม่มีบ่อดัก
    ผมเคยแจ้งเทศบาลด้วยวาจาแล้วเมื่อเดือนก่อน เจ้าหน้าที่รับปากว่าจะมาดูแต่ยังไม่เห็นมา \
จึงขอความกรุณาให้ศูนย์ดำรงธรรมช่วยติดตาม และขอให้ร้านอาหารติดตั้งบ่อดักไขมันให้ถูกต้องตามระเบียบ
    ถ้าต้องการให้พวกเราช่วยเหลือสิ่งใด ยินดีทุกประการ ขอแต่ให้ตลาดของเราสะอาดน่าเดินเหมือนเมื่อก่อน

>ด้วยความเคารพ
>สมชาย ขยันยิ่ง
"""


def render_letter_page(
    text: str, dpi: int = 200, *, font: Path = SARABUN, points: float = TYPE_POINTS, margin_inches: float = 1.0
) -> Image.Image:
    """One A4 page ('L'). A line that begins with '>' is in the right half, with '<' centred; four spaces indent."""
    width, height = (round(inches * dpi) for inches in A4_INCHES)
    face = ImageFont.truetype(font, round(points * dpi / 72), layout_engine=ImageFont.Layout.RAQM)
    page = Image.new("L", (width, height), PAPER_GREY)
    draw = ImageDraw.Draw(page)
    margin = round(margin_inches * dpi)
    text_width = width - 2 * margin
    y = float(margin)
    step = face.size * 1.5
    for paragraph in text.splitlines():
        if paragraph.startswith((">", "<")):
            line = paragraph[1:]
            line_width = face.getlength(line, language="th")
            x = width * 0.66 - line_width / 2 if paragraph[0] == ">" else (width - line_width) / 2
            draw.text((x, y), line, 20, font=face, language="th")
            y += step
            continue
        indent = NBSP * 8 if paragraph.startswith("    ") else ""
        for line in wrap(indent + paragraph.strip(), lambda line: face.getlength(line, language="th"), text_width):
            draw.text((margin, y), line, 20, font=face, language="th")
            y += step
    return page


def render_three_page_letter(dpi: int = 200) -> list[Image.Image]:
    """The demo's letter: a villager without tap water, on three pages."""
    return [render_letter_page(text, dpi) for text in THREE_PAGE_LETTER]


def strip_layout_marks(text: str) -> str:
    """The text as it is on the page, without the marks of the layout."""
    return "\n".join(line.lstrip("<> ") for line in text.splitlines())


def add_skew(page: Image.Image, degrees: float = 1.8) -> Image.Image:
    """The page rotated by `degrees`, as if placed on the flatbed at an angle."""
    return page.rotate(
        degrees, Image.Resampling.BICUBIC, fillcolor=PAPER_GREY if page.mode == "L" else (PAPER_GREY,) * 3
    )


def add_noise(page: Image.Image, seed: int = 1, amount: float = 24, specks: float = 0.0015) -> Image.Image:
    """The page with sensor noise (`amount`: standard deviation in grey levels) and specks of dirt: a share `specks` of
    the pixels is black, and as many are white."""
    chance = np.random.default_rng(seed)
    grey = np.array(page.convert("L"), np.float32)
    grey += chance.normal(0, amount, grey.shape).astype(np.float32)
    dirt = chance.random(grey.shape)
    grey[dirt < specks] = 0
    grey[dirt > 1 - specks] = 255
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def add_shadow(page: Image.Image, darkest: float = 0.35) -> Image.Image:
    """The page as scanned with an open lid and a fold: a deep shadow from one corner, and one soft line."""
    grey = np.asarray(page.convert("L"), np.float32)
    height, width = grey.shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    corner = np.clip((across / width + down / height) / 1.1, 0, 1)
    light = darkest + (1 - darkest) * corner
    light *= 1 - 0.35 * np.exp(-(((down - height * 0.5) / (height * 0.02)) ** 2))
    ink = grey / 255
    return Image.fromarray(np.clip(255 * light * (0.12 + 0.88 * ink), 0, 255).astype(np.uint8))


def turn_upside_down(page: Image.Image) -> Image.Image:
    """The page rotated by 180 degrees."""
    return page.transpose(Image.Transpose.ROTATE_180)


def add_stamps(page: Image.Image, stamps: Sequence[tuple[float, float, str]] = ()) -> Image.Image:
    """The page ('RGB') with red and blue rubber stamps over the text; a stamp is (x, y, text), x and y as fractions of
    the page."""
    colour = np.asarray(page.convert("RGB"), np.float32)
    ink = Image.new("RGB", page.size, "white")
    draw = ImageDraw.Draw(ink)
    width, height = page.size
    size = width // 22
    face = ImageFont.truetype(SARABUN.with_name("Sarabun-Bold.ttf"), size, layout_engine=ImageFont.Layout.RAQM)
    places = stamps or ((0.30, 0.34, "รับเรื่องแล้ว"), (0.62, 0.45, "ด่วนที่สุด"), (0.25, 0.55, "ศูนย์ดำรงธรรม"))
    for index, (x, y, words) in enumerate(places):
        shade = ((206, 48, 52), (52, 78, 190))[index % 2]
        box = draw.textbbox((x * width, y * height), words, font=face, language="th")
        frame = (box[0] - size // 2, box[1] - size // 3, box[2] + size // 2, box[3] + size // 3)
        draw.rounded_rectangle(frame, size // 3, outline=shade, width=max(3, size // 12))
        draw.text((x * width, y * height), words, shade, font=face, language="th")
    turned = np.asarray(ink.rotate(6, Image.Resampling.BICUBIC, fillcolor="white"), np.float32)
    return Image.fromarray(np.clip(colour * turned / 255, 0, 255).astype(np.uint8))


def add_show_through(page: Image.Image, strength: float = 0.12) -> Image.Image:
    """The scanned back of a printed page: its print mirrored, faint, and softened by the paper."""
    back = page.convert("L").transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2))
    return back.point(lambda grey: PAPER_GREY - (PAPER_GREY - grey) * strength)


def add_pencil_text(page: Image.Image, words: str, contrast: float, seed: int = 7) -> Image.Image:
    """Words in pencil, `contrast` grey levels darker than the paper and grainy like graphite. 25 is hardly visible."""
    written = Image.new("L", page.size)
    draw = ImageDraw.Draw(written)
    face = ImageFont.truetype(SARABUN, 44, layout_engine=ImageFont.Layout.RAQM)
    for index, line in enumerate(words.splitlines()):
        draw.text((400, 500 + 80 * index), line, 255, font=face, language="th")
    marks = np.asarray(written.filter(ImageFilter.GaussianBlur(0.7)), np.float32) / 255
    grain = np.random.default_rng(seed).uniform(0.55, 1, marks.shape)
    grey = np.asarray(page.convert("L"), np.float32) - marks * grain * contrast
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def render_scribble(dpi: int = 200, seed: int = 3) -> Image.Image:
    """A page that no machine can read: strokes like hurried handwriting."""
    chance = np.random.default_rng(seed)
    width, height = (round(inches * dpi) for inches in A4_INCHES)
    page = Image.new("L", (width, height), PAPER_GREY)
    draw = ImageDraw.Draw(page)
    for top in range(dpi, height - dpi, round(dpi * 0.45)):
        x, y = float(dpi), float(top)
        slope = chance.normal(0, 0.02)
        points = [(x, y)]
        while x < width - dpi:
            x += chance.uniform(-4, 14) * dpi / 200
            y = top + slope * (x - dpi) + chance.normal(0, 12) * dpi / 200
            points.append((x, y))
            if chance.random() < 0.05:
                draw.line(points, fill=40, width=max(2, dpi // 70), joint="curve")
                x += 20 * dpi / 200
                points = [(x, y)]
        draw.line(points, fill=40, width=max(2, dpi // 70), joint="curve")
    return page.filter(ImageFilter.GaussianBlur(0.8))
