"""Rows that the demo data lacks, and the addresses that no link leads to: tracking and personal links."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from central.activities.commands import ActivityContent, clean_photos, create_activity, publish
from central.agency_desk.link_urls import link_path
from central.agency_desk.links import issue_missing_links
from central.agency_desk.models import ReferralLink
from central.alarms.commands import open_alarm
from central.alarms.models import Alarm
from central.cases.codes import ReferralKind, ReferralState
from central.cases.models import Case, Referral
from central.centres.models import Centre, Officer
from central.documents.models import Document
from central.earlier_cases.batches import check_rows, store_file
from central.earlier_cases.columns import Column
from central.earlier_cases.models import BatchState, ImportBatch
from central.messages.models import AnswerTemplate
from central.people.models import Registration
from protocol.tracking_code import display
from simulators.case_story.installation import CENTRE_SLUG, StoryInstallation
from tests.unit.central import sample_files
from tests.unit.central.documents.stored_files import add_text, attach


def prepare(installation: StoryInstallation) -> dict[str, str]:
    """Add what the desk's pages show only sometimes. Returns name and path of pages to open as a visitor."""
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
    return _citizen_pages(installation) | _agency_pages()


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
