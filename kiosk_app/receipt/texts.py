"""The texts of the receipt. It carries both languages at once, so they are here side by side, not in a catalogue.

Words between asterisks are printed bold; a word joiner (U+2060) keeps a line from breaking there.
"""

from journey.language import fill_placeholders
from protocol.bilingual_text import BilingualText

TITLE = BilingualText("ใบติดตามเรื่อง", "Tracking receipt")
COPY_LABEL = BilingualText("สำเนา", "Copy")
DATE_TIME = BilingualText("{day} เวลา {time}", "{day}, {time}")
SCAN_ADVICE = BilingualText(
    "สแกนด้วยกล้องมือถือ ดูความคืบหน้า เพิ่มภาพถ่ายได้", "Scan with your phone’s camera: see progress, add photos"
)
ADDRESS = BilingualText("หรือพิมพ์รหัสที่ {address}", "or type the code at {address}")
CODE = BilingualText("รหัสติดตาม (เก็บเป็นความลับ)", "Tracking code (keep it secret)")
CASE_NUMBER = BilingualText("เลขเรื่อง", "Case number")
ATTACHMENTS = BilingualText("เอกสารแนบ", "Attachments")
PAGE_COUNT = BilingualText("{count} หน้า", "{count} pages")
ONE_PAGE = BilingualText("1 หน้า", "1 page")
NEXT_STEP = BilingualText(
    "ต่อไป เจ้าหน้าที่จะตรวจเรื่องและส่ง\u2060ให้หน่วย\u2060งานที่รับผิดชอบ วัน\u2060ที่\u2060คาด\u2060ว่า\u2060เสร็จจะขึ้นเมื่อสแกนรหัสนี้",
    "Next, an officer reviews your case and sends it to the agency in charge. "
    "Scan this code to see when it is expected to be completed.",
)
CONTACT = BilingualText("สอบถาม โทร *1567* แจ้งเลขเรื่อง", "Questions? Call *1567* and give the case number.")


def receipt_text(text: BilingualText, language: str, **values: object) -> str:
    """The text in one language, with its `{name}` placeholders filled and its digits as on the screens."""
    return fill_placeholders(text.in_language(language), language, **values)
