"""Packs the collected files and seals them to the centre's key."""

import gzip
import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from kiosk_app.outbox import Enrolment
from kiosk_app.settings import Settings
from kiosk_app.support_bundle.collect import CollectedFile, collect_files
from protocol.sealing import OVERHEAD_BYTES
from protocol.support_bundle import MAX_BUNDLE_BYTES, Origin, seal_bundle

# Of a bundle that the forwarder sends, between two heartbeats: two minutes at 64 kbit/s. A week's logs have 0.3 MB.
MAX_SENT_BYTES = 1024 * 1024
_HEADROOM_BYTES = 1024 + OVERHEAD_BYTES  # first line and seal


def make_bundle(
    settings: Settings, enrolment: Enrolment, settings_file: Path | None = None, max_bytes: int = MAX_BUNDLE_BYTES
) -> bytes:
    """A support bundle of this kiosk. Takes up to a minute. Raises SupportBundleError."""
    origin = Origin(kiosk_id=enrolment.kiosk_id, enrolment_id=enrolment.enrolment_id, made_at=datetime.now(UTC))
    archive = pack(list(collect_files(settings, settings_file)), origin.made_at, max_bytes - _HEADROOM_BYTES)
    return seal_bundle(archive, origin, enrolment.sealing_public_key)


def pack(files: list[CollectedFile], made_at: datetime, max_bytes: int) -> bytes:
    """A gzipped tar file of at most `max_bytes`. While it is larger, the largest file loses its first half."""
    while len(archive := _gzipped_tar(files, made_at)) > max_bytes:
        largest = max(files, key=lambda file: len(file.content))
        shorter = CollectedFile(largest.name, largest.content[len(largest.content) // 2 + 1 :])
        files = [shorter if file is largest else file for file in files]
    return archive


def _gzipped_tar(files: list[CollectedFile], made_at: datetime) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for file in files:
            entry = tarfile.TarInfo(file.name)
            entry.size, entry.mtime = len(file.content), int(made_at.timestamp())
            archive.addfile(entry, io.BytesIO(file.content))
    return packed.getvalue()
