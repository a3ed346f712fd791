"""Answer templates: which ones a centre has, how their words in braces are replaced, and how they are changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from central.agencies.register import own_and_above
from central.cases.codes import Outcome
from central.centres.models import Centre, Officer
from central.messages.models import MAX_NAME_CHARS, MAX_TEXT_CHARS, AnswerTemplate
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.topics import Topic

# The steps that a template is for, in the order of the editor.
TEMPLATE_STEPS = (
    Action.ORDER,
    Action.ASK_DETAILS,
    Action.CLOSE,
    Action.REPORT,
    Action.REOPEN,
    Action.LINK_DUPLICATE,
    Action.UNLINK_DUPLICATE,
    Action.MOVE_CENTRE,
    Action.SET_DUE,
    Action.ADD_NOTE,
)
# What a text may contain: replaced by the values of the case when the text is inserted.
PLACEHOLDERS: Mapping[str, BilingualText] = {
    "{case}": BilingualText("เลขเรื่อง", "number of the case"),
    "{agency}": BilingualText("หน่วยงานหลัก", "lead agency"),
    "{due}": BilingualText("กำหนดแล้วเสร็จ", "due date"),
    "{centre}": BilingualText("ชื่อศูนย์", "name of the centre"),
}
_MAX_TEMPLATES = 200  # of one centre
_NOT_PERMITTED = BilingualText("ท่านแก้ไขแม่แบบของศูนย์นี้ไม่ได้", "You cannot edit the templates of this centre")
_INCOMPLETE = BilingualText("โปรดใส่ขั้นตอน ชื่อ และข้อความภาษาไทย", "Give the step, a name and the Thai text")
_UNKNOWN = BilingualText("ไม่มีประเภทหรือผลการดำเนินการนี้", "There is no such topic or outcome")
_NO_OUTCOME = BilingualText("เลือกผลการดำเนินการได้เฉพาะแม่แบบของการยุติเรื่อง", "Only a template for closing has an outcome")
_TOPICS = frozenset({"", *(topic.value for topic in Topic)})
_OUTCOMES = frozenset({"", *(outcome.value for outcome in Outcome)})
_TOO_LONG = BilingualText("ชื่อหรือข้อความยาวเกินไป", "The name or the text is too long")
_NAME_IN_USE = BilingualText("ขั้นตอนนี้มีแม่แบบชื่อนี้แล้ว", "This step has a template with this name already")
_TOO_MANY = BilingualText("ศูนย์นี้มีแม่แบบครบจำนวนแล้ว", "This centre cannot have more templates")


class TemplateError(Exception):
    """A template that cannot be saved; `sentence` says why."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class TemplateContent:
    """What an editor states about a template."""

    step: str
    name: str
    text_th: str
    text_en: str = ""
    topic: str = ""
    outcome: str = ""


def usable_templates(centre: Centre) -> QuerySet[AnswerTemplate]:
    """The templates of this centre and of the centres above it."""
    return AnswerTemplate.objects.filter(centre__in=own_and_above(centre))


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with each known word in braces replaced. Others stay, so that the officer sees them."""
    for placeholder in PLACEHOLDERS:
        text = text.replace(placeholder, values.get(placeholder, "") or "–")
    return text


def save_template(
    officer: Officer, centre: Centre, content: TemplateContent, template: AnswerTemplate | None = None
) -> AnswerTemplate:
    """Create a template, or change one of this centre. Raises TemplateError."""
    _check_permission(officer, centre, template)
    if content.topic not in _TOPICS or content.outcome not in _OUTCOMES:
        raise TemplateError(_UNKNOWN)
    if content.outcome and content.step != Action.CLOSE.value:
        raise TemplateError(_NO_OUTCOME)
    name, text_th, text_en = content.name.strip(), content.text_th.strip(), content.text_en.strip()
    if content.step not in {step.value for step in TEMPLATE_STEPS} or not name or not text_th:
        raise TemplateError(_INCOMPLETE)
    if len(name) > MAX_NAME_CHARS or max(len(text_th), len(text_en)) > MAX_TEXT_CHARS:
        raise TemplateError(_TOO_LONG)
    if template is None and AnswerTemplate.objects.filter(centre=centre).count() >= _MAX_TEMPLATES:
        raise TemplateError(_TOO_MANY)
    template = template or AnswerTemplate(centre=centre)
    template.step, template.name, template.text_th, template.text_en = content.step, name, text_th, text_en
    template.topic, template.outcome = content.topic, content.outcome
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        raise TemplateError(_NAME_IN_USE) from None
    return template


def delete_template(officer: Officer, template: AnswerTemplate) -> None:
    """Delete a template. Texts that were sent stay in the history of their cases. Raises TemplateError."""
    _check_permission(officer, template.centre, template)
    template.delete()


def _check_permission(officer: Officer, centre: Centre, template: AnswerTemplate | None) -> None:
    is_own = template is None or template.centre_id == centre.pk
    if not is_own or not has_permission(officer, Action.MANAGE_TEMPLATES, centre):
        raise TemplateError(_NOT_PERMITTED)
