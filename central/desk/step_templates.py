"""Answer templates in the form of a step: the ones it offers, with the words of the case filled in, and the insertion
of a chosen one into the posted form."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from central.cases.models import Case
from central.cases.workflow import WORKFLOW
from central.desk.step_table import STEPS, DeskStep
from central.messages.answer_templates import fill_in, usable_templates
from central.messages.models import AnswerTemplate
from central.people.roles import Action
from thai import dates

# A proposal uses the templates of what it proposes.
_SHARED = {"propose_order": Action.ORDER, "propose_close": Action.CLOSE, Action.CORRECT_OUTCOME.value: Action.CLOSE}


@dataclass(frozen=True)
class OfferedTemplate:
    """A template as the form offers it: `field` gets its text, `codes` are the steps it is for."""

    key: str
    name: str
    step: str
    field: str
    text: str
    outcome: str  # it chooses this one, '' for none
    codes: frozenset[str]


def offered_templates(case: Case, steps: Iterable[DeskStep], language: str) -> tuple[OfferedTemplate, ...]:
    """The templates for these steps and the topic of the case, in the language of the citizen. Those for this topic
    alone are first."""
    offered = []
    codes = {step.code for step in steps}
    templates = list(usable_templates(case.centre))
    for template in templates:
        uses = _codes_of(template) & codes
        if uses and template.topic in ("", case.topic):
            name = WORKFLOW[Action(template.step)].name.in_language(language)
            text = fill_in(template.text_in(case.language), _values(case))
            offered.append(
                OfferedTemplate(
                    str(template.pk), template.name, name, _field_of(template), text, template.outcome, uses
                )
            )
    own_topic = {str(template.pk) for template in templates if template.topic}
    return tuple(sorted(offered, key=lambda each: each.key not in own_topic))


def insert_template(case: Case, language: str, data: QueryDict) -> QueryDict:
    """The posted form, with the text of the chosen template below what was typed."""
    chosen = data.get("template", "")
    if not chosen:
        return data
    inserted = data.copy()
    inserted["template"] = ""
    for template in offered_templates(case, STEPS, language):
        if template.key == chosen:
            typed = data.get(template.field, "").strip()
            inserted[template.field] = "\n".join(filter(None, (typed, template.text)))
            if template.outcome and not data.get("outcome"):
                inserted["outcome"] = template.outcome
    return inserted


def _codes_of(template: AnswerTemplate) -> frozenset[str]:
    return frozenset({template.step, *(code for code, step in _SHARED.items() if step.value == template.step)})


def _field_of(template: AnswerTemplate) -> str:
    return "order_text" if template.step == Action.ORDER.value else "message"


def _values(case: Case) -> dict[str, str]:
    return {
        "{case}": case.case_number,
        "{agency}": case.agency_name,
        "{due}": dates.long_date(case.due, case.language) if case.due else "",
        "{centre}": case.centre.name_in(case.language),
    }
