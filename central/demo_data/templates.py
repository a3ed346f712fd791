"""The answer templates of the invented province: what an intake officer would otherwise type for each case."""

from central.centres.models import Centre, Officer
from central.messages.answer_templates import TemplateContent, save_template
from central.people.roles import Action

_TEMPLATES = (
    TemplateContent(
        Action.ORDER.value,
        "ตรวจสอบและรายงานผล",
        "ขอให้ {agency} ตรวจสอบและแก้ไขตามเรื่อง {case} แล้วรายงานผลให้ {centre} ทราบภายใน {due}",
        "Please examine and resolve case {case} and report to {centre} by {due}.",
    ),
    TemplateContent(
        Action.ORDER.value,
        "ออกตรวจพื้นที่โดยเร็ว",
        "ขอให้ {agency} ออกตรวจพื้นที่โดยเร็ว และแจ้งผลเบื้องต้นภายใน 7 วัน",
        "Please inspect the place soon and send a first report within 7 days.",
    ),
    TemplateContent(
        Action.ASK_DETAILS.value,
        "ขอจุดที่เกิดเหตุ",
        "ขอทราบจุดที่เกิดเหตุให้ชัดเจน เช่น ใกล้บ้านเลขที่ใดหรือเสาไฟต้นใด",
        "Please tell us the exact place, for example the nearest house or lamp post.",
    ),
    TemplateContent(
        Action.ASK_DETAILS.value,
        "ขอวันและเวลา",
        "ขอทราบวันและเวลาที่เกิดเหตุครั้งล่าสุด",
        "Please tell us the date and time when it last happened.",
    ),
    TemplateContent(
        Action.CLOSE.value,
        "แก้ไขแล้ว",
        "หน่วยงานแก้ไขเรื่อง {case} เรียบร้อยแล้ว ขอบคุณที่แจ้งให้ทราบ หากยังพบปัญหา โปรดติดต่อ {centre}",
        "The agency has resolved case {case}. Thank you for reporting it. If the problem persists, contact {centre}.",
    ),
)


def create_templates(province: Centre, director: Officer) -> None:
    """Create the templates of the province; the centres below use them too."""
    for content in _TEMPLATES:
        save_template(director, province, content)
