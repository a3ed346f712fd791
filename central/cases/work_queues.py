"""The queues of an officer's work: cases by what needs doing; all are open but those with a request to reopen. The home
of the desk counts them, its list shows them."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from django.db.models import Q, QuerySet

from central.cases import queues
from central.cases.codes import ATTENTIONS, Attention
from central.cases.models import Case
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

Deciding = Mapping[CaseStatus, Sequence[int]]  # centres by status, see `scopes.deciding_centres`


class WorkQueue(StrEnum):
    """Codes of the queues. Those of an `Attention` have its value."""

    DECISION = "decision"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    NEW = Attention.NEW.value
    UNOWNED = "unowned"
    RETURNED = Attention.RETURNED.value
    AGENCY_ANSWERED = Attention.AGENCY_ANSWERED.value
    CITIZEN_ANSWERED = Attention.CITIZEN_ANSWERED.value
    DECIDED = Attention.DECIDED.value
    REOPENING_REQUESTED = Attention.REOPENING_REQUESTED.value
    REOPENED = Attention.REOPENED.value
    REPORT_DUE = "report_due"
    SILENT = "silent"
    OPEN = "open"


WORK_QUEUES: Mapping[WorkQueue, BilingualText] = {
    WorkQueue.DECISION: BilingualText("รอการพิจารณาของท่าน", "Waiting for your decision"),
    WorkQueue.OVERDUE: BilingualText("เกินกำหนด", "Overdue"),
    WorkQueue.DUE_TODAY: BilingualText("ครบกำหนดวันนี้", "Due today"),
    WorkQueue.NEW: ATTENTIONS[Attention.NEW],
    WorkQueue.UNOWNED: BilingualText("ยังไม่มีเจ้าของเรื่อง", "Without an owner"),
    WorkQueue.RETURNED: ATTENTIONS[Attention.RETURNED],
    WorkQueue.AGENCY_ANSWERED: ATTENTIONS[Attention.AGENCY_ANSWERED],
    WorkQueue.CITIZEN_ANSWERED: ATTENTIONS[Attention.CITIZEN_ANSWERED],
    WorkQueue.DECIDED: ATTENTIONS[Attention.DECIDED],
    WorkQueue.REOPENING_REQUESTED: ATTENTIONS[Attention.REOPENING_REQUESTED],
    WorkQueue.REOPENED: ATTENTIONS[Attention.REOPENED],
    WorkQueue.REPORT_DUE: BilingualText("ถึงกำหนดรายงานความคืบหน้า", "Progress report due"),
    WorkQueue.SILENT: BilingualText("หน่วยงานเงียบเกินกำหนด", "Agency silent"),
    WorkQueue.OPEN: BilingualText("ยังไม่ยุติทั้งหมด", "All open cases"),
}


def in_queue(cases: QuerySet[Case], queue: WorkQueue, today: date, deciding: Deciding) -> QuerySet[Case]:
    """The cases of this queue, in no order."""
    match queue:
        case WorkQueue.DECISION:
            waiting = Q(pk__in=[])
            for status, centres in deciding.items():
                waiting |= Q(status=status.value, centre__in=centres)
            return cases.filter(waiting)
        case WorkQueue.OVERDUE:
            cases = queues.overdue(cases, today)
        case WorkQueue.DUE_TODAY:
            cases = queues.due_on(cases, today)
        case WorkQueue.REPORT_DUE:
            cases = queues.report_due(cases, today)
        case WorkQueue.SILENT:
            cases = queues.silent(cases)
        case WorkQueue.UNOWNED:
            cases = cases.filter(closed_at=None, owner=None)
        case WorkQueue.OPEN:
            cases = cases.filter(closed_at=None)
        case _:
            # The second condition names the partial index `case_attention`, which SQLite does not infer.
            cases = cases.filter(attention=queue.value).exclude(attention="")
    return cases.order_by()
