"""Forms for the people of a centre: registration, its decision, roles, accounts. The choices of roles and centres are
for the page only: `central.people` decides what the officer may do."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.validators import ASCIIUsernameValidator

from central.centres.models import Centre
from central.desk.account_forms import ProfileForm
from central.desk.forms import DeskForm
from central.people.models import Registration
from central.people.roles import MATRIX, Role, Scope
from protocol.bilingual_text import BilingualText

_MAX_REASON_CHARS = 300
_ROLE = BilingualText("บทบาท", "Role")
_CENTRE = BilingualText("ศูนย์", "Centre")
_REASON = BilingualText("เหตุผล", "Reason")
_MAY_READ_PEOPLE = BilingualText("ดูชื่อและข้อมูลติดต่อของผู้ร้องได้", "May read names and contacts of complainants")
_MAY_RUN_FLEET = BilingualText("ดูแลตู้ได้", "May run kiosks")
_USERNAME = BilingualText("ชื่อผู้ใช้ที่ต้องการ", "User name wanted")
KIND_LABELS = {
    Registration.Kind.FIRST: BilingualText("ขึ้นทะเบียนครั้งแรก", "First registration"),
    Registration.Kind.REPLACING: BilingualText("แทนผู้ปฏิบัติงานคนเดิม", "Replacing an officer"),
}
_TAMBONS = BilingualText("ตำบล", "Tambons")
_TAMBONS_HINT = BilingualText(
    "(รหัส 6 หลัก คั่นด้วยจุลภาค เฉพาะชุดปฏิบัติการตำบล)", "(6-digit codes, by commas; for tambon teams)"
)
_AGENCY = BilingualText("หน่วยงาน", "Agency")
_AGENCY_HINT = BilingualText("(เฉพาะบทบาทของหน่วยงาน)", "(for roles of an agency)")


def role_choices(roles: Iterable[Role], language: str) -> list[tuple[str, str]]:
    """Choices of these roles, in the order of the matrix."""
    wanted = set(roles)
    return [(role.value, rules.name.in_language(language)) for role, rules in MATRIX.items() if role in wanted]


def centre_choices(centres: Iterable[Centre], language: str) -> list[tuple[str, str]]:
    """Choices of these centres: a slug each."""
    return [(centre.slug, centre.name_in(language)) for centre in centres]


def _centre_field() -> forms.CharField:
    """The slug of a centre, chosen from the one list `centres` of the page: a ministry has 955 of them."""
    return forms.CharField(max_length=50, widget=forms.TextInput(attrs={"list": "centres", "autocomplete": "off"}))


class RegistrationForm(ProfileForm):
    """The districts' paper form as a page. `website` stays empty: only programs that fill every field write there."""

    agency = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)  # its code, from its link
    kind = forms.ChoiceField(choices=())
    replaces_name = forms.CharField(required=False, max_length=150)
    centre = forms.ChoiceField(choices=())
    agency_name = forms.CharField(required=False, max_length=200)
    role = forms.ChoiceField(choices=())
    username = forms.CharField(
        max_length=150,
        validators=[ASCIIUsernameValidator()],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    website = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    field_order = (
        "kind", "replaces_name", "first_name", "last_name", "position", "level", "office", "agency_name", "centre",
        "role", "office_phone", "mobile_phone", "email", "username", "website", "agency",
    )  # fmt: skip
    field_labels: ClassVar = {
        **ProfileForm.field_labels,
        "kind": BilingualText("การขึ้นทะเบียน", "Registration"),
        "replaces_name": BilingualText("แทนใคร", "Who is replaced"),
        "centre": _CENTRE,
        "agency_name": BilingualText("หน่วยงาน", "Agency"),
        "role": BilingualText("บทบาทที่ขอ", "Role wanted"),
        "username": _USERNAME,
        "website": BilingualText("เว็บไซต์", "Website"),
    }
    field_hints: ClassVar = {
        "replaces_name": BilingualText("(เมื่อแทนคนเดิม: ชื่อและนามสกุล)", "(when replacing: first and last name)"),
        "agency_name": BilingualText("(ถ้าไม่ได้สังกัดศูนย์)", "(if not of the centre itself)"),
        "username": BilingualText("(อักษรละตินและตัวเลข)", "(Latin letters and digits)"),
        "email": BilingualText("(รับลิงก์ตั้งรหัสผ่าน)", "(receives the link for the password)"),
    }

    def __init__(
        self, language: str, centres: Iterable[Centre], data: Mapping[str, object] | None = None, **options: Any
    ) -> None:
        super().__init__(language, data, **options)
        del self.fields["language"]
        self.fields["kind"] = _choice_field(
            self, "kind", [(kind.value, text.in_language(language)) for kind, text in KIND_LABELS.items()]
        )
        self.fields["centre"] = _choice_field(self, "centre", [("", "—"), *centre_choices(centres, language)])
        self.fields["role"] = _choice_field(self, "role", [("", "—"), *role_choices(Role, language)])
        self.order_fields(self.field_order)
        self.fields["position"].widget.attrs["list"] = "positions"
        for name in ("office", "mobile_phone", "email"):
            self.fields[name].required = True
            self.fields[name].widget.is_required = True
        self._language = language

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        role = str(cleaned.get("role") or "")
        is_of_agency = bool(role) and MATRIX[Role(role)].scope is Scope.AGENCY
        if is_of_agency and not (cleaned.get("agency_name") or cleaned.get("agency")):
            missing = BilingualText("โปรดระบุหน่วยงานของท่าน", "Please write your agency")
            self.add_error("agency_name", missing.in_language(self._language))
        if cleaned.get("kind") == Registration.Kind.REPLACING and not cleaned.get("replaces_name"):
            missing = BilingualText("โปรดระบุชื่อผู้ที่จะแทน", "Please write who is replaced")
            self.add_error("replaces_name", missing.in_language(self._language))
        return cleaned


class CertificationForm(DeskForm):
    """Certifies a registration: the account's user name, role and rights, and who is replaced."""

    username = forms.CharField(max_length=150, validators=[ASCIIUsernameValidator()])
    role = forms.ChoiceField(choices=())
    agency = forms.ChoiceField(required=False, choices=())
    tambons = forms.CharField(required=False, max_length=2000)
    replaces = forms.ChoiceField(required=False, choices=())
    may_read_people = forms.BooleanField(required=False)
    may_run_fleet = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=_MAX_REASON_CHARS)
    field_labels: ClassVar = {
        "username": BilingualText("ชื่อผู้ใช้", "User name"),
        "role": _ROLE,
        "agency": _AGENCY,
        "tambons": _TAMBONS,
        "replaces": BilingualText("แทนใคร", "Who is replaced"),
        "may_read_people": _MAY_READ_PEOPLE,
        "may_run_fleet": _MAY_RUN_FLEET,
        "reason": BilingualText("หมายเหตุ", "Remark"),
    }
    field_hints: ClassVar = {"agency": _AGENCY_HINT, "tambons": _TAMBONS_HINT}

    def __init__(
        self,
        language: str,
        roles: Iterable[Role],
        agencies: Iterable[tuple[str, str]],
        replaceable: Iterable[tuple[str, str]],
        data: Mapping[str, object] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(language, data, **options)
        self.fields["role"] = _choice_field(self, "role", role_choices(roles, language))
        self.fields["agency"] = _choice_field(self, "agency", [("", "—"), *agencies], required=False)
        self.fields["replaces"] = _choice_field(self, "replaces", [("", "—"), *replaceable], required=False)


class RequiredReasonForm(DeskForm):
    """The reason for a step in the life of an account."""

    reason = forms.CharField(max_length=_MAX_REASON_CHARS)
    field_labels: ClassVar = {"reason": _REASON}


class MembershipForm(RequiredReasonForm):
    """Gives a role at a centre."""

    centre = _centre_field()
    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role])
    agency = forms.CharField(required=False, max_length=50)  # its code in the register of the centre
    tambons = forms.CharField(required=False, max_length=2000)
    may_read_people = forms.BooleanField(required=False)
    may_run_fleet = forms.BooleanField(required=False)
    field_order = ("role", "centre", "agency", "tambons", "may_read_people", "may_run_fleet", "reason")
    field_labels: ClassVar = {
        "centre": _CENTRE,
        "role": _ROLE,
        "agency": BilingualText("รหัสหน่วยงาน", "Code of the agency"),
        "tambons": _TAMBONS,
        "may_read_people": _MAY_READ_PEOPLE,
        "may_run_fleet": _MAY_RUN_FLEET,
        "reason": _REASON,
    }
    field_hints: ClassVar = {"agency": _AGENCY_HINT, "tambons": _TAMBONS_HINT}

    def offer(self, roles: Iterable[Role], language: str) -> "MembershipForm":
        """Show these roles to choose from."""
        self.fields["role"].widget = forms.Select(choices=role_choices(roles, language))
        return self


class TransferForm(RequiredReasonForm):
    """Moves a role to another centre."""

    centre = _centre_field()
    tambons = forms.CharField(required=False, max_length=2000)
    field_order = ("centre", "tambons", "reason")
    field_labels: ClassVar = {
        "centre": BilingualText("ย้ายไปศูนย์", "To the centre"),
        "tambons": _TAMBONS,
        "reason": _REASON,
    }


class PeopleFilterForm(DeskForm):
    """The filter above the list of people. An invalid value filters nothing."""

    name = forms.CharField(required=False, max_length=100)
    centre = forms.CharField(required=False, max_length=50)
    role = forms.ChoiceField(required=False, choices=())
    state = forms.ChoiceField(required=False, choices=())
    field_labels: ClassVar = {
        "name": BilingualText("ชื่อ", "Name"),
        "centre": _CENTRE,
        "role": _ROLE,
        "state": BilingualText("สถานะบัญชี", "State"),
    }

    def __init__(
        self,
        language: str,
        centres: Iterable[Centre],
        states: Iterable[tuple[str, str]],
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(language, data)
        every = ("", BilingualText("ทั้งหมด", "All").in_language(language))
        self.fields["centre"].widget = forms.Select(choices=[every, *centre_choices(centres, language)])
        self.fields["role"] = _choice_field(self, "role", [every, *role_choices(Role, language)], required=False)
        self.fields["state"] = _choice_field(self, "state", [every, *states], required=False)


def _choice_field(
    form: forms.Form, name: str, choices: list[tuple[str, str]], *, required: bool = True
) -> forms.ChoiceField:
    """A field with these choices in place of the declared one, with its label and hint."""
    declared = form.fields[name]
    return forms.ChoiceField(choices=choices, required=required, label=declared.label, help_text=declared.help_text)
