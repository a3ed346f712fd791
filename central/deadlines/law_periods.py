"""Sets and removes the periods that laws set for topics. They hold for new cases, and for cases that are ordered,
classified or reopened from then on: a date that was promised to a citizen stays."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from central.database_values import clean_text
from central.deadlines.models import LawPeriod
from protocol.topics import Topic


@dataclass(frozen=True)
class LawPeriodDetails:
    """A period by law as it is typed. `subtopic` '': the whole topic."""

    topic: str
    subtopic: str
    days: int
    law_th: str
    law_en: str


def set_law_period(details: LawPeriodDetails) -> LawPeriod:
    """Set or replace the period of a topic or sub-topic. Raises ValidationError."""
    if details.topic not in {topic.value for topic in Topic}:
        known = ", ".join(topic.value for topic in Topic)
        raise ValidationError(f"there is no topic {details.topic} (known: {known})")
    typed = LawPeriod(
        topic=details.topic,
        subtopic=clean_text(details.subtopic).strip(),
        days=details.days,
        law_th=clean_text(details.law_th).strip(),
        law_en=clean_text(details.law_en).strip(),
    )
    typed.full_clean(validate_unique=False, validate_constraints=False)
    values = {"days": typed.days, "law_th": typed.law_th, "law_en": typed.law_en}
    period, _ = LawPeriod.objects.update_or_create(topic=typed.topic, subtopic=typed.subtopic, defaults=values)
    return period


def remove_law_period(topic: str, subtopic: str) -> bool:
    """Remove the period of a topic or sub-topic. False when none is stored."""
    deleted, _ = LawPeriod.objects.filter(topic=topic, subtopic=subtopic).delete()
    return deleted > 0
