"""The transcript of a recording: what an officer has typed of it. It is searched and deleted like recognised text."""

from django.db import transaction
from django.utils import timezone

from central.cases.commands import Actor
from central.cases.commands.transcript_notes import check_transcript_change, note_on_transcript
from central.cases.errors import NotAllowedError
from central.cases.locking import lock_case
from central.cases.models import Attachment
from central.centres.models import Officer
from central.documents.lines import joined_text, typed_lines
from central.documents.models import MAX_TEXT_CHARS, Document
from central.documents.states import DocumentState, PageState
from protocol.bilingual_text import BilingualText

NO_TRANSCRIPT = 0  # the version of a recording that has none
_CHANGED = BilingualText(
    "มีผู้แก้ไขข้อความนี้ไปแล้ว ข้อความที่ท่านพิมพ์ยังอยู่ โปรดเทียบกับข้อความที่บันทึกไว้ แล้วบันทึกอีกครั้ง",
    "Someone else has changed this text. Yours is still in the form: compare it with the stored one, then save again",
)


def transcript_version(document: Document | None) -> int:
    """The version of a transcript. Each change stores a new row, so it is the key of the row."""
    return document.pk if document is not None else NO_TRANSCRIPT


def store_transcript(recording: Attachment, officer: Officer, text: str, *, seen: int) -> None:
    """Store what an officer has typed in place of an earlier text, with an event in the history. An empty text removes
    it; the same text changes nothing. `seen` is the version on the officer's page. Raises NotAllowedError."""
    lines = typed_lines([line.strip() for line in text.splitlines() if line.strip()])
    joined = joined_text(lines, MAX_TEXT_CHARS)
    by = Actor.of(officer)
    with transaction.atomic():
        case = lock_case(recording.case_id)
        check_transcript_change(case, by)
        earlier = Document.objects.filter(attachment=recording).first()
        if transcript_version(earlier) != seen:
            raise NotAllowedError(_CHANGED)
        stored = earlier.pages.values_list("text", flat=True).first() if earlier is not None else None
        if joined == (stored or ""):
            return
        if earlier is not None:
            earlier.delete()
        if lines:
            now = timezone.now()
            finished = {"requested_at": now, "finished_at": now, "page_count": 1, "pages_read": 1}
            document = Document.objects.create(
                case=case, attachment=recording, state=DocumentState.READ, typed_by=officer, **finished
            )
            document.pages.create(index=0, state=PageState.READ, text=joined, lines=lines, read_at=now)
        note_on_transcript(case, recording, by, characters=len(joined))
