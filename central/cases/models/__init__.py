"""Tables of a case: the case, its complainant (kept apart), its history, and audited reads."""

from central.cases.models.access import NameRequest, PersonalDataRead
from central.cases.models.case import Case
from central.cases.models.complainant import Complainant, LetterPage
from central.cases.models.events import CaseEvent, CaseEventText, HistoryRoot

__all__ = [
    "Case",
    "CaseEvent",
    "CaseEventText",
    "Complainant",
    "HistoryRoot",
    "LetterPage",
    "NameRequest",
    "PersonalDataRead",
]
