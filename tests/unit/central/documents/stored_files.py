"""Files of cases for tests of recognition, and the queue run to its end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from central.cases.attachments import CleanFile
from central.cases.commands import Actor, OrderInputs, order, report
from central.cases.models import Attachment, Case, LetterPage
from central.cases.office_cleaning import WORD
from central.centres.models import Centre
from central.documents.models import Document, DocumentPage
from central.documents.states import DocumentState
from central.documents.tasks import QUEUE
from central.people.roles import Role
from ocr.prepared_page import PreparedPage
from ocr.recognise import Line, Recognition
from tests.unit.central import sample_files
from tests.unit.central.factories import actor_with, create_agency, create_case
from tests.unit.central.queued_tasks import run_queued_tasks

FONTS = Path(__file__).parents[4] / "assets" / "fonts"
SECRET = "ลงชื่อนางบุญมา"
LINES: list[dict[str, Any]] = [
    {"text": "เรียน นายกเทศมนตรี", "unsure": False, "handwritten": False, "doubts": [6, 18], "box": [0.1, 0.1, 0.5, 0.2]},
    {"text": "", "unsure": False, "handwritten": True, "doubts": [], "box": [0.1, 0.2, 0.5, 0.3]},
    {"text": SECRET, "unsure": True, "handwritten": False, "doubts": [], "box": [0.1, 0.3, 0.5, 0.4]},
]
PREPARED = PreparedPage(sample_files.photo(), 1240, 1754, b"\0\1\0\1\1\xff")


def thai_pdf(pages: Sequence[str]) -> bytes:
    """A PDF as an office's program writes it, one page for each text."""
    style = "@font-face{font-family:S;src:url(Sarabun-Regular.ttf)}@page{size:148mm 105mm}p{font:16pt/1.6 S}"
    html = "".join(f'<p style="page-break-after:always">{text}</p>' for text in pages[:-1]) + f"<p>{pages[-1]}</p>"
    document = HTML(string=f"<style>{style}</style>{html}", base_url=f"{FONTS.as_uri()}/")
    pdf: bytes = document.write_pdf(font_config=FontConfiguration())
    return pdf


def attach(centre: Centre, content: bytes, name: str = "report.pdf", case: Case | None = None) -> Attachment:
    """A file that an agency has attached to its report on a case. `content` is stored as it is."""
    case = case or create_case(centre)
    referral = case.referrals.first()
    if referral is None:
        owner = actor_with(centre, Role.CASE_OFFICER)
        order(case, owner, seen_revision=None, inputs=OrderInputs(lead=create_agency(centre)))
        referral = case.referrals.get()
    media_type = {"pdf": "application/pdf", "docx": WORD}.get(name.rpartition(".")[2], "image/jpeg")
    files = [CleanFile(name, media_type, content)]
    report(referral, Actor.agency_link(referral), seen_revision=None, text="x", is_done=False, attachments=files)
    return Attachment.objects.filter(case=case).latest("pk")


def add_letter_page(case: Case, content: bytes = b"", *, text: str = "") -> LetterPage:
    """A page of the letter of a case, without the signal that intake sends."""
    page = LetterPage(case=case, index=case.pages.count(), media_type="image/jpeg", width=1240, height=1754, text=text)
    page.picture.save(f"pages/{case.pk}-{page.index}.jpg", ContentFile(content or sample_files.photo()), save=False)
    page.save()
    return page


def recognition(*texts: str, is_readable: bool = True, model: str = "dk_tha") -> Recognition:
    """What recognition returns for lines that are certain."""
    lines = tuple(Line(text, 95.0, False, box=(0.1, 0.1, 0.9, 0.2), certainty=90.0) for text in texts)
    return Recognition(lines, is_readable, 95.0, model=model)


def run_queue() -> None:
    """Run the tasks that are due in the queue of documents."""
    run_queued_tasks(QUEUE)


def add_text(document: Document, *, pages: int = 1, read: int = 1, state: DocumentState = DocumentState.READ) -> None:
    """What the worker stores."""
    Document.objects.filter(pk=document.pk).update(state=state.value, page_count=pages, pages_read=read, model="m-1")
    for index in range(read):
        DocumentPage.objects.create(
            document=document, index=index, state="read", lines=LINES, text=SECRET, read_at=timezone.now(), model="m-1"
        )
