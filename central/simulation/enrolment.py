"""Simulated kiosks become enrolled ones, straight in the database: comparing 900 codes is nothing to wait for."""

from django.db import transaction
from django.utils import timezone

from central.centres.models import Centre
from central.fleet.models import Enrolment
from central.keyring import keyring
from central.simulation.kiosk import CentrePublicKeys, SimulatedKiosk
from protocol import keys
from protocol.messages import EnrolmentStatus

CENTRE_SLUG = "simulated"  # slug of the centre they belong to
MAX_KIOSKS = 26 * 26 * 100  # kiosk ids from ZAA00 to ZZZ99
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SimulatedEnrolmentError(Exception):
    """Simulated kiosks cannot be taken in here; one sentence."""


def kiosk_id(number: int) -> str:
    """'ZAA00' for 0; no real hall's name begins with Z."""
    block, within = divmod(number, 100)
    return f"Z{_LETTERS[block // 26]}{_LETTERS[block % 26]}{within:02}"


def centre_public_keys() -> CentrePublicKeys:
    """The keys of this installation, as a kiosk knows them."""
    ring = keyring()
    return CentrePublicKeys(
        keys.public_key_bytes(ring.load_sealing_key(ring.current_fingerprint("sealing"))),
        keys.public_key_bytes(ring.load_receipt_key(ring.current_fingerprint("receipt"))),
    )


def enrol_kiosks(count: int) -> list[SimulatedKiosk]:
    """So many kiosks with new keys, each under its next series letter. Raises SimulatedEnrolmentError."""
    side = centre_public_keys()
    names = [kiosk_id(number) for number in range(count)]
    with transaction.atomic():
        centre, _ = Centre.objects.get_or_create(
            slug=CENTRE_SLUG, defaults={"name_th": "ศูนย์จำลอง", "name_en": "Simulated centre"}
        )
        last = dict(Enrolment.objects.filter(kiosk_id__in=names).order_by("series").values_list("kiosk_id", "series"))
        if "Z" in last.values():
            raise SimulatedEnrolmentError(
                "The simulated kiosks have used all their series letters; use a fresh CENTRAL_DATA"
            )
        fleet = [SimulatedKiosk(name, _next_letter(last.get(name, "")), side) for name in names]
        # A kiosk set up anew: its earlier key is not used any more.
        Enrolment.objects.filter(kiosk_id__in=names).update(status=EnrolmentStatus.REVOKED.value)
        Enrolment.objects.bulk_create(_row(kiosk, centre) for kiosk in fleet)
    return fleet


def revoke(fleet: list[SimulatedKiosk]) -> None:
    """As an officer would at the desk."""
    taken = [keys.fingerprint(keys.public_key_bytes(kiosk.key)) for kiosk in fleet]
    Enrolment.objects.filter(fingerprint__in=taken).update(status=EnrolmentStatus.REVOKED.value)
    for kiosk in fleet:
        kiosk.revoked = True


def _next_letter(last: str) -> str:
    return chr(ord(last) + 1) if last else "A"


def _row(kiosk: SimulatedKiosk, centre: Centre) -> Enrolment:
    public = keys.public_key_bytes(kiosk.key)
    return Enrolment(
        kiosk_id=kiosk.kiosk_id,
        stated_centre_name="จำลอง",
        signing_key=public,
        fingerprint=keys.fingerprint(public),
        sealing_fingerprint=keys.fingerprint(kiosk.centre.sealing_key),
        receipt_fingerprint=keys.fingerprint(kiosk.centre.receipt_key),
        status=EnrolmentStatus.APPROVED.value,
        series=kiosk.series,
        centre=centre,
        decided_at=timezone.now(),
    )
