"""The forms of the register of agencies. `agencies.commands` checks what they state; the form shows its errors."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms

from central.agencies.areas import read_areas
from central.agencies.details import AgencyDetails, ContactDetails
from central.agencies.errors import RegisterError
from central.agencies.kinds import KINDS, LEVELS
from central.agencies.limits import MAX_ADDRESS_CHARS, MAX_CODE_CHARS, MAX_NAME_CHARS, MAX_PHONE_CHARS
from central.agencies.models import Agency
from central.centres.models import Centre
from central.database_values import MAX_INT32, clean_text
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText
from thai import places

_NONE = BilingualText("ไม่มี", "None")
_CHOOSE = BilingualText("โปรดเลือก", "Please choose")
_MAX_AREA_CHARS = 4000  # of typed areas
_CONTACT_PARTS = ("name", "position", "phone", "email")
_CONTACT_LABELS = {
    "name": BilingualText("ชื่อ", "Name"),
    "position": BilingualText("ตำแหน่ง", "Position"),
    "phone": BilingualText("โทรศัพท์", "Telephone"),
    "email": BilingualText("อีเมล", "E-mail"),
}
_BLANK_CONTACTS = 2  # empty rows for further contacts


def one_line(value: object) -> str:
    """The printable text on one line."""
    return clean_text(" ".join(str(value).split()))


def area_choices(parent: str, language: str) -> list[tuple[str, str]]:
    """The areas directly below one: provinces of the country (''), districts of a province, tambons of a district."""
    below: dict[int, Callable[[str], tuple[places.Place, ...]]] = {
        0: lambda _: places.provinces(),
        2: places.districts,
        4: places.tambons,
    }
    areas = below[len(parent)](parent) if len(parent) in below else ()
    return [(area.code, area.th if language == "th" else area.en) for area in areas]


def named_choices(names: Mapping[Any, BilingualText], language: str) -> list[tuple[str, str]]:
    """Codes with their names, for a select."""
    return [(str(code), text.in_language(language)) for code, text in names.items()]


class RegistrationForm(DeskForm):
    """What an agency states about itself."""

    name_th = forms.CharField(max_length=MAX_NAME_CHARS)
    name_en = forms.CharField(required=False, max_length=MAX_NAME_CHARS)
    kind = forms.ChoiceField()
    level = forms.ChoiceField()
    areas = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    more_areas = forms.CharField(required=False, max_length=_MAX_AREA_CHARS)
    email = forms.CharField(required=False, max_length=254, widget=forms.EmailInput)
    phone = forms.CharField(required=False, max_length=MAX_PHONE_CHARS, widget=forms.TextInput(attrs={"type": "tel"}))
    address = forms.CharField(required=False, max_length=MAX_ADDRESS_CHARS)
    field_labels: ClassVar = {
        "code": BilingualText("รหัสหน่วยงาน", "Code"),
        "name_th": BilingualText("ชื่อหน่วยงาน", "Name in Thai"),
        "name_en": BilingualText("ชื่อภาษาอังกฤษ", "Name in English"),
        "kind": BilingualText("ประเภทหน่วยงาน", "Kind of agency"),
        "level": BilingualText("ระดับ", "Level"),
        "areas": BilingualText("พื้นที่รับผิดชอบ", "Areas"),
        "more_areas": BilingualText("พื้นที่อื่น", "Further areas"),
        "email": BilingualText("อีเมลรับเรื่อง", "E-mail for cases"),
        "phone": BilingualText("โทรศัพท์", "Telephone"),
        "address": BilingualText("ที่อยู่", "Address"),
        "declared_days": BilingualText("กำหนดแล้วเสร็จที่ประกาศไว้", "Declared period"),
        "supervising_code": BilingualText("หน่วยงานกำกับดูแล", "Supervising agency"),
    }
    field_hints: ClassVar = {
        "code": BilingualText("(a-z 0-9 และขีดกลาง เช่น land-office)", "(a to z, 0 to 9, hyphens, such as land-office)"),
        "name_en": BilingualText("(ถ้ามี)", "(optional)"),
        "areas": BilingualText("(ไม่เลือก = ทั้งพื้นที่ของศูนย์)", "(none = the centre's whole area)"),
        "more_areas": BilingualText(
            "(ชื่อหรือรหัส คั่นด้วยเครื่องหมาย ; เช่น ต.บ้านเป็ด อ.เมืองขอนแก่น)", "(names or codes, separated by semicolons)"
        ),
        "declared_days": BilingualText("(วันทำการ เว้นว่าง = ตามกำหนดทั่วไป)", "(working days; empty = the general period)"),
    }

    def __init__(self, language: str, centre: Centre, data: Mapping[str, object] | None = None) -> None:
        super().__init__(language, data)
        self.centre, self.language = centre, language
        choose = ("", _CHOOSE.in_language(language))
        self._offer("kind", [choose, *named_choices(KINDS, language)])
        self._offer("level", [choose, *named_choices(LEVELS, language)])
        self._offer("areas", area_choices(centre.area_code, language))
        self._add_contact("contact_point")

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = list(choices)

    def _add_contact(self, prefix: str) -> None:
        for part in _CONTACT_PARTS:
            self.fields[f"{prefix}_{part}"] = forms.CharField(
                required=False, max_length=254, label=_CONTACT_LABELS[part].in_language(self.language)
            )

    def contact_fields(self, prefix: str) -> list[forms.BoundField]:
        """The four fields of one contact."""
        return [self[f"{prefix}_{part}"] for part in _CONTACT_PARTS]

    @property
    def contact_point_fields(self) -> list[forms.BoundField]:
        """The fields of the contact point."""
        return self.contact_fields("contact_point")

    def clean_more_areas(self) -> tuple[str, ...]:
        """The codes of the areas that were typed."""
        codes, unknown = read_areas(self.cleaned_data["more_areas"], self.centre.area_code[:2])
        if unknown:
            text = BilingualText(f"ไม่พบพื้นที่ «{unknown[0]}»", f"There is no area «{unknown[0]}»")
            raise forms.ValidationError(text.in_language(self.language))
        return codes

    def details(self, before: AgencyDetails) -> AgencyDetails:
        """The stated details; what the form has no field for stays as it is. For a valid form."""
        values = self.cleaned_data
        plain: dict[str, Any] = {
            name: one_line(values[name])
            for name in ("code", "name_th", "name_en", "kind", "level", "email", "phone", "address", "supervising_code")
            if name in values
        }
        if "code" in plain:
            plain["code"] = plain["code"].lower()
        return replace(
            before,
            **plain,
            areas=tuple(sorted({*values["areas"], *values["more_areas"]})),
            contact_point=self._contact("contact_point"),
        )

    def _contact(self, prefix: str) -> ContactDetails:
        return ContactDetails(*(one_line(self.cleaned_data[f"{prefix}_{part}"]) for part in _CONTACT_PARTS))

    def show_errors(self, refusal: RegisterError) -> None:
        """Show the errors of a command at the fields of this form; others above it."""
        for name, sentence in refusal.errors.items():
            field = name.replace("other_contacts.", "other_").replace(".", "_")
            self.add_error(field if field in self.fields else None, sentence.in_language(self.language))


class AgencyForm(RegistrationForm):
    """All details of an agency. `seen` is the version that the page showed."""

    seen = forms.IntegerField(required=False, min_value=0, max_value=MAX_INT32, widget=forms.HiddenInput)
    code = forms.CharField(max_length=MAX_CODE_CHARS, widget=forms.TextInput(attrs={"autocapitalize": "none"}))
    declared_days = forms.IntegerField(required=False, min_value=0, max_value=MAX_INT32)
    supervising_code = forms.ChoiceField(required=False)

    def __init__(
        self,
        language: str,
        centre: Centre,
        supervisors: Iterable[Agency],
        before: AgencyDetails,
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(language, centre, data)
        names = {agency.code: agency.name_in(language) for agency in supervisors}
        if before.supervising_code:
            names.setdefault(before.supervising_code, before.supervising_code)
        self._offer("supervising_code", [("", _NONE.in_language(language)), *names.items()])
        self._add_contact("cceo")
        self.others = [f"other_{index}" for index in range(len(before.other_contacts) + _BLANK_CONTACTS)]
        for prefix in self.others:
            self._add_contact(prefix)
        self.initial.update(_initial(before, {code for code, _ in area_choices(centre.area_code, language)}))

    @property
    def cceo_fields(self) -> list[forms.BoundField]:
        """The fields of the executive who answers for complaints."""
        return self.contact_fields("cceo")

    @property
    def other_fields(self) -> list[list[forms.BoundField]]:
        """The fields of each further contact."""
        return [self.contact_fields(prefix) for prefix in self.others]

    def details(self, before: AgencyDetails) -> AgencyDetails:
        """The stated details. For a valid form."""
        others = (self._contact(prefix) for prefix in self.others)
        return replace(
            super().details(before),
            declared_days=self.cleaned_data["declared_days"],
            cceo=self._contact("cceo"),
            other_contacts=tuple(contact for contact in others if not contact.is_empty),
        )


def _initial(details: AgencyDetails, offered_areas: set[str]) -> dict[str, object]:
    """The values of the form for stored details."""
    contacts = {"contact_point": details.contact_point, "cceo": details.cceo}
    contacts |= {f"other_{index}": contact for index, contact in enumerate(details.other_contacts)}
    values: dict[str, object] = {
        f"{prefix}_{part}": getattr(contact, part) for prefix, contact in contacts.items() for part in _CONTACT_PARTS
    }
    values["areas"] = [code for code in details.areas if code in offered_areas]
    values["more_areas"] = "; ".join(code for code in details.areas if code not in offered_areas)
    plain = ("code", "name_th", "name_en", "kind", "level", "email", "phone", "address", "declared_days")
    return values | {name: getattr(details, name) for name in (*plain, "supervising_code")}
