"""Forms for the own account: second factor, invitation, profile."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from central.desk.forms import DeskForm
from central.people.passkeys import MAX_ANSWER_CHARS
from protocol.bilingual_text import BilingualText
from thai import phone

MAX_CODE_CHARS = 60  # a recovery code with spaces, or a pasted link's code

_CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
_PASSWORD = BilingualText("รหัสผ่านปัจจุบัน", "Current password")
_PHONE_ERROR = BilingualText(
    "เบอร์โทรศัพท์ไม่ถูกต้อง: มือถือมี 10 หลัก พื้นฐานมี 9 หลัก ขึ้นต้นด้วย 0",
    "Not a Thai phone number: 10 digits (mobile) or 9 (fixed line), beginning with 0",
)


class PhoneField(forms.CharField):
    """A Thai phone number, stored as digits. The extension of an office phone has no place here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}), **options)
        self.language = "th"

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if not typed:
            return ""
        try:
            return phone.normalise(typed)
        except ValueError:
            raise forms.ValidationError(_PHONE_ERROR.in_language(self.language)) from None


class SecondFactorForm(DeskForm):
    """A code that was typed, or the browser's answer for a passkey."""

    code = forms.CharField(
        required=False,
        max_length=MAX_CODE_CHARS,
        widget=forms.TextInput(attrs={**_CODE_ATTRIBUTES, "required": True, "autofocus": True}),
    )
    answer = forms.CharField(required=False, max_length=MAX_ANSWER_CHARS, widget=forms.HiddenInput)
    field_labels: ClassVar = {"code": BilingualText("รหัส 6 หลักจากแอป", "Six-digit code of the app")}
    field_hints: ClassVar = {"code": BilingualText("(หรือรหัสกู้คืน)", "(or a recovery code)")}


class PasswordGateForm(DeskForm):
    """The current password, before a change of the account's security. Not on the page of a first set-up."""

    current_password = forms.CharField(
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "required": True}),
    )
    field_labels: ClassVar = {"current_password": _PASSWORD}


class FactorSetupForm(PasswordGateForm):
    """Adds an app (the code it shows) or a passkey (the browser's answer)."""

    code = forms.CharField(
        required=False,
        max_length=MAX_CODE_CHARS,
        widget=forms.TextInput(attrs={**_CODE_ATTRIBUTES, "inputmode": "numeric", "required": True}),
    )
    answer = forms.CharField(required=False, max_length=MAX_ANSWER_CHARS, widget=forms.HiddenInput)
    field_labels: ClassVar = {
        "current_password": _PASSWORD,
        "code": BilingualText("รหัส 6 หลักที่แอปแสดง", "Six-digit code that the app shows"),
    }


class InvitationForm(DeskForm):
    """The code of a one-time link, and the own password twice. Its rules are checked by Django's SetPasswordForm."""

    code = forms.CharField(
        required=False,
        max_length=MAX_CODE_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "required": True}),
    )
    new_password1 = forms.CharField(
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "required": True}),
    )
    new_password2 = forms.CharField(
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "required": True}),
    )
    field_labels: ClassVar = {
        "code": BilingualText("รหัสเชิญ", "Invitation code"),
        "new_password1": BilingualText("รหัสผ่านใหม่", "New password"),
        "new_password2": BilingualText("รหัสผ่านใหม่อีกครั้ง", "New password again"),
    }
    field_hints: ClassVar = {
        "new_password1": BilingualText("(อย่างน้อย 12 ตัวอักษร เดายาก)", "(12 characters or more, hard to guess)")
    }


class ProfileForm(DeskForm):
    """What an officer changes in the own profile."""

    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150)
    position = forms.CharField(max_length=150)
    level = forms.CharField(required=False, max_length=100)
    office = forms.CharField(required=False, max_length=200)
    office_phone = PhoneField(required=False)
    mobile_phone = PhoneField(required=False)
    email = forms.EmailField(required=False, max_length=254)
    current_password = forms.CharField(
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    language = forms.ChoiceField(required=False, choices=[("", "—"), ("th", "ไทย"), ("en", "English")])
    field_labels: ClassVar = {
        "first_name": BilingualText("ชื่อ", "First name"),
        "last_name": BilingualText("นามสกุล", "Last name"),
        "position": BilingualText("ตำแหน่ง", "Position"),
        "level": BilingualText("ระดับ", "Level"),
        "office": BilingualText("สังกัด", "Office"),
        "office_phone": BilingualText("โทรศัพท์ที่ทำงาน", "Office phone"),
        "mobile_phone": BilingualText("โทรศัพท์มือถือ", "Mobile phone"),
        "email": BilingualText("อีเมล", "E-mail"),
        "current_password": _PASSWORD,
        "language": BilingualText("ภาษาของหน้าจอ", "Language of the pages"),
    }
    field_hints: ClassVar = {"current_password": BilingualText("(เมื่อเปลี่ยนอีเมลเท่านั้น)", "(only to change the e-mail)")}

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: object) -> None:
        super().__init__(language, data, **options)
        for field in self.fields.values():
            if isinstance(field, PhoneField):
                field.language = language
