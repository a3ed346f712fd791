"""What a copy for a data subject has of each table beside the case itself.

It has what is about the complainant or came from the complainant: not the internal notes of officers, and nothing of
what a witness, a respondent or an agency has handed in but its name and type (decision 0125)."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from central.cases.event_kinds import CITIZENS_WORDS, COMPLAINANTS_FILES, EVENT_NAMES, EventKind
from central.cases.models import Attachment, Case
from central.documents.models import Document, DocumentPage
from central.earlier_cases.models import ImportedCase
from central.letters.kinds import KINDS, Audience, LetterState
from central.messages.models import Rating
from central.notices.models import Notice
from central.surveys.models import SurveyParticipation
from thai import dates


def letter_texts(case: Case) -> list[str]:
    """The pages of the letter: what the citizen has checked at the kiosk, or what was recognised where there is no
    such text."""
    recognised = _texts(Document.objects.filter(case=case, letter_page__isnull=False), "letter_page_id")
    return [page.text or recognised.get(page.pk, "") for page in case.pages.all()]


def history(case: Case) -> list[dict[str, str]]:
    """What the citizen can read, and the citizen's own words."""
    rows = []
    for event in case.events.filter(is_public=True).select_related("texts").order_by("seq"):
        texts, kind = getattr(event, "texts", None), EventKind(event.kind)
        own_words = texts.note if texts and kind in CITIZENS_WORDS else ""
        rows.append(
            {
                "at": event.at.isoformat(timespec="seconds"),
                "day": dates.short_date(event.at),
                "what": EVENT_NAMES[kind].th,
                "text": "\n".join(filter(None, (texts.public_text if texts else "", own_words))),
            }
        )
    return rows


def files(case: Case) -> list[dict[str, object]]:
    """Every attached file. One of the complainant has the text that a machine recognised or an officer typed from it,
    and the place that its sender has added."""
    texts = _texts(Document.objects.filter(case=case, attachment__isnull=False), "attachment_id")
    return [_file(row, texts) for row in case.attachments.select_related("event")]


def official_letters(case: Case) -> list[dict[str, str]]:
    """The letters that got a number. One to the complainant is copied whole; of the others stands who received it."""
    rows = case.letters.exclude(state=LetterState.DRAFT.value).defer("pdf").order_by("dated", "pk")
    return [
        {
            "number": letter.number,
            "dated": letter.dated.isoformat() if letter.dated else "",
            "kind": KINDS[letter.current_kind].name.th,
            "to": letter.addressee,
            "text": f"{letter.subject}\n{letter.body}"
            if KINDS[letter.current_kind].audience is Audience.COMPLAINANT
            else "",
        }
        for letter in rows
    ]


def ratings(case: Case) -> list[dict[str, object]]:
    """The stars that the citizen has given. The comment is in the history."""
    rows = Rating.objects.filter(case=case).select_related("agency", "centre")
    return [
        {"of": row.agency.name_th if row.agency else row.centre.name_th, "stars": row.stars, "at": _moment(row.at)}
        for row in rows
    ]


def notices(case: Case) -> list[dict[str, object]]:
    """What was sent to the citizen and still stands in the outbox."""
    rows = Notice.objects.filter(case=case)
    return [{"channel": row.channel, "text": row.body, "at": _moment(row.created_at)} for row in rows if row.body]


def data_requests(case: Case) -> list[dict[str, str]]:
    """The requests about personal data. Their words are in the history."""
    return [
        {"right": row.right, "at": _moment(row.asked_at), "answered_at": _moment(row.answered_at)}
        for row in case.data_requests.order_by("asked_at")
    ]


def surveys(case: Case) -> list[dict[str, object]]:
    """That the citizen was invited to a yearly survey or has answered it; the answers are not linked to a case."""
    rows = SurveyParticipation.objects.filter(case=case)
    return [{"year": row.year, "invited": row.is_invited, "answered": row.has_answered} for row in rows]


def earlier_number(case: Case) -> str:
    """The number in the system from which the case was imported, '' for all others."""
    return ImportedCase.objects.filter(case=case).values_list("earlier_number", flat=True).first() or ""


def _file(row: Attachment, texts: dict[int, str]) -> dict[str, object]:
    values: dict[str, object] = {"name": row.name, "type": row.media_type, "bytes": row.size}
    if EventKind(row.event.kind) not in COMPLAINANTS_FILES:
        return values
    more = {"taken_at": row.position, "text": texts.get(row.pk, "")}
    return values | {name: value for name, value in more.items() if value}


def _texts(documents: QuerySet[Document], key: str) -> dict[int, str]:
    """The texts of documents by the file that they were read from."""
    pages = Prefetch("pages", DocumentPage.objects.only("document_id", "index", "text").order_by("index"))
    rows = documents.prefetch_related(pages)
    return {getattr(row, key): "\n".join(filter(None, (page.text for page in row.pages.all()))) for row in rows}


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
