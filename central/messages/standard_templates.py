"""The first answer templates of a centre: one for each outcome, and those that every centre needs."""

from collections.abc import Iterable

from central.cases.codes import Outcome
from central.centres.models import Centre, Officer
from central.messages.answer_templates import TemplateContent, save_template, usable_templates
from central.messages.models import AnswerTemplate
from central.people.roles import Action
from protocol.topics import Topic

_ORDER, _ASK, _CLOSE = Action.ORDER.value, Action.ASK_DETAILS.value, Action.CLOSE.value
STANDARD_TEMPLATES = (
    TemplateContent(
        _ORDER,
        "ตรวจสอบและรายงานผล",
        "ขอให้ {agency} ตรวจสอบและดำเนินการตามเรื่อง {case} แล้วรายงานผลพร้อมภาพถ่ายให้ {centre} ทราบภายใน {due}",
    ),
    TemplateContent(
        _ORDER,
        "ไฟฟ้า ประปา ถนน: ออกตรวจพื้นที่",
        "ขอให้ {agency} ออกตรวจจุดที่ชำรุดตามเรื่อง {case} ป้องกันอันตรายก่อน แล้วแจ้งกำหนดซ่อมให้ {centre} ทราบภายใน {due}",
        topic=Topic.UTILITIES.value,
    ),
    TemplateContent(
        _ORDER,
        "ที่ดิน: ตรวจเอกสารและแนวเขต",
        "ขอให้ {agency} ตรวจสอบเอกสารสิทธิและแนวเขตตามเรื่อง {case} แจ้งผู้เกี่ยวข้องให้ชี้แจง แล้วรายงานผลภายใน {due}",
        topic=Topic.LAND.value,
    ),
    TemplateContent(
        _ASK,
        "ขอจุดที่เกิดเหตุ",
        "ขอทราบจุดที่เกิดเหตุของเรื่อง {case} ให้ชัดเจน เช่น ใกล้บ้านเลขที่ใดหรือเสาไฟต้นใด",
        "Please tell us the exact place of case {case}, for example the nearest house or lamp post.",
    ),
    TemplateContent(
        _ASK,
        "ขอวันและเวลา",
        "ขอทราบวันและเวลาที่เกิดเหตุครั้งล่าสุดของเรื่อง {case}",
        "Please tell us the date and time when case {case} last happened.",
    ),
    TemplateContent(
        _CLOSE,
        "แก้ไขแล้ว",
        "{agency} แก้ไขเรื่อง {case} เรียบร้อยแล้ว หากยังพบปัญหา ท่านขอเปิดเรื่องอีกครั้งได้ที่หน้าติดตามเรื่อง",
        "{agency} has resolved case {case}. If the problem persists, ask on the tracking page to open it again.",
        outcome=Outcome.RESOLVED.value,
    ),
    TemplateContent(
        _CLOSE,
        "ชี้แจงแล้ว",
        "{agency} ตรวจสอบเรื่อง {case} แล้ว ขอชี้แจงดังนี้\n",
        "{agency} has examined case {case} and explains:\n",
        outcome=Outcome.EXPLAINED.value,
    ),
    TemplateContent(
        _CLOSE,
        "อยู่นอกอำนาจหน้าที่",
        "เรื่อง {case} ไม่อยู่ในอำนาจหน้าที่ของ {centre} หน่วยงานที่ท่านติดต่อได้คือ ",
        "Case {case} is outside the power of {centre}. The office to contact is ",
        outcome=Outcome.NOT_OUR_POWER.value,
    ),
    TemplateContent(
        _CLOSE,
        "ผู้ร้องขอถอนเรื่อง",
        "{centre} ยุติเรื่อง {case} ตามที่ท่านขอ",
        "{centre} has closed case {case} as you asked.",
        outcome=Outcome.WITHDRAWN.value,
    ),
    TemplateContent(
        _CLOSE,
        "ไม่ได้รับรายละเอียดเพิ่มเติม",
        "{centre} ขอรายละเอียดเพิ่มเติมของเรื่อง {case} แล้ว แต่ไม่ได้รับคำตอบ จึงยุติเรื่อง ท่านขอเปิดเรื่องอีกครั้งได้ที่หน้าติดตามเรื่อง",
        "{centre} asked for details of case {case} and got no answer, so it is closed. You can ask on the tracking "
        "page to open it again.",
        outcome=Outcome.NO_RESPONSE.value,
    ),
    TemplateContent(
        _CLOSE,
        "ส่งต่อหน่วยงานอื่น",
        "{centre} ส่งเรื่อง {case} ให้หน่วยงานที่มีอำนาจโดยตรงแล้ว หน่วยงานนั้นคือ ",
        "{centre} has sent case {case} to the office in charge, which is ",
        outcome=Outcome.FORWARDED_OUT.value,
    ),
)


def lacking_standard(centres: Iterable[Centre]) -> list[Centre]:
    """Those of these centres that have no template, neither their own nor from above."""
    return [centre for centre in centres if not usable_templates(centre).exists()]


def add_standard_templates(centre: Centre, officer: Officer) -> None:
    """Add the first set; a name that the centre has for a step stays as it is. Raises TemplateError without the
    permission."""
    names = set(AnswerTemplate.objects.filter(centre=centre).values_list("step", "name"))
    for content in STANDARD_TEMPLATES:
        if (content.step, content.name) not in names:
            save_template(officer, centre, content)
