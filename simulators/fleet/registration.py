"""The simulated fleet in the database of a central installation: enrols and revokes the kiosks, and compares the stored
visits with the expected ones at the end. The only module of `simulators` that imports the central service; Django must
be set up.

Kiosks are enrolled by rows in the database: an officer cannot compare 900 codes.
"""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from central.cases.models import Case
from central.centres.models import Centre
from central.fleet.models import Enrolment
from central.intake.models import AcceptedDelivery
from central.keyring import keyring
from protocol import keys
from protocol.encoding import to_base64
from protocol.messages import EnrolmentResponse, EnrolmentStatus
from simulators.fleet.delivery_scripts import Destination
from simulators.http_transport import HttpKiosk, HttpTransport

CENTRE_SLUG = "simulated"  # slug of the centre that the simulated kiosks belong to
MAX_KIOSKS = 26 * 26 * 100  # kiosk ids from ZAA00 to ZZZ99
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class RegistrationError(Exception):
    """Simulated kiosks cannot be enrolled in this installation; the message is one sentence."""


def kiosk_id(number: int) -> str:
    """'ZAA00' for 0. No id of a real kiosk begins with Z."""
    block, within = divmod(number, 100)
    return f"Z{_LETTERS[block // 26]}{_LETTERS[block % 26]}{within:02}"


def check_installation() -> None:
    """Raises RegistrationError when the installation is for real kiosks or holds real cases."""
    if settings.PUBLIC_URL:
        raise RegistrationError("CENTRAL_URL is set: this installation is for real kiosks; use another CENTRAL_DATA")
    if Case.objects.exclude(case_number__startswith="Z").exists():  # a simulated case may go to the centre of its place
        raise RegistrationError("this installation holds real cases; use another CENTRAL_DATA")


def enrol_kiosks(count: int, url: str) -> list[HttpKiosk]:
    """`count` kiosks with new keys, each under its next series letter, that send to the service at `url`. Raises
    RegistrationError."""
    ids = [kiosk_id(number) for number in range(count)]
    ring = keyring()
    sealing_key = keys.public_key_bytes(ring.load_sealing_key(ring.current_fingerprint("sealing")))
    receipt_key = keys.public_key_bytes(ring.load_receipt_key(ring.current_fingerprint("receipt")))
    with transaction.atomic():
        centre, _ = Centre.objects.get_or_create(
            slug=CENTRE_SLUG, defaults={"name_th": "ศูนย์จำลอง", "name_en": "Simulated centre"}
        )
        enrolled = Enrolment.objects.filter(kiosk_id__in=ids)
        last_series = dict(enrolled.order_by("series").values_list("kiosk_id", "series"))
        if "Z" in last_series.values():
            raise RegistrationError("the simulated kiosks have used all series letters; use another CENTRAL_DATA")
        enrolled.update(status=EnrolmentStatus.REVOKED.value)  # earlier keys are not used any more
        kiosks, rows = [], []
        for name in ids:
            kiosk = HttpKiosk(name, HttpTransport(url))
            row = Enrolment(
                kiosk_id=name,
                stated_centre_name="จำลอง",
                signing_key=kiosk.public_key,
                fingerprint=kiosk.key_id,
                sealing_fingerprint=keys.fingerprint(sealing_key),
                receipt_fingerprint=keys.fingerprint(receipt_key),
                status=EnrolmentStatus.APPROVED.value,
                series=_next_letter(last_series.get(name, "")),
                centre=centre,
                decided_at=timezone.now(),
            )
            kiosk.enrolment_response = EnrolmentResponse(
                enrolment_id=row.id,
                status=EnrolmentStatus.APPROVED,
                sealing_key=to_base64(sealing_key),
                receipt_key=to_base64(receipt_key),
                kiosk_id=name,
                series=row.series,
            )
            kiosks.append(kiosk)
            rows.append(row)
        Enrolment.objects.bulk_create(rows)
    return kiosks


def revoke(kiosks: Iterable[HttpKiosk]) -> None:
    """As an officer does at the desk."""
    fingerprints = [kiosk.key_id for kiosk in kiosks]
    Enrolment.objects.filter(fingerprint__in=fingerprints).update(status=EnrolmentStatus.REVOKED.value)


def find_discrepancies(expected_destinations: dict[UUID, Destination]) -> list[str]:
    """Sentences about visits that the centre does not hold exactly once where they must be."""
    rows = AcceptedDelivery.objects.values_list("submission_id", "case_id").iterator()
    held: Counter[tuple[UUID, Destination]] = Counter(
        (submission_id, Destination.CASE if case_id else Destination.QUARANTINE)
        for submission_id, case_id in rows
        if submission_id in expected_destinations
    )
    expected: Counter[tuple[UUID, Destination]] = Counter(
        visit for visit in expected_destinations.items() if visit[1] is not Destination.NOTHING
    )
    counts = {"missing": (expected - held).total(), "too many": (held - expected).total()}
    return [f"{count} visits are {problem}" for problem, count in counts.items() if count]


def _next_letter(last: str) -> str:
    return chr(ord(last) + 1) if last else "A"
