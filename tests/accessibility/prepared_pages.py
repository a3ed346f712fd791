"""Rows that the demo data lacks, and the addresses that no link leads to: tracking and personal links."""

from django.utils import timezone

from central.agency_desk.link_urls import link_path
from central.agency_desk.links import issue_missing_links
from central.agency_desk.models import ReferralLink
from central.alarms.commands import open_alarm
from central.alarms.models import Alarm
from central.cases.codes import ReferralKind, ReferralState
from central.cases.models import Case, Referral
from central.centres.models import Centre
from central.documents.models import Document
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
    return _citizen_pages(installation) | _agency_pages()


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
