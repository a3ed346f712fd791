"""The settings of open data."""

from typing import ClassVar

from django import forms

from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText


class LicenceForm(DeskForm):
    """Under which licence files are published from now on."""

    licence = forms.CharField(max_length=100)
    licence_url = forms.URLField(required=False, max_length=300, assume_scheme="https")
    field_labels: ClassVar = {
        "licence": BilingualText("สัญญาอนุญาต", "Licence"),
        "licence_url": BilingualText("หน้าเว็บของสัญญาอนุญาต", "Address of the licence"),
    }
    field_hints: ClassVar = {
        "licence": BilingualText("ใช้กับไฟล์ที่จัดทำต่อไป", "For files that are made from now on"),
    }
