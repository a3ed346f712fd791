"""The form with which an officer enters a case for somebody: on the telephone, at the counter, from a letter."""

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils import timezone
from pydantic import ValidationError

from central.cases import clock
from central.cases.codes import NOTICES_GIVEN, NoticeGiven
from central.centres.models import Centre
from central.channels import CHANNELS, FILED_BY_OFFICERS, Channel
from central.desk import labels
from central.desk.forms import DeskForm
from central.desk.place_field import PlaceField
from central.files_field import FILES_HINT, FILES_LABEL, OfficeFilesField
from central.filing.notice_texts import OFFICE_NOTICE
from protocol.bilingual_text import BilingualText
from protocol.choices import (
    MAX_NOTE_CHARS,
    MAX_TEXT_CHARS,
    IdentitySource,
    NameDisclosure,
    Nature,
    OnBehalfOf,
    RespondentKind,
)
from protocol.consent_texts import SMS_CONSENT
from protocol.submission import Consents, Contact, Identity, SubmissionContent
from protocol.topics import Topic
from thai import id_number, numerals, phone

OFFICER_CHANNELS = tuple(channel for channel in CHANNELS if channel in FILED_BY_OFFICERS)
# What is read from the card beside its number, as the bridge sends it (kiosk_app/card_bridge).
_CARD_FIELDS = ("title", "first_name", "middle_name", "last_name", "birth_date", "sex", "address", "address_area")
_MAX_CARD_CHARS = 4000
_NOON = time(12, 0)  # of a day that is entered later: the hour is not known
_EMPTY = BilingualText("โปรดพิมพ์ข้อความของเรื่อง หรือแนบหนังสือ", "Type what the case is about, or attach the letter")
_BAD_PHONE = BilingualText("เบอร์โทรศัพท์ต้องมี 9 หรือ 10 หลัก", "A phone number has 9 or 10 digits")
_BAD_ID = BilingualText("เลขประจำตัวประชาชนไม่ถูกต้อง", "This is not a citizen ID")
_SOMEBODY = BilingualText(
    "ใช้ได้เมื่อไม่ประสงค์ออกนามเท่านั้น โปรดแจ้งประกาศแก่ผู้ร้อง", "Only for an anonymous case. Give the notice to the complainant"
)
_FUTURE = BilingualText("วันที่ยื่นเรื่องอยู่ในอนาคต", "The filing date is in the future")
_BAD_VALUE = BilingualText("ข้อมูลไม่ถูกต้อง โปรดตรวจดู", "A value is not right. Please check")


def _line(max_length: int = MAX_NOTE_CHARS, **attrs: str) -> Any:
    return forms.CharField(
        required=False, max_length=max_length, widget=forms.TextInput(attrs={"autocomplete": "off", **attrs})
    )


class FilingForm(DeskForm):
    """One case. The order of the fields is that of a telephone call. `key` makes the case once, however often the form
    is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    mail = forms.IntegerField(required=False, widget=forms.HiddenInput)  # that is filed
    scan = forms.RegexField(  # that is filed: the pages of a part
        r"\A[0-9]{1,18}(?:-[0-9]{1,18}){0,499}\Z", required=False, max_length=9500, widget=forms.HiddenInput
    )
    post = forms.IntegerField(required=False, widget=forms.HiddenInput)  # of the listening, that is filed
    card = forms.CharField(required=False, max_length=_MAX_CARD_CHARS, widget=forms.HiddenInput)
    notice_given = forms.ChoiceField()
    channel = forms.ChoiceField()
    phone = _line(30, inputmode="tel")
    name = _line()
    citizen_id = _line(30, inputmode="numeric")
    naming = forms.ChoiceField()
    topic = forms.ChoiceField()
    nature = forms.ChoiceField()
    place = PlaceField()
    location_note = _line()
    text = forms.CharField(
        required=False, max_length=MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off"})
    )
    sms = forms.BooleanField(required=False)
    files = OfficeFilesField(required=False)  # type: ignore[assignment]
    is_letter = forms.BooleanField(required=False, initial=True)
    about = forms.ChoiceField()
    about_note = _line()
    for_whom = forms.ChoiceField()
    for_whom_note = _line()
    filed_on = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    english = forms.BooleanField(required=False)
    field_labels: ClassVar = {
        "notice_given": BilingualText("แจ้งประกาศความเป็นส่วนตัวแล้ว", "Privacy notice given"),
        "channel": BilingualText("ช่องทาง", "Channel"),
        "phone": BilingualText("โทรศัพท์", "Telephone"),
        "name": BilingualText("ชื่อและนามสกุล", "Name"),
        "citizen_id": BilingualText("เลขประจำตัวประชาชน", "Citizen ID"),
        "naming": BilingualText("การเปิดเผยชื่อ", "Naming"),
        "topic": BilingualText("ประเภท", "Topic"),
        "nature": BilingualText("ลักษณะ", "Nature"),
        "place": BilingualText("สถานที่", "Place"),
        "location_note": BilingualText("จุดเกิดเหตุ", "Where exactly"),
        "text": BilingualText("เรื่อง", "What it is about"),
        "sms": BilingualText("ผู้ร้องยินยอมรับ SMS แจ้งความคืบหน้า", "The citizen agrees to SMS about the case"),
        "files": FILES_LABEL,
        "is_letter": BilingualText("ภาพเป็นหน้าของหนังสือร้องเรียน", "The pictures are the pages of a letter"),
        "about": BilingualText("ร้องเรียนเกี่ยวกับ", "About whom"),
        "about_note": BilingualText("ผู้ถูกร้อง", "Name of the person or agency"),
        "for_whom": BilingualText("ยื่นในนาม", "On behalf of"),
        "for_whom_note": BilingualText("ชื่อผู้ที่ยื่นแทน", "Name of that person or group"),
        "filed_on": BilingualText("วันที่ยื่น หากยื่นก่อนวันนี้", "Day of filing, if before today"),
        "english": BilingualText("ผู้ร้องใช้ภาษาอังกฤษ", "The citizen uses English"),
    }
    field_hints: ClassVar = {
        "name": BilingualText("(เว้นว่างได้)", "(may be empty)"),
        "citizen_id": BilingualText("(เว้นว่างได้)", "(may be empty)"),
        "place": BilingualText("(ตำบล อำเภอ)", "(tambon, district)"),
        "files": FILES_HINT,
        "filed_on": BilingualText("(เวลานับจากวันนั้น)", "(the clock starts on that day)"),
    }

    def __init__(
        self,
        language: str,
        data: Mapping[str, object] | None = None,
        *,
        centre: Centre,
        channel: str = "",
        **options: Any,
    ) -> None:
        super().__init__(language, data, **options)
        self._language = language
        for name, choices, initial in (
            ("notice_given", NOTICES_GIVEN, ""),
            ("channel", {each: CHANNELS[each] for each in OFFICER_CHANNELS}, channel or Channel.PHONE_1567.value),
            ("naming", labels.NAME_DISCLOSURE, NameDisclosure.NAMED.value),
            ("topic", labels.TOPIC, ""),
            ("nature", labels.NATURE, Nature.COMPLAINT.value),
            ("about", labels.ABOUT, RespondentKind.NOBODY.value),
            ("for_whom", labels.FOR_WHOM, OnBehalfOf.SELF.value),
        ):
            named = [(code.value, text.in_language(language)) for code, text in choices.items()]
            self.set_choices(name, [*([] if initial else [("", "–")]), *named])
            self.fields[name].initial = initial
        self.fields["key"].initial = uuid4()
        place = self.fields["place"]
        if isinstance(place, PlaceField):
            place.language, place.province_code = language, centre.area_code[:2]

    def clean_phone(self) -> str:
        """The number as digits."""
        typed = self.cleaned_data["phone"]
        try:
            return phone.normalise(typed) if typed.strip() else ""
        except ValueError:
            raise forms.ValidationError(_BAD_PHONE.in_language(self._language)) from None

    def clean_citizen_id(self) -> str:
        """The thirteen digits."""
        digits = numerals.digits(self.cleaned_data["citizen_id"])
        if digits and not id_number.is_valid(digits):
            raise forms.ValidationError(_BAD_ID.in_language(self._language))
        return digits

    def clean_filed_on(self) -> Any:
        """A day until today."""
        day = self.cleaned_data["filed_on"]
        if day is not None and day > clock.today():
            raise forms.ValidationError(_FUTURE.in_language(self._language))
        return day

    def clean(self) -> dict[str, Any]:
        """A case needs words or a letter."""
        values = super().clean() or {}
        if (
            not values.get("text", "").strip()
            and not values.get("files")
            and not values.get("mail")
            and not values.get("scan")
            and "text" not in self.errors
        ):
            raise forms.ValidationError(_EMPTY.in_language(self._language))
        is_named = values.get("naming") != NameDisclosure.ANONYMOUS.value
        if is_named and values.get("notice_given") == NoticeGiven.NOBODY.value:
            self.add_error("notice_given", _SOMEBODY.in_language(self._language))
        return values

    @property
    def chosen_notice(self) -> NoticeGiven:
        """How the notice was given, of a valid form."""
        return NoticeGiven(self.cleaned_data["notice_given"])

    @property
    def chosen_channel(self) -> Channel:
        """The channel of a valid form."""
        return Channel(self.cleaned_data["channel"])

    def filed_at(self, now: datetime) -> datetime:
        """When the citizen filed: now, or noon of an earlier day."""
        day = self.cleaned_data["filed_on"]
        if day is None or day >= clock.today():
            return now
        return min(timezone.make_aware(datetime.combine(day, _NOON)), now - timedelta(minutes=6))

    def content(self, now: datetime) -> SubmissionContent:
        """The content of a valid form. Raises ValueError, with a sentence, for values that the model refuses."""
        values = self.cleaned_data
        wants_sms = values["sms"] and bool(values["phone"])
        identity, source = self._identity()
        try:
            return SubmissionContent(
                nature=Nature(values["nature"]),
                topic=Topic(values["topic"]),
                about=RespondentKind(values["about"]),
                about_note=values["about_note"],
                area=values["place"],
                spot=values["location_note"],
                for_whom=OnBehalfOf(values["for_whom"]),
                for_whom_note=values["for_whom_note"],
                text=values["text"],
                contact=Contact(phone=values["phone"]),
                naming=NameDisclosure(values["naming"]),
                identity=identity,
                identity_source=source,
                language="en" if values["english"] else "th",
                notice_version="" if self.chosen_notice is NoticeGiven.NOBODY else OFFICE_NOTICE,
                notice_accepted_at=now,
                consents=Consents(sms=wants_sms, sms_text=SMS_CONSENT if wants_sms else ""),
                assisted=True,
            )
        except ValidationError:
            raise ValueError(_BAD_VALUE.in_language(self._language)) from None

    def _identity(self) -> tuple[Identity | None, IdentitySource]:
        """What the page says that the bridge has read, while number and name are still those of the card; else as
        typed. A form can be posted without any card (decision 0144)."""
        name, citizen_id = self.cleaned_data["name"].strip(), self.cleaned_data["citizen_id"]
        card = _card_fields(self.cleaned_data["card"])
        if card and citizen_id and card.get("citizen_id") == citizen_id and _whole_name(card) == name:
            fields = {field: card.get(field, "") for field in _CARD_FIELDS}
            return Identity(citizen_id=citizen_id, **fields), IdentitySource.STATED
        if name or citizen_id:
            return Identity(first_name=name, citizen_id=citizen_id), IdentitySource.TYPED
        return None, IdentitySource.NONE


def _card_fields(text: str) -> dict[str, str]:
    try:
        fields = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(fields, dict):
        return {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _whole_name(card: Mapping[str, str]) -> str:
    names = " ".join(filter(None, (card.get(part, "") for part in ("first_name", "middle_name", "last_name"))))
    return f"{card.get('title', '')}{names}"
