"""Writing, publishing and deleting activities. Each command is one transaction and checks the permission itself."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from central.activities.models import Activity, ActivityPhoto
from central.cases.attachments import CleanFile, prepare_files
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.people.permission import has_permission
from central.people.roles import Action
from central.pictures import delete_pictures_on_error
from protocol.bilingual_text import BilingualText

MAX_PHOTOS = 20  # of one activity
_NO_PERMISSION = BilingualText("ท่านไม่มีสิทธิ์ทำสิ่งนี้กับข่าวกิจกรรมของศูนย์นี้", "You may not do this with activities of this centre")
_CHANGED_MEANWHILE = BilingualText(
    "มีผู้แก้ไขข่าวนี้แล้ว โปรดเปิดหน้าใหม่แล้วแก้ไขอีกครั้ง",
    "Somebody has changed this activity. Open the page again and repeat your change",
)
_PHOTOS_ONLY = BilingualText("แนบได้เฉพาะภาพถ่าย (JPEG, PNG, WebP)", "Only photos can be added (JPEG, PNG, WebP)")
_TOO_MANY_PHOTOS = BilingualText(f"ข่าวหนึ่งมีภาพได้ไม่เกิน {MAX_PHOTOS} ภาพ", f"An activity has at most {MAX_PHOTOS} photos")
_NO_DESCRIPTION = BilingualText(
    "โปรดบรรยายว่าในภาพมีอะไร สำหรับผู้ที่มองไม่เห็นภาพ", "Say what is on the photos, for people who do not see them"
)


@dataclass(frozen=True)
class ActivityContent:
    """What an editor states about an activity."""

    title_th: str
    text_th: str
    held_on: date
    title_en: str = ""
    text_en: str = ""
    place_th: str = ""
    place_en: str = ""
    leader_th: str = ""
    leader_en: str = ""
    participants_th: str = ""
    participants_en: str = ""


@dataclass(frozen=True)
class NewPhotos:
    """Cleaned photos, and what is on them."""

    files: Sequence[CleanFile] = ()
    description: str = ""


NO_PHOTOS = NewPhotos()


def clean_photos(uploads: Sequence[UploadedFile], description: str) -> NewPhotos:
    """The photos without position and camera data. Call it before a transaction: it takes seconds. Raises
    NotAllowedError."""
    if uploads and not description.strip():
        raise NotAllowedError(_NO_DESCRIPTION)
    photos = prepare_files(uploads)
    if any(photo.media_type != "image/jpeg" for photo in photos):
        raise NotAllowedError(_PHOTOS_ONLY)
    return NewPhotos(photos, description.strip())


def create_activity(
    officer: Officer,
    centre: Centre,
    content: ActivityContent,
    photos: NewPhotos = NO_PHOTOS,
) -> Activity:
    """A new draft. Raises NotAllowedError."""
    _check(officer, Action.WRITE_ACTIVITIES, centre)
    with transaction.atomic(), delete_pictures_on_error() as stored:
        activity = Activity.objects.create(
            centre=centre, changed_at=timezone.now(), changed_by=officer, **asdict(content)
        )
        _add_photos(activity, photos, stored)
        return activity


def change_activity(
    officer: Officer,
    activity: Activity,
    seen_revision: int,
    content: ActivityContent,
    photos: NewPhotos = NO_PHOTOS,
) -> Activity:
    """The changed activity. What is published already is changed by those who may publish. Raises NotAllowedError."""
    with transaction.atomic(), delete_pictures_on_error() as stored:
        locked = _locked(officer, activity, seen_revision)
        for name, value in asdict(content).items():
            setattr(locked, name, value)
        _save(locked, officer)
        _add_photos(locked, photos, stored)
        return locked


def publish(officer: Officer, activity: Activity, seen_revision: int) -> Activity:
    """Show the activity to the public, as the officer has seen it. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, activity, seen_revision)
        _check(officer, Action.PUBLISH_ACTIVITIES, locked.centre)
        if not locked.is_published:
            locked.published_at, locked.published_by = timezone.now(), officer
            _save(locked, officer)
        return locked


def withdraw(officer: Officer, activity: Activity) -> Activity:
    """Make a published activity a draft again. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, activity, None)
        locked.published_at, locked.published_by = None, None
        _save(locked, officer)
        return locked


def remove_photo(officer: Officer, activity: Activity, photo_id: int) -> None:
    """Remove a photo with its file. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, activity, None)
        photo = locked.photos.filter(pk=photo_id).first()
        if photo is None:
            return
        _delete_file_after_commit(photo)
        photo.delete()
        _save(locked, officer)


def delete_draft(officer: Officer, activity: Activity) -> None:
    """Delete a draft with its photos. What is published is withdrawn first. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, activity, None)
        if locked.is_published:
            raise NotAllowedError(_NO_PERMISSION)
        for photo in locked.photos.all():
            _delete_file_after_commit(photo)
        locked.delete()


def _locked(officer: Officer, activity: Activity, seen_revision: int | None) -> Activity:
    """The locked row, which this officer may change. Raises NotAllowedError."""
    locked = Activity.objects.select_for_update(of=("self",)).select_related("centre").filter(pk=activity.pk).first()
    if locked is None or (seen_revision is not None and locked.revision != seen_revision):
        raise NotAllowedError(_CHANGED_MEANWHILE)
    action = Action.PUBLISH_ACTIVITIES if locked.is_published else Action.WRITE_ACTIVITIES
    _check(officer, action, locked.centre)
    return locked


def _save(activity: Activity, officer: Officer) -> None:
    activity.revision += 1
    activity.changed_at, activity.changed_by = timezone.now(), officer
    activity.save()


def _add_photos(activity: Activity, photos: NewPhotos, stored: list[str]) -> None:
    if activity.photos.count() + len(photos.files) > MAX_PHOTOS:
        raise NotAllowedError(_TOO_MANY_PHOTOS)
    for each in photos.files:
        key = uuid4().hex
        photo = ActivityPhoto(activity=activity, key=key, size=len(each.content), description_th=photos.description)
        photo.file.save(f"activities/{key}.jpg", ContentFile(each.content), save=False)
        stored.append(photo.file.name)
        photo.save()


def _delete_file_after_commit(photo: ActivityPhoto) -> None:
    storage, name = photo.file.storage, photo.file.name
    transaction.on_commit(lambda: storage.delete(name))


def _check(officer: Officer, action: Action, centre: Centre) -> None:
    if not has_permission(officer, action, centre):
        raise NotAllowedError(_NO_PERMISSION)
