"""Names of the choices of a submission that decide who gets a case. Plain Python: the routing's explanation uses them.

`central.desk.labels` has the names of every other code."""

from protocol.bilingual_text import BilingualText
from protocol.choices import Nature, RespondentKind
from protocol.topics import TOPICS

NATURE = {
    Nature.COMPLAINT: BilingualText("ร้องเรียน", "Complaint"),
    Nature.HELP: BilingualText("ขอความช่วยเหลือ", "Request for help"),
    Nature.TIP_OFF: BilingualText("แจ้งเบาะแส", "Tip-off"),
    Nature.SUGGESTION: BilingualText("เสนอแนะ", "Suggestion"),
    Nature.PRAISE: BilingualText("ชมเชย", "Praise"),
}
TOPIC = {topic: texts.official for topic, texts in TOPICS.items()}
ABOUT = {
    RespondentKind.NOBODY: BilingualText("ไม่เจาะจงผู้ใด", "Nobody in particular"),
    RespondentKind.OFFICIAL: BilingualText("เจ้าหน้าที่หรือหน่วยงานของรัฐ", "An official or an agency"),
    RespondentKind.PERSON: BilingualText("บุคคล", "A person"),
}


def topic_name(code: str, language: str) -> str:
    """The official name of a topic; '' for one that this version does not know."""
    return next((texts.in_language(language) for topic, texts in TOPIC.items() if topic.value == code), "")
