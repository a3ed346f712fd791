"""Template tags of the handbooks. The names of menus, steps, fields and codes in its sentences come from the
tables that the pages use, so a renamed button is renamed in the handbook."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from central.alarms.models import Alarm
from central.cases.codes import OUTCOMES, REFERRAL_KINDS, REFERRAL_STATES, Outcome, ReferralKind, ReferralState
from central.cases.work_queues import WORK_QUEUES, WorkQueue
from central.cases.workflow import WORKFLOW
from central.desk import labels
from central.desk.help_pictures import picture_size, picture_text, picture_url
from central.desk.navigation import AGENCY_ENTRIES, ENTRIES
from central.desk.step_fields import StepForm
from central.desk.step_table import STEPS
from central.fleet.attention import AttentionReason
from central.people.roles import MATRIX, Role, Scope
from central.word_wrap import wrap_words
from protocol.bilingual_text import BilingualText
from protocol.remote_command import CommandKind
from protocol.staff_call import StaffCallResponse
from protocol.staff_codes import STAFF_CODES

register = template.Library()
_REFERENCE = re.compile(r"\[(\w+):([\w-]+)\]")
_MENU: Mapping[str, BilingualText] = {entry.url_name: entry.label for entry in (*ENTRIES, *AGENCY_ENTRIES)}
_STEPS: Mapping[str, BilingualText] = {step.code: step.name for step in STEPS}
# Kind of a reference -> the table that has its name. An unknown code raises KeyError or ValueError when rendered.
_TABLES: Mapping[str, Callable[[str], BilingualText]] = {
    "menu": lambda code: _MENU[code],
    "step": lambda code: _STEPS[code],
    "field": lambda code: StepForm.field_labels[code],
    "queue": lambda code: WORK_QUEUES[WorkQueue(code)],
    "outcome": lambda code: OUTCOMES[Outcome(code)],
    "kind": lambda code: REFERRAL_KINDS[ReferralKind(code)],
    "state": lambda code: REFERRAL_STATES[ReferralState(code)],
    "alarm": lambda code: labels.ALARM_KIND[Alarm.Kind(code)],
    "attention": lambda code: labels.ATTENTION_REASON[AttentionReason(code)],
    "command": lambda code: labels.REMOTE_COMMAND[CommandKind(code)],
    "response": lambda code: labels.STAFF_CALL_RESPONSES[StaffCallResponse(code)],
    "role": lambda code: MATRIX[Role(code)].name,
}


@register.simple_tag(takes_context=True)
def guide(context: dict[str, Any], th: str, en: str) -> SafeString:
    """A sentence in the language of the page, in which `[menu:cases]` or `[step:take]` is the quoted name of that menu
    entry or step. Words between ` ` are commands."""
    return _with_commands(resolve_references(en if context["language"] == "en" else th, context["language"]))


def _with_commands(sentence: str) -> SafeString:
    """The sentence as HTML, its commands in the typeface for code."""
    parts = sentence.split("`")  # every second part is a command
    shown = (format_html("<code>{}</code>", part) if at % 2 else wrap_words(part) for at, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown))


def resolve_references(sentence: str, language: str) -> str:
    """The sentence with the quoted names. Raises KeyError or ValueError for a name that does not exist."""
    return _REFERENCE.sub(lambda match: f"“{_TABLES[match[1]](match[2]).in_language(language)}”", sentence)


@register.simple_tag(takes_context=True)
def picture(context: dict[str, Any], name: str) -> SafeString:
    """A picture of the handbook, loaded when the reader comes near it; printing needs all of them at once."""
    width, height = picture_size(name)
    return format_html(
        '<figure{}><a href="{}"><img src="{}" width="{}" height="{}" alt="{}"{}></a></figure>',
        format_html(' class="{}"', "tall") if height > width else "",
        picture_url(name),
        picture_url(name),
        width,
        height,
        picture_text(name).in_language(context["language"]),
        "" if context["for_printing"] else format_html(' loading="{}"', "lazy"),
    )


@register.simple_tag(takes_context=True)
def staff_codes(context: dict[str, Any], letter: str) -> SafeString:
    """The rows of a table: each staff code that begins with this letter, with cause and cure."""
    language = context["language"]
    rows = (
        (code, code, *(_with_commands(text.in_language(language)) for text in (row.cause, row.cure)))
        for code, row in STAFF_CODES.items()
        if code.startswith(letter)
    )
    return format_html_join("", '<tr id="{}"><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows)


@register.simple_tag(takes_context=True)
def steps_by_role(context: dict[str, Any]) -> SafeString:
    """The rows of a table: each role with the steps and pages that it may use."""
    language = context["language"]
    rows = []
    for rules in MATRIX.values():
        is_agency = rules.scope is Scope.AGENCY  # its steps are on pages of their own
        named = WORKFLOW.items() if is_agency else ((step.action, step) for step in STEPS)
        steps = [step.name.in_language(language) for action, step in named if action in rules.actions]
        entries = [entry for entry in (*ENTRIES, *AGENCY_ENTRIES) if rules.scope in entry.scopes]
        pages = [entry.label.in_language(language) for entry in entries if rules.actions & set(entry.actions)]
        if steps or pages:
            texts = rules.name.in_language(language), " · ".join(steps) or "–", " · ".join(pages) or "–"
            rows.append([wrap_words(text) for text in texts])
    return format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", rows)
