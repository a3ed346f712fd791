"""Sealed pages by the hash of their bytes, resumable after any interruption."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from central.fleet.models import Enrolment
from central.intake.models import Part, PartChunk
from central.problems import RequestRefusedError


def append(enrolment: Enrolment, sha256: str, offset: int, size: int, data: bytes) -> Part:
    """Take the bytes that follow the first `offset` ones of a part of `size` bytes. Raises RequestRefusedError."""
    if not 0 < size <= settings.MAX_PART_BYTES or len(data) > size:
        raise RequestRefusedError(413, "The part is too large", f"A part has 1 to {settings.MAX_PART_BYTES} bytes.")
    damaged = False
    with transaction.atomic():
        part = _lock_or_create(enrolment, sha256, size)
        if part.size != size:
            raise RequestRefusedError(
                422, "The length of this part has changed", f"It was announced with {part.size} bytes."
            )
        if offset != part.held:
            raise RequestRefusedError(409, "Not the next bytes", f"{part.held} are held.", headers=_offset_header(part))
        if offset + len(data) > size:
            raise RequestRefusedError(422, "More bytes than announced", headers=_offset_header(part))
        if data:
            PartChunk.objects.create(part=part, offset=offset, data=data)
            part.held += len(data)
            part.save()
            # In one piece, as on a good line, it need not be read back.
            if part.whole and hashlib.sha256(data if offset == 0 else read_sealed_bytes(part)).hexdigest() != sha256:
                part.delete()
                damaged = True
    if damaged:  # outside the transaction: the deletion must stay
        raise RequestRefusedError(422, "The bytes do not have the hash they are named by", "Start again from offset 0.")
    return part


def find(enrolment: Enrolment, sha256: str) -> Part | None:
    """The part of this kiosk, under whichever of its enrolments it was sent."""
    same_kiosk = Part.objects.filter(enrolment__kiosk_id=enrolment.kiosk_id, sha256=sha256)
    return same_kiosk.order_by("-held", "id").first()


def read_sealed_bytes(part: Part) -> bytes:
    """All bytes held of a part. A weak line sends hundreds of pieces: only their bytes are fetched."""
    return b"".join(part.chunks.values_list("data", flat=True).iterator(chunk_size=16))


def _offset_header(part: Part) -> dict[str, str]:
    return {"Upload-Offset": str(part.held)}


def _lock_or_create(enrolment: Enrolment, sha256: str, size: int) -> Part:
    # The enrolment's row is the lock of all its parts: quota and creation are decided by one worker at a time.
    Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    part = find(enrolment, sha256)
    if part is not None:
        return part
    unclaimed = Part.objects.filter(enrolment=enrolment, accepted=None)
    if not _has_quota(unclaimed, size):
        unclaimed.filter(touched_at__lt=timezone.now() - timedelta(days=settings.UNCLAIMED_PART_DAYS)).delete()
        if not _has_quota(unclaimed, size):
            raise RequestRefusedError(
                429,
                "Too many parts wait for their submissions",
                "Send the submissions that name them first.",
                headers={"Retry-After": "3600"},
            )
    return Part.objects.create(enrolment=enrolment, sha256=sha256, size=size)


def _has_quota(unclaimed: QuerySet[Part], size: int) -> bool:
    """Whether one more part of `size` bytes may wait for its submission."""
    waiting = unclaimed.aggregate(count=Count("pk"), total=Sum("size"))
    return (
        waiting["count"] < settings.MAX_UNCLAIMED_PARTS
        and (waiting["total"] or 0) + size <= settings.MAX_UNCLAIMED_PART_BYTES
    )
