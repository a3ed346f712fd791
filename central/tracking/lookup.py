"""From a tracking code to where the case is: the one logic behind the page and the API. No personal data comes out."""

from dataclasses import dataclass
from enum import Enum

from central.cases.models import Case, CaseChange
from central.keyring import keyring
from central.language import Text
from central.throttle import Throttle
from central.tracking import sentences
from protocol import tracking_code
from protocol.case_status import CaseStatus, status_text
from protocol.messages import TrackAnswer, TrackStep

# Many citizens share the one address of a hall or a mobile network.
_FAILURES = Throttle("tracking", limit=60, window_s=600)

# The milestones still ahead that every case may expect; the rungs of the approval ladder appear once they are reached.
_MILESTONES = (CaseStatus.RECEIVED, CaseStatus.CHECKING, CaseStatus.ORDERED, CaseStatus.IN_PROGRESS, CaseStatus.CLOSED)
_ORDER = list(CaseStatus)


class Result(Enum):
    """How a look-up ended."""

    FOUND = "found"
    NOT_HERE = "not_here"
    NO_CODE = "no_code"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class LookUp:
    """A look-up's end: the answer, the language it speaks, and what only the page shows besides."""

    result: Result
    answer: TrackAnswer
    language: str
    case: Case | None = None
    ahead: tuple[str, ...] = ()  # the official wording of the milestones still ahead


def look_up(text: str, language: str, caller: str) -> LookUp:
    """`language` is 'th', 'en', or '' for the language the citizen used at the kiosk. `caller` is the network address:
    after too many codes that led nowhere it is asked to wait, but a code that is good is always answered."""
    try:
        code = tracking_code.code_from_url(text)
    except tracking_code.TrackingCodeError:
        return _nothing(Result.NO_CODE, sentences.NO_CODE, language)  # its check fails: a slip, not a guess
    case = Case.objects.select_related("centre").filter(tracking_hash=keyring().tracking_hash(code)).first()
    if case is not None:
        return _found(case, language or case.language)
    if _FAILURES.exhausted(caller):
        return _nothing(Result.TOO_MANY, sentences.TOO_MANY, language)
    _FAILURES.count(caller)
    return _nothing(Result.NOT_HERE, sentences.NOT_HERE_YET, language)


def _nothing(result: Result, sentence: Text, language: str) -> LookUp:
    language = language or "th"
    return LookUp(result, TrackAnswer(found=False, sentence=sentence.in_language(language)), language)


def _found(case: Case, language: str) -> LookUp:
    province = case.centre.province(language)
    history = [
        (CaseStatus(value), at)
        for value, at in case.changes.filter(kind=CaseChange.Kind.STATUS).values_list("value", "at")
    ]
    answer = TrackAnswer(
        found=True,
        sentence=sentences.HEADLINES[case.standing].in_language(language),
        case_number=case.case_number,
        status=case.standing,
        agency=case.agency,
        officer=case.officer,
        due=case.due.isoformat() if case.due else "",
        outcome=case.outcome,
        steps=tuple(
            TrackStep(status=status, text=status_text(status, language, province), at=at) for status, at in history
        ),
    )
    ahead = tuple(status_text(status, language, province) for status in ahead_of(case.standing))
    return LookUp(Result.FOUND, answer, language, case, ahead)


def ahead_of(status: CaseStatus) -> tuple[CaseStatus, ...]:
    """The milestones a case in this status still has before it. An unclear one goes back to checking first."""
    place = _ORDER.index(CaseStatus.RECEIVED if status is CaseStatus.UNCLEAR else status)
    return tuple(milestone for milestone in _MILESTONES if _ORDER.index(milestone) > place)
