"""The form by which a citizen files on the web: the fields of a kiosk's visit, with its rules and sentences.

There is no `maxlength`: it would cut a pasted text without a word (decision 0103). Every error is one sentence in the
language of the page."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from central.bilingual_forms import BAD_CHARACTERS, BilingualForm
from central.files_field import WITH_PLACE, WITH_PLACE_HINT, FilesField
from central.notices.consents import NOT_A_THAI_MOBILE
from central.public import kiosk_texts as kiosk
from central.public import web_texts as web
from central.public.place_lists import choices, deepest_area, usual_province
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
from protocol.consent_texts import SMS_CONSENT, SMS_CONSENTS
from protocol.submission import Consents, Contact, Identity, SubmissionContent
from protocol.topics import TOPICS, Topic
from thai import phone, places
from thai.phone import thai_mobile_number

_UNSENDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NOTES = ("topic_note", "spot", "about_note", "for_whom_note", "name")


def _choice_field(**options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, **options)


def _text_field(**attributes: str) -> forms.CharField:
    return forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", **attributes}))


class _AreaField(forms.ChoiceField):
    """A list of places. A choice of a list that was for another province is dropped later, not refused."""

    def valid_value(self, value: Any) -> bool:
        return True


class FilingForm(BilingualForm):
    """All fields of a case. `content` is the submission of a valid form."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    challenge = forms.CharField(max_length=200, widget=forms.HiddenInput)
    counter = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    accepted = forms.BooleanField(required=False)
    topic = _choice_field(widget=forms.RadioSelect)
    topic_note = _text_field()
    province = _choice_field()
    district = _AreaField(required=False)
    tambon = _AreaField(required=False)
    spot = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}))
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8}))
    files = FilesField(required=False)  # type: ignore[assignment]
    with_place = forms.BooleanField(required=False)
    nature = _choice_field()
    about = _choice_field()
    about_note = _text_field()
    for_whom = _choice_field()
    for_whom_note = _text_field()
    naming = _choice_field(widget=forms.RadioSelect)
    name = _text_field(autocomplete="name")
    phone = _text_field(autocomplete="tel", inputmode="tel")
    sms = forms.BooleanField(required=False)

    field_labels: ClassVar = {
        "accepted": BilingualText("รับทราบ", "I understand"),
        "topic": kiosk.TOPIC_QUESTION,
        "topic_note": kiosk.TOPIC_NOTE,
        "province": kiosk.PROVINCE,
        "district": kiosk.DISTRICT,
        "tambon": kiosk.TAMBON,
        "spot": kiosk.SPOT,
        "text": kiosk.STORY_QUESTION,
        "files": web.FILES_LABEL,
        "with_place": WITH_PLACE,
        "nature": kiosk.NATURE_QUESTION,
        "about": kiosk.ABOUT_QUESTION,
        "about_note": kiosk.ABOUT_NOTE,
        "for_whom": kiosk.FOR_WHOM_QUESTION,
        "for_whom_note": kiosk.FOR_WHOM_NOTE,
        "naming": web.NAMING_QUESTION,
        "name": kiosk.NAME,
        "phone": kiosk.PHONE,
        "sms": SMS_CONSENTS[SMS_CONSENT],
    }
    field_hints: ClassVar = {
        "text": kiosk.STORY_HINT,
        "files": web.FILES_TEXT,
        "with_place": WITH_PLACE_HINT,
        "phone": kiosk.PHONE_HINT,
    }

    def __init__(
        self, language: str, data: Mapping[str, object] | None = None, *, offers_sms: bool, **options: Any
    ) -> None:
        super().__init__(language, data, **options)
        self.language = language
        if not offers_sms:
            del self.fields["sms"]
        self._set_choices()
        self.fields["naming"].initial = NameDisclosure.NAMED.value
        self.fields["province"].initial = usual_province()

    def _set_choices(self) -> None:
        language = self.language
        self.set_choices("topic", [(each.value, facts.name.in_language(language)) for each, facts in TOPICS.items()])
        for name, labels in (("nature", kiosk.NATURES), ("about", kiosk.ABOUTS), ("for_whom", kiosk.FOR_WHOM)):
            self.set_choices(name, _named(labels, language))
        self.set_choices("naming", _named(kiosk.NAMINGS, language))
        province, district = self.value_of("province") or usual_province(), self.value_of("district")
        firsts = [each.in_language(language) for each in (kiosk.CHOOSE_PROVINCE, kiosk.UNKNOWN, kiosk.UNKNOWN)]
        self.set_choices("province", choices(places.provinces(), firsts[0], language))
        self.set_choices("district", choices(places.districts(province), firsts[1], language))
        self.set_choices(
            "tambon", choices(places.tambons(district) if district.startswith(province) else (), firsts[2], language)
        )

    def value_of(self, name: str) -> str:
        """What was sent for a field, unchecked; '' for nothing."""
        return str(self.data.get(name, "")) if self.is_bound else ""

    def clean(self) -> dict[str, Any]:
        """The rules of the kiosk. `self.problems` has the first sentence for each field that breaks one."""
        values = self.cleaned_data
        if not values.get("accepted"):
            self._refuse("accepted", web.NOT_ACCEPTED)
        if not values.get("topic") and "topic" not in self.errors:
            self._refuse("topic", kiosk.NO_TOPIC)
        for name in (*_NOTES, "text"):
            self._check_text(name, MAX_TEXT_CHARS if name == "text" else MAX_NOTE_CHARS)
        if values.get("naming") != NameDisclosure.ANONYMOUS.value:
            self._check_phone()
        return values

    def _check_text(self, name: str, max_chars: int) -> None:
        text = str(self.cleaned_data.get(name, "")).replace("\r\n", "\n").strip()
        if _UNSENDABLE.search(text.replace("\n", "")):
            self._refuse(name, BAD_CHARACTERS)
        elif len(text) > max_chars:
            self._refuse(name, web.TEXT_TOO_LONG if name == "text" else web.NOTE_TOO_LONG)
        else:
            self.cleaned_data[name] = text

    def _check_phone(self) -> None:
        typed = self.cleaned_data.get("phone", "").strip()
        try:
            number = phone.normalise(typed) if typed else ""
        except ValueError:
            self._refuse("phone", kiosk.BAD_PHONE)
            return
        if self.cleaned_data.get("sms") and not thai_mobile_number(number):
            self._refuse("phone", NOT_A_THAI_MOBILE)
        self.cleaned_data["phone"] = number

    def _refuse(self, name: str, sentence: BilingualText) -> None:
        self.add_error(name, sentence.in_language(self.language))

    @property
    def first_problem(self) -> tuple[str, str]:
        """Name of the first field that is wrong, in the order of the form, and the sentence about it."""
        for name in self.fields:
            if name in self.errors:
                return name, self.sentence_of(name)
        return "", ""

    @property
    def area(self) -> str:
        """The code of the place of the incident, '' for none."""
        return deepest_area(*(self.cleaned_data.get(name, "") for name in ("province", "district", "tambon")))

    @property
    def content(self) -> SubmissionContent:
        """The submission of this valid form, accepted and filed now."""
        values = self.cleaned_data
        naming = NameDisclosure(values["naming"] or NameDisclosure.NAMED.value)
        is_named, name = naming is not NameDisclosure.ANONYMOUS, values["name"]
        has_sms = is_named and values.get("sms", False) and bool(values["phone"])
        return SubmissionContent(
            nature=Nature(values["nature"] or Nature.COMPLAINT.value),
            topic=Topic(values["topic"]),
            topic_note=values["topic_note"],
            about=RespondentKind(values["about"] or RespondentKind.NOBODY.value),
            about_note=values["about_note"],
            area=self.area,
            spot=values["spot"],
            for_whom=OnBehalfOf(values["for_whom"] or OnBehalfOf.SELF.value),
            for_whom_note=values["for_whom_note"],
            text=values["text"],
            contact=Contact(phone=values["phone"] if is_named else ""),
            naming=naming,
            identity=Identity(first_name=name) if is_named and name else None,
            identity_source=IdentitySource.TYPED if is_named and name else IdentitySource.NONE,
            language="en" if self.language == "en" else "th",
            notice_version=web.NOTICE_VERSION,
            notice_accepted_at=timezone.now(),
            consents=Consents(sms=True, sms_text=SMS_CONSENT) if has_sms else Consents(),
        )

    def summary(self) -> list[tuple[str, str, str]]:
        """Step, question and reply of what a citizen checks before sending."""
        values, language = self.cleaned_data, self.language
        content = self.content
        not_given = kiosk.NOT_GIVEN.in_language(language)
        rows = [
            ("topic", kiosk.TOPIC_QUESTION, TOPICS[content.topic].name.in_language(language), values["topic_note"]),
            ("place", kiosk.PLACE_QUESTION, places.full_name(content.area, language) or not_given, content.spot),
            ("story", kiosk.STORY_QUESTION, content.text or not_given, ""),
            ("story", kiosk.NATURE_QUESTION, kiosk.NATURES[content.nature].in_language(language), ""),
            ("story", kiosk.ABOUT_QUESTION, kiosk.ABOUTS[content.about].in_language(language), content.about_note),
            (
                "story",
                kiosk.FOR_WHOM_QUESTION,
                kiosk.FOR_WHOM[content.for_whom].in_language(language),
                content.for_whom_note,
            ),
            ("person", web.NAMING_QUESTION, kiosk.NAMINGS[content.naming].in_language(language), ""),
        ]
        if content.naming is not NameDisclosure.ANONYMOUS:
            rows += [
                ("person", kiosk.NAME, values["name"] or not_given, ""),
                ("person", kiosk.PHONE, phone.display(content.contact.phone) or not_given, ""),
            ]
        return [(step, label.in_language(language), "\n".join(filter(None, replies))) for step, label, *replies in rows]


def _named(labels: Mapping[Any, BilingualText], language: str) -> list[tuple[str | int, str]]:
    return [(each.value, text.in_language(language)) for each, text in labels.items() if isinstance(each, Enum)]
