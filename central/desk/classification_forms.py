"""The form of a term of classification."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from central.classification.models import MAX_NAME_CHARS
from central.classification.schemes import SCHEMES, Scheme
from central.desk import labels
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText
from protocol.topics import Topic


class TermForm(DeskForm):
    """A term: names, place in the list, topics, and whether it is offered. A sub-topic has exactly one topic."""

    scheme = forms.ChoiceField(choices=[(scheme.value, scheme.value) for scheme in Scheme])
    name_th = forms.CharField(max_length=MAX_NAME_CHARS)
    name_en = forms.CharField(max_length=MAX_NAME_CHARS)
    topics = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    position = forms.IntegerField(min_value=0, max_value=999)
    is_active = forms.BooleanField(required=False)
    field_labels: ClassVar = {
        "scheme": BilingualText("ชุดการจัดประเภท", "Scheme"),
        "name_th": BilingualText("ชื่อภาษาไทย", "Name in Thai"),
        "name_en": BilingualText("ชื่อภาษาอังกฤษ", "Name in English"),
        "topics": BilingualText("ประเภทเรื่อง", "Topics"),
        "position": BilingualText("ลำดับในรายการ", "Place in the list"),
        "is_active": BilingualText("ใช้อยู่", "In use"),
    }
    field_hints: ClassVar = {
        "topics": BilingualText(
            "(ประเภทย่อยเลือกหนึ่งประเภท ชุดอื่นคือประเภทที่จัดเข้าให้เองหากเจ้าหน้าที่ไม่เลือก)",
            "(one for a sub-topic; in other schemes the topics that get this term unless an officer chooses another)",
        ),
        "is_active": BilingualText(
            "(หากไม่ใช้ จะไม่มีให้เลือก แต่เรื่องและสถิติเดิมยังคงอยู่)", "(otherwise it is not offered; cases and figures keep it)"
        ),
    }

    def __init__(
        self,
        language: str,
        data: Mapping[str, object] | None = None,
        *,
        initial: Mapping[str, object] | None = None,
        is_new: bool = True,
    ) -> None:
        super().__init__(language, data, initial=initial)
        self.set_choices("scheme", [(scheme.value, SCHEMES[scheme].in_language(language)) for scheme in Scheme])
        self.set_choices("topics", [(each.value, labels.label(labels.TOPIC, each.value, language)) for each in Topic])
        if not is_new:
            del self.fields["scheme"]
