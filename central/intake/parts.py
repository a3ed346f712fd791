"""Sealed pages, addressed by the SHA-256 of their bytes. An upload resumes after any interruption."""

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
    """Store the bytes at `offset` of a part of `size` bytes. Raises RequestRefusedError."""
    if not 0 < size <= settings.MAX_PART_BYTES or len(data) > size:
        raise RequestRefusedError(413, "The part is too large", f"A part has 1 to {settings.MAX_PART_BYTES} bytes.")
    is_damaged = False
    with transaction.atomic():
        part = _lock_or_create(enrolment, sha256, size)
        _check_range(part, offset, size, data)
        if data:
            PartChunk.objects.create(part=part, offset=offset, data=data)
            part.received_bytes += len(data)
            part.save()
            if part.is_complete:
                # A part that came in one request, as on a good network, is not read back from the database.
                content = data if offset == 0 else read_sealed_bytes(part)
                is_damaged = hashlib.sha256(content).hexdigest() != sha256
        if is_damaged:
            part.delete()
    if is_damaged:  # raised outside the transaction, so that the deletion is committed
        raise RequestRefusedError(422, "The bytes do not have the hash they are named by", "Start again from offset 0.")
    return part


def find(enrolment: Enrolment, sha256: str) -> Part | None:
    """The part with this hash from this kiosk, in any of its enrolments; the most complete one."""
    same_kiosk = Part.objects.filter(enrolment__kiosk_id=enrolment.kiosk_id, sha256=sha256)
    return same_kiosk.order_by("-received_bytes", "id").first()


def read_sealed_bytes(part: Part) -> bytes:
    """All received bytes of a part. A slow network sends hundreds of chunks, so only the column `data` is read."""
    return b"".join(part.chunks.values_list("data", flat=True).iterator(chunk_size=16))


def _check_range(part: Part, offset: int, size: int, data: bytes) -> None:
    """Check that these bytes are the next ones of the part. Raises RequestRefusedError."""
    headers = {"Upload-Offset": str(part.received_bytes)}
    if part.size_bytes != size:
        raise RequestRefusedError(
            422, "The length of this part has changed", f"It was announced with {part.size_bytes} bytes."
        )
    if offset != part.received_bytes:
        raise RequestRefusedError(409, "Not the next bytes", f"{part.received_bytes} are held.", headers=headers)
    if offset + len(data) > size:
        raise RequestRefusedError(422, "More bytes than announced", headers=headers)


def _lock_or_create(enrolment: Enrolment, sha256: str, size: int) -> Part:
    """The part, created if it is new. Raises RequestRefusedError when too many parts have no submission yet."""
    # The row of the enrolment is the lock for all its parts: one worker at a time checks the quota and creates.
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
    return Part.objects.create(enrolment=enrolment, sha256=sha256, size_bytes=size)


def _has_quota(unclaimed: QuerySet[Part], size: int) -> bool:
    """Whether the kiosk may store one more part of `size` bytes before its submission arrives."""
    stored = unclaimed.aggregate(count=Count("pk"), total_bytes=Sum("size_bytes"))
    return (
        stored["count"] < settings.MAX_UNCLAIMED_PARTS
        and (stored["total_bytes"] or 0) + size <= settings.MAX_UNCLAIMED_PART_BYTES
    )
