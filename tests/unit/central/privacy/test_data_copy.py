"""The copy for a data subject has every table with something of the person, and nothing of other people."""

from datetime import date

from django.utils import timezone

from central.cases import commands
from central.cases.attachments import CleanFile
from central.cases.models import Attachment, Case
from central.centres.models import Centre
from central.documents.models import DocumentPage
from central.earlier_cases.models import ImportedCase
from central.letters.models import Letter
from central.notices.models import Notice
from central.people.roles import Role
from central.privacy.case_tables import case_models
from central.privacy.data_copy import collect_copy, copy_json, copy_pdf
from central.surveys.models import SurveyParticipation
from tests.unit.central.factories import actor_with, create_officer_with
from tests.unit.central.privacy.erasable_case import CANARY, erasable_citizen

# Tables of which the copy has the rows.
COPIED = {
    "cases.Attachment",
    "cases.Case",
    "cases.CaseEvent",
    "cases.CaseEventText",
    "cases.CasePoint",
    "cases.Complainant",
    "cases.LetterPage",
    "cases.PersonalDataRead",
    "cases.Referral",
    "documents.Document",
    "documents.DocumentPage",
    "earlier_cases.ImportedCase",
    "letters.Letter",
    "messages.DataRequest",
    "messages.Rating",
    "notices.Notice",
    "notices.NoticeConsent",
    "surveys.SurveyParticipation",
}
# Tables of a case that it leaves out. A new table is entered in one of the two.
LEFT_OUT = {
    "agency_desk.AccessCode": "codes of agencies; that an agency has read the person is among the readings",
    "agency_desk.ReferralLink": "hashes of the agencies' links",
    "agency_desk.ReferralMail": "mails to agencies, without anything of the person",
    "cases.CaseView": "which officer has the page open",
    "cases.NameRequest": "reasons of officers; the readings that followed are in the copy",
    "cases.Proposal": "internal opinion before a decision; the decision is in the history",
    "cases.Respondent": "about another person; the complainant's own words about them are in the texts",
    "duplicates.CaseToken": "keyed hashes of values that are in the copy",
    "duplicates.ComparedFeatures": "keyed hashes of words that are in the copy",
    "duplicates.DuplicateCandidate": "about cases of other people",
    "earlier_cases.ImportRow": "the row of the file, deleted after the import; its values are in the case",
    "filing.FiledSubmission": "the hash of a key",
    "insight.CaseFact": "codes and days of the case",
    "intake.AcceptedDelivery": "the signature of the kiosk",
    "intake.Part": "hash and size of what the case has",
    "intake.PartChunk": "bytes that are in the case once they are complete",
    "listening.SocialPost": "public posts without authors",
    "mailboxes.MailRead": "who opened the mail before it was a case",
    "mailboxes.ReceivedFile": "deleted when the mail became the case, which has the files",
    "mailboxes.ReceivedMail": "deleted when the mail became the case, which has its words",
    "messages.EndedCode": "the hash of a tracking code",
    "messages.SentForm": "the token of a form",
    "notices.PhoneCode": "the keyed hash of a phone number that is in the copy",
    "notices.ReportedFacts": "the state of the case when the last notice was sent",
    "privacy.ErasedCase": "an erased case has nothing to copy",
    "privacy.ErasureHold": "the reason of an officer",
    "search.IndexedCase": "which texts of the case are in the index",
    "scan_batches.FiledPart": "that the pages came in a stack; the pages are in the case",
} | dict.fromkeys(
    (
        "investigation.CustodyEntry",
        "investigation.Evidence",
        "investigation.Investigation",
        "investigation.Investigator",
        "investigation.Mediation",
        "investigation.SiteVisit",
        "investigation.Statement",
        "investigation.Task",
    ),
    "closed to all but the investigators, with statements of other people",
)


def test_every_table_of_a_case_is_copied_or_left_out_for_a_reason() -> None:
    names = {model._meta.label for model in case_models()}
    assert names == COPIED | set(LEFT_OUT)
    assert not COPIED & set(LEFT_OUT)


def letter(case: Case, kind: str, body: str, number: int | None) -> None:
    """A letter; `number` None: a draft."""
    numbered = {"state": "issued", "year": 2569, "sequence": number, "number": f"ขก 0018/{number}"} if number else {}
    Letter.objects.create(
        case=case,
        centre=case.centre,
        kind=kind,
        token=kind,
        created_by=create_officer_with(case.centre, Role.INTAKE),
        subject="แจ้งผล",
        addressee="ผู้รับ",
        body=body,
        dated=date(2026, 11, 2) if number else None,
        **numbered,
    )


def read_text(row: Attachment, text: str) -> None:
    DocumentPage.objects.create(document=row.document, index=0, state="read", text=text, read_at=timezone.now())


def test_the_copy_has_letters_texts_positions_ratings_and_notices(khonkaen: Centre) -> None:
    case = erasable_citizen(khonkaen).case
    of_citizen = Attachment.objects.get()
    by, photo = (
        actor_with(khonkaen, Role.CASE_OFFICER),
        CleanFile("พยาน.jpg", "image/jpeg", b"jpeg", (1, 1), (16.5, 102)),
    )
    commands.add_note(case, by, seen_revision=None, note="คุยกับพยาน", attachments=[photo])
    for row in Attachment.objects.all():
        read_text(row, "คำของท่าน" if row.pk == of_citizen.pk else "คำของพยาน")
    Attachment.objects.filter(pk=of_citizen.pk).update(latitude=16.4321, longitude=102.8361)
    letter(case, "answer", "ผลถึงท่าน", 1)
    letter(case, "memo", "ความเห็นภายใน", 2)
    letter(case, "receipt", "ฉบับร่าง", None)
    Notice.objects.create(
        consent=case.notice_consents.get(),
        case=case,
        channel="sms",
        centre=khonkaen,
        body="เรื่องของท่านคืบหน้า",
        due_at=timezone.now(),
    )
    SurveyParticipation.objects.create(case=case, year=2570, is_invited=True)
    ImportedCase.objects.create(case=case, centre=khonkaen, earlier_number="เดิม/7", content_hash="x")

    copy = collect_copy(case, case.complainant)
    own, other = copy["files"]
    assert (own["taken_at"], own["text"]) == ("16.432100,102.836100", "คำของท่าน")
    assert set(other) == {"name", "type", "bytes"}
    assert [row["text"] for row in copy["official_letters"]] == ["แจ้งผล\nผลถึงท่าน", ""]
    assert (copy["ratings"][0]["stars"], copy["requests"][0]["right"]) == (3, "erasure")
    assert copy["notices"][-1]["text"] == "เรื่องของท่านคืบหน้า"
    assert (copy["surveys"][0]["year"], copy["earlier_number"]) == (2570, "เดิม/7")
    assert (copy["letters"], copy["newer_content"]) == ([CANARY], {"later": CANARY})
    text = copy_json(copy).decode()
    assert not [word for word in ("ความเห็นภายใน", "ฉบับร่าง", "คำของพยาน") if word in text]
    assert copy_pdf(copy).startswith(b"%PDF")
