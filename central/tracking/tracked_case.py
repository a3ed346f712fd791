"""What a citizen sees of a case: read with one query, and equal for equal content.

Page and API are functions of a `TrackedCase`, the language and the day, and of nothing else. So a page that was made
for an equal value is still right (decision 0071)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils import timezone

from central.cases.event_kinds import OPENING, ActorKind, EventKind
from central.cases.models import Case
from central.cases.status_changes import StatusChange, TrackedEvent, public_status_changes
from central.centres.models import Centre
from central.channels import FILED_BY_OFFICERS
from central.prepared_query import PreparedQuery, Row
from protocol.case_status import CaseStatus
from thai.dates import day_in_thailand

_CASE_COLUMNS = (
    "case_number",
    "topic",
    "area",
    "language",
    "status",
    "agency_name",
    "handler_name",
    "outcome",
    "closed_at",
    "clock_start",
    "period_days",
    "period_basis",
    "progress_every_days",
    "due",
    "next_report_due",
    "reopened_count",
    "channel",
    "assisted",
    "erased_at",
)
_OWNER_COLUMNS = ("first_name", "last_name")
_CENTRE_COLUMNS = ("name_th", "name_en", "area_code")
_EVENT_COLUMNS = ("kind", "status", "at", "is_public", "payload", "actor", "seq", "texts__public_text")
# Of the main case of a duplicate: nothing that its citizen or an officer has written.
_MAIN_COLUMNS = (
    "status",
    "agency_name",
    "due",
    "outcome_code",
    "closed_at",
    "centre__name_th",
    "centre__name_en",
    "centre__area_code",
)
_CENTRE_AT = len(_CASE_COLUMNS)
_OWNER_AT = _CENTRE_AT + len(_CENTRE_COLUMNS)
_MAIN_AT = _OWNER_AT + len(_OWNER_COLUMNS)
_EVENT_AT = _MAIN_AT + len(_MAIN_COLUMNS)
_MOVED = EventKind.MOVE_CENTRE.value
_SEQ, _ACTOR = _EVENT_COLUMNS.index("seq"), _EVENT_COLUMNS.index("actor")
_CLOSED = CaseStatus.CLOSED.value
_OUTCOME_KINDS = frozenset(
    kind.value
    for kind in (
        EventKind.CLOSE,
        EventKind.APPROVE,
        EventKind.LINK_DUPLICATE,
        EventKind.CORRECT_OUTCOME,
        EventKind.IMPORTED,
    )
)


def _case_query(code_hash: str) -> "QuerySet[Case, Row]":
    """One row for each event that the citizen sees or that moved the case, each with the columns of the case and its
    centre before those of the event."""
    seen = FilteredRelation("events", condition=Q(events__is_public=True) | Q(events__kind=_MOVED))
    columns = (
        *_CASE_COLUMNS,
        *(f"centre__{name}" for name in _CENTRE_COLUMNS),
        *(f"owner__{name}" for name in _OWNER_COLUMNS),
        *(f"duplicate_of__{name}" for name in _MAIN_COLUMNS),
        *(f"seen__{name}" for name in _EVENT_COLUMNS),
    )
    cases = Case.objects.filter(tracking_hash=code_hash).alias(seen=seen)
    return cases.order_by("seen__at", "seen__id").values_list(*columns)


_CASE_QUERY = PreparedQuery(_case_query)


@dataclass(frozen=True)
class TrackedCase:
    """The rows of the query, and key and columns of the centres that the case was moved from. Everything else is
    derived from them."""

    rows: tuple[Row, ...]
    former_centres: tuple[Row, ...] = ()

    @cached_property
    def case(self) -> Case:
        """The case and its centre, with the columns that the citizen sees. Not a row to save."""
        columns = self.rows[0]
        return Case(
            centre=_centre(columns[_CENTRE_AT:_OWNER_AT]), **dict(zip(_CASE_COLUMNS, columns[:_CENTRE_AT], strict=True))
        )

    @property
    def language(self) -> str:
        """The language that the citizen used at the kiosk."""
        return str(self.rows[0][_CASE_COLUMNS.index("language")])

    @property
    def owner_name(self) -> str:
        """The officer of the centre who is responsible. '' while nobody is, and for an account without a name: a user
        name is for the desk only."""
        return " ".join(filter(None, self.rows[0][_OWNER_AT:_MAIN_AT]))

    @property
    def main_case(self) -> Case | None:
        """Of a duplicate: status, agency, due date, outcome and centre of its main case. Not a row to save."""
        *columns, name_th, name_en, area_code = self.rows[0][_MAIN_AT:_EVENT_AT]
        if columns[0] is None:
            return None
        names = _MAIN_COLUMNS[: len(columns)]
        return Case(centre=_centre((name_th, name_en, area_code)), **dict(zip(names, columns, strict=True)))

    @property
    def closed_on(self) -> date | None:
        """The day in Thailand on which the case was closed."""
        closed_at = self.case.closed_at
        return day_in_thailand(_aware(closed_at)) if closed_at else None

    @property
    def status_changes(self) -> list[StatusChange]:
        """The statuses that the citizen has seen, in their order."""
        former = {key: _centre(columns) for key, *columns in self.former_centres}
        events = [
            TrackedEvent(
                status=status,
                at=_aware(at),
                is_public=is_public,
                moved_from=former.get(_former_key(payload)) if kind == _MOVED else None,
            )
            for kind, status, at, is_public, payload, _, _, _ in self._events
        ]
        return public_status_changes(events, self.case.centre)

    @property
    def latest_message(self) -> str:
        """The last text for the citizen, by the centre or the agency: a question, or news about the work. Of a closed
        case only what came after its outcome, which the page shows by itself."""
        return self._latest_text[1]

    @property
    def has_replied(self) -> bool:
        """Whether the citizen has sent details after the last text."""
        citizen, details = ActorKind.CITIZEN.value, EventKind.RECORD_DETAILS.value
        replies = [row[_SEQ] or 0 for row in self._events if row[0] == details and row[_ACTOR] == citizen]
        return max(replies, default=0) > self._latest_text[0]

    @property
    def _latest_text(self) -> tuple[int, str]:
        is_closed = self.case.closed_at is not None
        texts = [
            (seq, text)
            for kind, status, _, is_public, _, _, seq, text in self._events
            if is_public and text and not (is_closed and (status != _CLOSED or kind in _OUTCOME_KINDS))
        ]
        return max(texts, default=(0, ""))

    @property
    def has_rated(self) -> bool:
        """Whether the citizen has rated the present closing."""
        return EventKind.RATE.value in self._kinds_of_round

    @property
    def has_requested_reopening(self) -> bool:
        """Whether the citizen has requested that the present closing is taken back."""
        return EventKind.REQUEST_REOPENING.value in self._kinds_of_round

    @property
    def waits_for_reopening(self) -> bool:
        """Whether such a request is not decided yet."""
        return self.has_requested_reopening and EventKind.REFUSE_REOPENING.value not in self._kinds_of_round

    @property
    def is_code_shared(self) -> bool:
        """Whether somebody else than the citizen has seen the present code: an officer who filed the case or made the
        code, or a helper at the kiosk."""
        renewals = [(row[_SEQ] or 0, row[_ACTOR]) for row in self._events if row[0] == EventKind.RENEW_CODE.value]
        if renewals:
            return bool(max(renewals)[1] != ActorKind.CITIZEN.value)
        return self.case.assisted or self.case.channel in FILED_BY_OFFICERS

    @cached_property
    def _kinds_of_round(self) -> set[str]:
        """Kinds of the public events since the case was opened or reopened."""
        events = [(row[_SEQ] or 0, row[0]) for row in self._events]
        since = max((seq for seq, kind in events if kind in OPENING), default=0)
        return {kind for seq, kind in events if seq > since}

    @property
    def _events(self) -> list[Row]:
        return [row[_EVENT_AT:] for row in self.rows if row[_EVENT_AT] is not None]  # a case without any has one row


def find_tracked_case(code_hash: str) -> TrackedCase | None:
    """The case with this hash of its tracking code. One query, a second one for a case that was moved."""
    rows = _CASE_QUERY.rows(code_hash)
    if not rows:
        return None
    moves = {_former_key(row[_EVENT_AT + _EVENT_COLUMNS.index("payload")]) for row in rows if row[_EVENT_AT] == _MOVED}
    if not moves:
        return TrackedCase(rows)
    former = Centre.objects.filter(pk__in=moves - {None}).order_by("pk").values_list("pk", *_CENTRE_COLUMNS)
    return TrackedCase(rows, tuple(former))


def _aware(at: datetime) -> datetime:
    return at if timezone.is_aware(at) else at.replace(tzinfo=UTC)


def _former_key(payload: str) -> int | None:
    key = json.loads(payload).get("from_id")
    return key if isinstance(key, int) else None


def _centre(columns: Sequence[str]) -> Centre:
    return Centre(**dict(zip(_CENTRE_COLUMNS, columns, strict=True)))
