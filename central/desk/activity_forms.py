"""The form with which the desk writes an activity."""

from datetime import date
from typing import ClassVar

from django import forms
from django.conf import settings

from central.activities.commands import MAX_PHOTOS, ActivityContent
from central.activities.models import MAX_LINE_CHARS, MAX_TEXT_CHARS, Activity
from central.cases import clock
from central.cases.attachments import MAX_FILES
from central.desk.forms import CentreChoiceForm
from central.files_field import FilesField, FilesInput
from protocol.bilingual_text import BilingualText

_TEXTS = ("title", "text", "place", "leader", "participants")
CONTENT_FIELDS = ("held_on", *(f"{name}_{language}" for name in _TEXTS for language in ("th", "en")))
_LABELS = {
    "title": BilingualText("หัวข้อ", "Title"),
    "text": BilingualText("เนื้อหา", "Text"),
    "place": BilingualText("สถานที่", "Place"),
    "leader": BilingualText("ผู้นำกิจกรรม", "Led by"),
    "participants": BilingualText("ผู้เข้าร่วม", "Participants"),
}
_IN_ENGLISH = BilingualText(" (อังกฤษ)", " (English)")
_OPTIONAL_ENGLISH = BilingualText("(เว้นว่าง: ใช้ภาษาไทย)", "(empty: the Thai text)")


def _line(*, required: bool = False) -> forms.CharField:
    return forms.CharField(required=required, max_length=MAX_LINE_CHARS)


def _text(rows: int, *, required: bool) -> forms.CharField:
    return forms.CharField(required=required, max_length=MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": rows}))


class ActivityForm(CentreChoiceForm):
    """An activity with new photos."""

    held_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    title_th = _line(required=True)
    text_th = _text(8, required=True)
    place_th = _line()
    leader_th = _line()
    participants_th = _line()
    files = FilesField(  # type: ignore[assignment]
        required=False, widget=FilesInput(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"})
    )
    photo_description = _line()
    title_en = _line()
    text_en = _text(6, required=False)
    place_en = _line()
    leader_en = _line()
    participants_en = _line()
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์", "Centre"),
        "held_on": BilingualText("วันที่จัด", "Date"),
        "files": BilingualText("เพิ่มภาพถ่าย", "Add photos"),
        "photo_description": BilingualText("ในภาพมีอะไร", "What is on the photos"),
        **{f"{name}_th": label for name, label in _LABELS.items()},
        **{
            f"{name}_en": BilingualText(label.th + _IN_ENGLISH.th, label.en + _IN_ENGLISH.en)
            for name, label in _LABELS.items()
        },
    }
    field_hints: ClassVar = {
        "leader_th": BilingualText("(ชื่อและตำแหน่ง)", "(name and position)"),
        "participants_th": BilingualText("(หน่วยงานหรือจำนวน ไม่ใส่ชื่อผู้ร้อง)", "(agencies or a number; no complainants)"),
        "files": BilingualText(
            f"(ครั้งละไม่เกิน {MAX_FILES} ภาพ {settings.MAX_UPLOAD_BYTES >> 20} MB รวมไม่เกิน {MAX_PHOTOS} ภาพ"
            " ระบบลบตำแหน่งออกจากภาพ)",
            f"(up to {MAX_FILES} at a time, {settings.MAX_UPLOAD_BYTES >> 20} MB; {MAX_PHOTOS} in all; "
            "their position is removed)",
        ),
        "photo_description": BilingualText("(สำหรับผู้ที่มองไม่เห็นภาพ)", "(for people who do not see them)"),
        **{f"{name}_en": _OPTIONAL_ENGLISH for name in _LABELS},
    }

    def clean_held_on(self) -> date:
        """The date; a year that was typed in the Buddhist era counts as such."""
        return self.common_era(self.cleaned_data["held_on"], clock.today().year + 2)

    @property
    def content(self) -> ActivityContent:
        """What was typed, of a valid form."""
        return ActivityContent(**{name: self.cleaned_data[name] for name in CONTENT_FIELDS})


def initial_values(activity: Activity) -> dict[str, object]:
    """The values of the form for an activity that there is."""
    return {name: getattr(activity, name) for name in CONTENT_FIELDS} | {"centre": activity.centre.slug}
