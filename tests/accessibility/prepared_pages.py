"""Rows that the demo data lacks, and the addresses that no link leads to: tracking and personal links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from central.activities.commands import ActivityContent, clean_photos, create_activity, publish
from central.agency_desk.link_urls import link_path
from central.agency_desk.links import issue_missing_links
from central.agency_desk.models import ReferralLink
from central.alarms.commands import open_alarm
from central.alarms.models import Alarm
from central.cases.codes import ReferralKind, ReferralState
from central.cases.commands import Actor
from central.cases.models import Case, Referral
from central.centres.models import Centre, Officer
from central.documents.models import Document
from central.earlier_cases.batches import check_rows, store_file
from central.earlier_cases.columns import Column
from central.earlier_cases.models import BatchState, ImportBatch
from central.investigation.commands import add_evidence, add_task, open_file
from central.letters.commands import create_draft
from central.letters.kinds import LetterKind
from central.mailboxes.commands import save_mailbox
from central.mailboxes.mail_content import MailContent
from central.mailboxes.models import ReceivedMail
from central.messages.data_requests import request_data
from central.messages.models import AnswerTemplate
from central.notices.route_secrets import encrypt_secret
from central.people.models import Registration
from central.privacy.erasures import propose_requested
from central.privacy.holds import place_hold
from central.scan_batches.batches import create_batch
from central.scan_batches.models import ScanFile, ScanPage, ScanState
from central.surveys.commands import create_survey
from protocol.tracking_code import display
from simulators.case_story.installation import CENTRE_SLUG, StoryInstallation
from tests.unit.central import sample_files
from tests.unit.central.documents.stored_files import add_text, attach


@dataclass(frozen=True)
class PreparedPages:
    """`visitors`: name and path of pages to open as a visitor. `starts`: paths that a walk begins with besides, by
    user."""

    visitors: Mapping[str, str]
    starts: Mapping[str, Sequence[str]]


def prepare(installation: StoryInstallation) -> PreparedPages:
    """Add what the desk's pages show only sometimes."""
    centre = Centre.objects.get(slug=CENTRE_SLUG)
    Registration.objects.create(
        centre=centre,
        kind="first",
        username="kanya",
        first_name="กัญญา",
        last_name="ศรีสุข",
        position="เจ้าพนักงานปกครองปฏิบัติการ",
        office="ที่ทำการปกครองอำเภอน้ำพอง จังหวัดขอนแก่น",
        mobile_phone="0898765432",
        email="kanya@district.example.go.th",
        role="case_officer",
        submitted_at=timezone.now(),
    )
    AnswerTemplate.objects.create(centre=centre, step="order", name="ซ่อม", text_th="โปรดซ่อม {case}")
    open_alarm(Alarm.Kind.FULL, centre, "KKN07", "The quarantine of this kiosk is full", "KKN07A-000001-51")
    _add_activity_and_import(centre)
    letter_path = _add_closed_matters(centre)
    _add_mail(centre)
    _add_scan(centre)
    # A draft: its questions can be changed.
    survey = create_survey(Officer.objects.get(username="director"), centre, timezone.localdate().year + 2)
    visitors = _citizen_pages(installation) | _agency_pages() | {"wall": "/wall"}
    return PreparedPages(visitors, {"director": (letter_path, f"/desk/surveys/{survey.pk}")})


def _add_activity_and_import(centre: Centre) -> None:
    """A published activity with a photo, a file of earlier cases whose second row has an error, and one whose rows are
    being tried."""
    director = Officer.objects.get(username="director")
    content = ActivityContent("ลงพื้นที่รับเรื่องร้องทุกข์", "ทีมงานรับเรื่องและให้คำปรึกษา", date(2026, 11, 20))
    photos = clean_photos([SimpleUploadedFile("a.jpg", sample_files.photo())], "เวทีรับเรื่อง")
    publish(director, create_activity(director, centre, content, photos), 0)
    headings = ["เลขที่รับ", "วันที่รับเรื่อง", "รายละเอียด", "สถานะ"]
    rows = [["1", "5/1/2567", "ไฟดับ", "ยุติเรื่อง"], ["2", "x", "", "เรื่องใหม่"]]
    batch = store_file(director, centre, "ทะเบียน 2567.xlsx", b"", list(enumerate([headings, *rows], start=1)))
    columns = {Column(name): index for name, index in batch.columns.items()}
    check_rows(director, batch, columns, {"ยุติเรื่อง": "closed:resolved"})
    tried = store_file(director, centre, "ทะเบียน 2568.xlsx", b"", list(enumerate([headings, *rows], start=1)))
    ImportBatch.objects.filter(pk=tried.pk).update(state=BatchState.CHECKING, tried_rows=1)  # without a task


def _add_closed_matters(centre: Centre) -> str:
    """An investigation of officer1 with evidence, a letter of the director, a held case, and a list to erase. Returns
    the path of the letter."""
    officers = {name: Officer.objects.get(username=name) for name in ("chief", "director", "dpo", "officer1")}
    cases = Case.objects.filter(centre=centre, closed_at=None).order_by("pk")
    investigator = officers["officer1"]
    file = open_file(officers["chief"], cases[0], question="ใครทิ้งขยะในที่สาธารณะ", investigators=[investigator])
    today = timezone.localdate()
    add_task(investigator, file, text="สอบถามผู้ใหญ่บ้าน", owner=investigator, due=today)
    add_evidence(
        investigator,
        file,
        kind="object",
        description="ถุงขยะ",
        received_on=today,
        received_from="ผู้ใหญ่บ้าน",
        stored_at="ตู้ 2",
    )
    letter = create_draft(officers["director"], cases[1], LetterKind.MEMO)
    closed = Case.objects.filter(centre=centre, erased_at=None).exclude(closed_at=None).order_by("pk")
    place_hold(officers["dpo"], closed[0], "ศาลขอสำนวน")
    propose_requested(officers["dpo"], closed[1], "คำขอของผู้ร้อง")
    request_data(closed[2], Actor.citizen(), right="access", text="ขอสำเนา")
    return f"/desk/cases/{cases[1].case_number}/letters/{letter.pk}"


def _add_mail(centre: Centre) -> None:
    """A mail that waits."""
    box = save_mailbox(
        centre, host="mail.internal", port=993, uses_tls=True, username="tell", password="x", folder="INBOX"
    )
    content = MailContent("สมหมาย", "sommai@example.com", "ไฟดับ", "", "ไฟถนนดับ", ("ไฟล์ «run.exe» ไม่ใช่ภาพถ่าย",))
    ReceivedMail.objects.create(
        mailbox=box, uid_validity=1, uid=1, content=encrypt_secret(content.to_json()), received_at=timezone.now()
    )


def _add_scan(centre: Centre) -> None:
    """A scan with two pages, of which one is left out, and a file that is refused."""
    batch = create_batch(Officer.objects.get(username="director"), centre)
    file = ScanFile.objects.create(batch=batch, index=0, name="ไปรษณีย์.pdf", sha256="1", state=ScanState.READ)
    name = default_storage.save(f"scans/{batch.pk}/1.jpg", ContentFile(sample_files.photo()))
    for index in range(2):
        values = {"picture": name, "thumbnail": sample_files.photo(), "width": 60, "height": 40}
        ScanPage.objects.create(file=file, index=index, is_left_out=index == 1, **values)
    ScanFile.objects.create(batch=batch, index=1, name="2.pdf", sha256="2", state="refused", refusal="truncated")


def _citizen_pages(installation: StoryInstallation) -> dict[str, str]:
    """The kiosks that need somebody, and a filed case."""
    kiosk = installation.add_kiosks_in_need()
    submission = kiosk.letter_submission(1)
    (page,) = kiosk.sealed_pages(submission)
    kiosk.upload(page)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission, [page])))
    # The newest case, so the first one of its list: with a letter, and with a file that is read.
    case = Case.objects.get(case_number=submission.case_number)
    add_text(Document.objects.get(attachment=attach(case.centre, sample_files.pdf(3), case=case)), pages=3)
    return {"tracked-case": f"/t#{display(submission.tracking_code)}", "wrong-code": "/t#7KQ2-M9XD-4TBVS"}


def _agency_pages() -> dict[str, str]:
    """The personal links of two lead agencies, and one of nobody."""
    pages = {"link-of-nobody": "/a/forged"}
    for state in (ReferralState.SENT, ReferralState.ACCEPTED):
        lead = ReferralKind.LEAD.value
        referral = Referral.objects.filter(kind=lead, state=state.value, ended_at=None).latest("pk")
        issue_missing_links(referral.case)
        pages[f"link-{state.value}"] = link_path(ReferralLink.objects.filter(referral=referral).latest("pk"))
    return pages
