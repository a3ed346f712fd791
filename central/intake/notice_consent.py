"""The consent to SMS that a citizen gives at the kiosk."""

from central.cases.models import Case
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentError, ConsentText, give_consent
from protocol.bilingual_text import BilingualText
from protocol.consent_texts import SMS_CONSENTS
from protocol.submission import Submission

_UNKNOWN_TEXT = BilingualText("", "")


def record_sms_consent(case: Case, submission: Submission) -> None:
    """Record the consent with the text of its version, if there is one. The first notice follows at once.

    A consent that cannot be used (a fixed line, no number) keeps no complaint out: `Case.consent_sms` has it, and the
    page of the case says that no SMS is sent."""
    if not submission.consents.sms:
        return
    version = submission.consents.sms_text
    text = SMS_CONSENTS.get(version, _UNKNOWN_TEXT).in_language(submission.language)
    agreed = ConsentText(text, version or "unknown", submission.language)
    try:
        give_consent(
            case,
            NoticeChannel.SMS,
            submission.contact.phone,
            agreed,
            given_by="kiosk",
            given_at=case.notice_accepted_at,
        )
    except ConsentError:
        return
