"""Obstacles and needs: centres state them, those who lead a centre or one above answer."""

from django.db.models import F, QuerySet

from central.cases import clock
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.insight.models import MAX_OBSTACLE_CHARS, Obstacle
from central.masking import mask_numbers
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

KINDS = {
    Obstacle.Kind.OBSTACLE: BilingualText("ปัญหา อุปสรรค", "Obstacle"),
    Obstacle.Kind.NEED: BilingualText("ความต้องการ", "Need"),
}
_NO_PERMISSION = BilingualText("ท่านไม่มีสิทธิ์ทำสิ่งนี้ที่ศูนย์นี้", "You may not do this at this centre")
_NO_TEXT = BilingualText("โปรดพิมพ์ข้อความ", "Write a text")
_TOO_LONG = BilingualText(f"ไม่เกิน {MAX_OBSTACLE_CHARS:,} ตัวอักษร", f"At most {MAX_OBSTACLE_CHARS:,} characters")


def visible_obstacles(officer: Officer) -> QuerySet[Obstacle]:
    """Those of the officer's centres: the unanswered first, then the newest."""
    centres = permitted_centres(officer, Action.STATE_OBSTACLES)
    rows = Obstacle.objects.filter(centre__in=centres).select_related("centre", "stated_by", "answered_by")
    return rows.order_by(F("answered_at").desc(nulls_first=True), "-stated_at", "-pk")


def unanswered_obstacles(officer: Officer) -> QuerySet[Obstacle]:
    """Those that wait for an answer by this officer."""
    centres = permitted_centres(officer, Action.ANSWER_OBSTACLES)
    return Obstacle.objects.filter(centre__in=centres, answered_at=None)


def state_obstacle(officer: Officer, centre: Centre, kind: str, text: str) -> Obstacle:
    """State an obstacle or a need. Raises NotAllowedError."""
    if not has_permission(officer, Action.STATE_OBSTACLES, centre) or kind not in Obstacle.Kind.values:
        raise NotAllowedError(_NO_PERMISSION)
    return Obstacle.objects.create(
        centre=centre, kind=kind, text=_checked(text), stated_at=clock.now(), stated_by=officer
    )


def answer_obstacle(officer: Officer, obstacle: Obstacle, text: str) -> None:
    """Answer, or replace the answer. Raises NotAllowedError."""
    if not has_permission(officer, Action.ANSWER_OBSTACLES, obstacle.centre):
        raise NotAllowedError(_NO_PERMISSION)
    obstacle.answer, obstacle.answered_at, obstacle.answered_by = _checked(text), clock.now(), officer
    obstacle.save(update_fields=["answer", "answered_at", "answered_by"])


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise NotAllowedError(_NO_TEXT)
    if len(text) > MAX_OBSTACLE_CHARS:
        raise NotAllowedError(_TOO_LONG)
    return mask_numbers(text)[:MAX_OBSTACLE_CHARS]
