"""The suggested topic on the page of a case, and the step that accepts it."""

from collections.abc import Iterable
from dataclasses import dataclass

from central.cases.models import Case
from central.desk import labels
from central.desk.step_table import DeskStep
from central.insight.topic_suggestions import suggest_topic
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_ACCEPTED = BilingualText("รับประเภทที่ระบบเสนอ", "Accepted the suggested topic")


@dataclass(frozen=True)
class ShownSuggestion:
    """What the page says, and the fields of the step that accepts it: all other classes stay as they are."""

    topic: str
    percent: int
    reasons: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


def build_suggestion(case: Case, steps: Iterable[DeskStep], language: str) -> ShownSuggestion | None:
    """The suggestion for an officer who may reclassify the case now; None without one."""
    if not any(step.action is Action.RECLASSIFY for step in steps) or not (suggestion := suggest_topic(case)):
        return None
    values = {
        "step": Action.RECLASSIFY.value,
        "topic": suggestion.topic,
        "urgency": case.urgency,
        "mission": case.mission,
        "about_kind": case.about_kind,
        "note": _ACCEPTED.in_language(language),
        **case.terms,
        **({"is_complex": "on"} if case.is_complex else {}),
    }
    name = labels.label(labels.TOPIC, suggestion.topic, language)
    return ShownSuggestion(name, round(100 * suggestion.probability), suggestion.reasons, tuple(values.items()))
