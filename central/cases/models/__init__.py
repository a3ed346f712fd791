"""Tables of a case: the case, its complainant (kept apart), its respondents, its history, and audited reads."""

from central.cases.models.access import NameRequest, PersonalDataRead, PersonSearch
from central.cases.models.case import Case
from central.cases.models.complainant import Complainant, LetterPage
from central.cases.models.events import CaseEvent, CaseEventText, HistoryRoot
from central.cases.models.points import CasePoint
from central.cases.models.referrals import Attachment, CaseView, Proposal, Referral
from central.cases.models.respondents import Respondent

__all__ = [
    "Attachment",
    "Case",
    "CaseEvent",
    "CaseEventText",
    "CasePoint",
    "CaseView",
    "Complainant",
    "HistoryRoot",
    "LetterPage",
    "NameRequest",
    "PersonSearch",
    "PersonalDataRead",
    "Proposal",
    "Referral",
    "Respondent",
]
