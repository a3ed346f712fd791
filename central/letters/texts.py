"""The words of a letter: its parts, and the standard words of each kind until a centre writes its own. Pure.

Each line of `body` is a paragraph. Words in braces are replaced by values of the case when a draft is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from central.letters.kinds import LetterKind
from protocol.bilingual_text import BilingualText

MAX_LINE_CHARS = 300
MAX_LINES_CHARS = 1000  # references, enclosures
MAX_BODY_CHARS = 8000  # about four pages
MISSING = "………………"  # in place of a value that the case does not have; the officer sees it and fills it in


@dataclass(frozen=True)
class LetterText:
    """The parts that an officer writes. `reference` (อ้างถึง) and `enclosures` (สิ่งที่ส่งมาด้วย) have one entry a line."""

    subject: str
    addressee: str
    body: str
    closing: str = ""
    reference: str = ""
    enclosures: str = ""


PLACEHOLDERS: Mapping[str, BilingualText] = {
    "{case}": BilingualText("เลขเรื่อง", "number of the case"),
    "{nature}": BilingualText("ลักษณะเรื่อง", "nature of the case"),
    "{topic}": BilingualText("ประเภทเรื่อง", "topic"),
    "{place}": BilingualText("ตำบล อำเภอ จังหวัดที่เกิดเหตุ", "tambon, district and province"),
    "{received}": BilingualText("วันที่รับเรื่อง", "day of receipt"),
    "{status}": BilingualText("สถานะปัจจุบัน", "present status"),
    "{agency}": BilingualText("หน่วยงาน", "agency"),
    "{sent}": BilingualText("วันที่สั่งการหน่วยงาน", "day of the order"),
    "{request}": BilingualText("สิ่งที่ขอจากหน่วยงาน", "what the agency is asked: to lead or to support"),
    "{order}": BilingualText("ข้อความสั่งการ", "text of the order"),
    "{due}": BilingualText("กำหนดแล้วเสร็จ", "due date"),
    "{outcome}": BilingualText("ผลการดำเนินการ", "outcome"),
    "{statement}": BilingualText("ข้อความของผู้ร้อง", "statement of the complainant"),
    "{complainant}": BilingualText("ชื่อผู้ร้อง", "name of the complainant"),
    "{head}": BilingualText("ผู้ว่าราชการจังหวัดหรือนายอำเภอ", "governor or district chief"),
    "{centre}": BilingualText("ชื่อศูนย์", "name of the centre"),
}
FIELDS = tuple(field.name for field in fields(LetterText))
_BRACES = re.compile("|".join(map(re.escape, PLACEHOLDERS)))
_RESPECT = "ขอแสดงความนับถือ"
_AS_FOLLOWS = " ดังนี้"
_RECEIVED = "ได้รับเรื่อง{nature} ประเภท{topic} เลขที่ {case} เมื่อวันที่ {received}"

STANDARD_TEXTS: Mapping[LetterKind, LetterText] = {
    LetterKind.MEMO: LetterText(
        "เรื่อง{nature} เลขที่ {case}",
        "{head}",
        f"ด้วย{{centre}} {_RECEIVED} เหตุเกิดในพื้นที่ {{place}}\nขณะนี้ {{status}}\nจึงเรียนมาเพื่อโปรดพิจารณา",
    ),
    LetterKind.EXTERNAL: LetterText(
        "เรื่อง{nature} เลขที่ {case}",
        MISSING,
        f"ด้วย{{centre}} {_RECEIVED} เหตุเกิดในพื้นที่ {{place}}\n{MISSING}\nจึงเรียนมาเพื่อโปรดพิจารณา",
        _RESPECT,
    ),
    LetterKind.STAMPED: LetterText(
        "เรื่อง{nature} เลขที่ {case}",
        MISSING,
        f"ตามที่{{centre}} {_RECEIVED} นั้น\n{MISSING}\nจึงแจ้งมาเพื่อทราบ",
    ),
    LetterKind.ORDER: LetterText(
        "ขอให้ตรวจสอบและดำเนินการเรื่อง{nature} เลขที่ {case}",
        "{agency}",
        f"ด้วย{{centre}} {_RECEIVED} เหตุเกิดในพื้นที่ {{place}} พิจารณาแล้วเห็นว่าอยู่ในอำนาจหน้าที่ของหน่วยงานของท่าน\n"
        f"ในการนี้ จึงขอให้{{request}}{_AS_FOLLOWS}\n{{order}}\n"
        "ขอให้ดำเนินการให้แล้วเสร็จ และรายงานผลให้{centre}ทราบภายในวันที่ {due}\n"
        "จึงเรียนมาเพื่อโปรดพิจารณาดำเนินการ",
        _RESPECT,
    ),
    LetterKind.COPY: LetterText(
        "ขอส่งสำเนาเรื่อง{nature}เพื่อกำกับดูแล เลขที่ {case}",
        "{agency}",
        f"ด้วย{{centre}} {_RECEIVED} เหตุเกิดในพื้นที่ {{place}} พิจารณาแล้วเห็นว่าเกี่ยวข้องกับการกำกับดูแลของหน่วยงานของท่าน\n"
        f"จึงขอส่งสำเนาเรื่องดังกล่าวมาเพื่อโปรดทราบและกำกับดูแล โดยศูนย์มีคำสั่งการ{_AS_FOLLOWS}\n{{order}}\n"
        "จึงเรียนมาเพื่อโปรดทราบ",
        _RESPECT,
    ),
    LetterKind.REMINDER: LetterText(
        "ขอทราบผลการดำเนินการเรื่อง{nature} เลขที่ {case}",
        "{agency}",
        "ตามที่{centre} ได้ขอให้หน่วยงานของท่านดำเนินการเรื่อง{nature} เลขที่ {case} เมื่อวันที่ {sent}"
        " และรายงานผลภายในวันที่ {due} นั้น\n"
        "บัดนี้ยังไม่ได้รับรายงานผลการดำเนินการ จึงขอให้เร่งดำเนินการและรายงานผลให้{centre}ทราบโดยเร็ว",
    ),
    LetterKind.RECEIPT: LetterText(
        "รับเรื่อง{nature} เลขที่ {case}",
        "{complainant}",
        f"{{centre}} {_RECEIVED} ไว้แล้ว\n"
        "ขณะนี้ {status} ท่านสามารถติดตามผลได้ด้วยรหัสติดตามในใบติดตามเรื่อง หรือแจ้งเลขเรื่องกับเจ้าหน้าที่ที่หมายเลข 1567\n"
        "จึงแจ้งมาเพื่อทราบ",
    ),
    LetterKind.ANSWER: LetterText(
        "แจ้งผลการดำเนินการเรื่อง{nature} เลขที่ {case}",
        "{complainant}",
        "ตามที่ท่านได้แจ้งเรื่อง{nature} ประเภท{topic} ต่อ{centre} เลขที่ {case} เมื่อวันที่ {received} นั้น\n"
        "{centre} ได้ดำเนินการแล้ว สรุปผลได้ดังนี้\n{outcome}\n"
        "จึงเรียนมาเพื่อทราบ หากท่านมีข้อมูลเพิ่มเติม โปรดแจ้ง{centre}พร้อมเลขเรื่องข้างต้น",
        _RESPECT,
        "เรื่องเลขที่ {case} รับเมื่อวันที่ {received}",
    ),
    LetterKind.GOVERNOR: LetterText(
        "สรุปเรื่อง{nature} เลขที่ {case}",
        "{head}",
        f"เรื่องเดิม {{centre}} {_RECEIVED} เหตุเกิดในพื้นที่ {{place}}\n"
        "ข้อร้องเรียน {statement}\n"
        "การดำเนินการ ขณะนี้ {status} หน่วยงานที่รับผิดชอบ {agency} กำหนดแล้วเสร็จวันที่ {due}\n"
        "ผลการดำเนินการ {outcome}\n"
        "จึงเรียนมาเพื่อโปรดทราบ",
    ),
}


def fill_in(text: LetterText, values: Mapping[str, str]) -> LetterText:
    """The text with each known word in braces replaced, in one pass: a value is never searched for braces. A value that
    the case does not have becomes MISSING."""
    return LetterText(*(_filled(getattr(text, name), values) for name in FIELDS))


def without_gaps(text: LetterText) -> LetterText:
    """The text without paragraphs that have a gap, for a letter that nobody completes before it is sent."""
    paragraphs: list[str] = []
    for line in text.body.splitlines():
        if MISSING not in line:
            paragraphs.append(line)
        elif paragraphs:
            paragraphs[-1] = paragraphs[-1].removesuffix(_AS_FOLLOWS)
    return replace(text, body="\n".join(paragraphs))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda match: values.get(match[0], "") or MISSING, text)
