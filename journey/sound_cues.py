"""Which sound a change of the journey makes: for a success, an error, or a card to take."""

from enum import Enum

from drivers.ports.receipt_printer import PrintVerdict
from journey.screens import Screen
from journey.state import CardPhase, Journey, LookUpPhase, Overlay, RatingPhase, ScanPhase, Visit


class SoundCue(Enum):
    """A sound. The value is the name of its file in assets/sounds."""

    TOUCH = "touch"
    SUCCESS = "success"
    ERROR = "error"
    TAKE_CARD = "take_card"


_LOOK_UP_ERRORS = (
    LookUpPhase.BAD_CODE,
    LookUpPhase.CASE_NUMBER,
    LookUpPhase.RECEIPT_UNREADABLE,
    LookUpPhase.NO_RESPONSE,
)
_ALERT_OVERLAYS = (Overlay.STILL_THERE, Overlay.CARD_OUT, Overlay.OTHER_CARD)


def choose_sound_cue(before: Journey, after: Journey) -> SoundCue | None:
    """The sound of this change, or None; most changes make none."""
    if after.card_reminder_count > before.card_reminder_count:
        return SoundCue.TAKE_CARD
    if after.overlay in _ALERT_OVERLAYS and after.overlay is not before.overlay:
        return SoundCue.ERROR
    if after.visit is None or before.visit is None or after.visit.visit_id != before.visit.visit_id:
        return None
    if _error_states(after.visit) - _error_states(before.visit):
        return SoundCue.ERROR
    has_result = after.screen is not before.screen and after.screen in (Screen.RECEIPT, Screen.TRACKING_RESULT)
    is_card_read = after.visit.card_phase is CardPhase.READ and before.visit.card_phase is not CardPhase.READ
    is_page_scanned = len(after.visit.draft.pages) > len(before.visit.draft.pages)
    return SoundCue.SUCCESS if has_result or is_card_read or is_page_scanned else None


def _error_states(visit: Visit) -> frozenset[str]:
    """The names of the present errors of the visit."""
    is_wrong = {
        "card": visit.card_phase is CardPhase.FAILED,
        "scan": visit.scan_phase is ScanPhase.FAILED,
        "save": visit.save_fault is not None,
        "phone": visit.phone_invalid,
        "look up": visit.look_up_phase in _LOOK_UP_ERRORS,
        "rating": visit.rating_phase is RatingPhase.NOT_SENT,
        "receipt": visit.print_verdict is PrintVerdict.NOT_PRINTED,
    }
    return frozenset(name for name, wrong in is_wrong.items() if wrong)
