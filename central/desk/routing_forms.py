"""The forms of the routing rules. `agencies.rule_commands` checks a rule; the form shows its errors."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms

from central.agencies.areas import read_areas
from central.agencies.errors import RegisterError
from central.agencies.kinds import KINDS, LEVELS
from central.agencies.limits import MAX_REASON_CHARS
from central.agencies.models import Agency
from central.agencies.routing_rules import CaseFacts
from central.agencies.rule_commands import Direction, RuleDetails
from central.centres.models import Centre
from central.channels import CHANNELS
from central.desk.agency_forms import named_choices, one_line
from central.desk.forms import DeskForm
from central.submission_labels import ABOUT, NATURE, TOPIC
from protocol.bilingual_text import BilingualText
from thai import places

_ANY = BilingualText("ทั้งหมด", "Any")
_NOT_STATED = BilingualText("ไม่ระบุ", "Not stated")
_NONE = BilingualText("ไม่มี", "None")
_NO_AREA = BilingualText("ไม่พบพื้นที่นี้ โปรดพิมพ์ชื่อหรือรหัสพื้นที่เดียว", "There is no such area. Please type one name or code")
_MAX_AREA_CHARS = 200
_MAX_NUMBER_CHARS = 40
_CONDITIONS: Mapping[str, Mapping[Any, BilingualText]] = {
    "topic": {topic.value: text for topic, text in TOPIC.items()},
    "nature": {nature.value: text for nature, text in NATURE.items()},
    "about": {about.value: text for about, text in ABOUT.items()},
    "about_kind": KINDS,
    "channel": CHANNELS,
}
_CONDITION_LABELS: Mapping[str, BilingualText] = {
    "topic": BilingualText("ประเภทเรื่อง", "Topic"),
    "area": BilingualText("พื้นที่เกิดเหตุ", "Place of the incident"),
    "nature": BilingualText("ลักษณะเรื่อง", "Nature"),
    "about": BilingualText("ผู้ถูกร้อง", "Respondent"),
    "about_kind": BilingualText("หน่วยงานที่ถูกร้อง", "Agency complained about"),
    "channel": BilingualText("ช่องทาง", "Channel"),
}
_AREA_HINT = BilingualText("(ชื่อหรือรหัส เช่น อ.บ้านไผ่)", "(name or code, such as อ.บ้านไผ่)")


class ConditionsForm(DeskForm):
    """The six facts that decide who gets a case. Every one may be empty."""

    topic = forms.ChoiceField(required=False)
    nature = forms.ChoiceField(required=False)
    about = forms.ChoiceField(required=False)
    about_kind = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(required=False)
    area = forms.CharField(required=False, max_length=_MAX_AREA_CHARS)
    field_labels: ClassVar[Mapping[str, BilingualText]] = _CONDITION_LABELS
    field_hints: ClassVar[Mapping[str, BilingualText]] = {"area": _AREA_HINT}
    empty_label: ClassVar = _ANY

    def __init__(self, language: str, centre: Centre, data: Mapping[str, object] | None = None) -> None:
        super().__init__(language, data)
        self.language, self.centre = language, centre
        for name, names in _CONDITIONS.items():
            self._offer(name, named_choices(names, language), self.empty_label)

    def _offer(self, name: str, choices: Iterable[tuple[str, str]], empty: BilingualText) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = [("", empty.in_language(self.language)), *choices]

    def clean_area(self) -> str:
        """The code of the area, '' for none."""
        codes, unknown = read_areas(self.cleaned_data["area"], self.centre.area_code[:2])
        if unknown or len(codes) > 1:
            raise forms.ValidationError(_NO_AREA.in_language(self.language))
        return codes[0] if codes else ""


class CaseFactsForm(ConditionsForm):
    """A case to try the rules on: an existing one by its number, or typed facts."""

    number = forms.CharField(
        required=False,
        max_length=_MAX_NUMBER_CHARS,
        widget=forms.TextInput(attrs={"placeholder": "KKN07A-000123-41"}),
    )
    field_labels: ClassVar = {**_CONDITION_LABELS, "number": BilingualText("เลขเรื่อง", "Case number")}
    empty_label: ClassVar = _NOT_STATED

    @property
    def fact_fields(self) -> list[forms.BoundField]:
        """The fields of the facts."""
        return [self[name] for name in _CONDITION_LABELS]

    def facts(self) -> CaseFacts:
        """The typed facts. For a valid form."""
        return CaseFacts(**{name: self.cleaned_data[name] for name in _CONDITION_LABELS})


class RuleForm(ConditionsForm):
    """One rule: conditions, the lead (an agency or a kind of agency), further agencies, and why it exists."""

    lead_agency = forms.ChoiceField(required=False)
    lead_kind = forms.ChoiceField(required=False)
    lead_level = forms.ChoiceField(required=False)
    support_agency = forms.ChoiceField(required=False)
    copy_agency = forms.ChoiceField(required=False)
    explanation_th = forms.CharField(required=False, max_length=MAX_REASON_CHARS)
    explanation_en = forms.CharField(required=False, max_length=MAX_REASON_CHARS)
    field_labels: ClassVar = {
        **_CONDITION_LABELS,
        "lead_agency": BilingualText("หน่วยงานหลัก", "Lead agency"),
        "lead_kind": BilingualText("หรือหน่วยงานของพื้นที่ ประเภท", "or the agency of the place, of kind"),
        "lead_level": BilingualText("ระดับ", "Level"),
        "support_agency": BilingualText("หน่วยงานสนับสนุน", "Supporting agency"),
        "copy_agency": BilingualText("สำเนาเพื่อกำกับดูแลถึง", "Copy for supervision to"),
        "explanation_th": BilingualText("เหตุผลของกฎ", "Reason in Thai"),
        "explanation_en": BilingualText("เหตุผลภาษาอังกฤษ", "Reason in English"),
    }
    field_hints: ClassVar = {
        "area": _AREA_HINT,
        "lead_level": BilingualText("(ทั้งหมด = ที่ใกล้ที่สุด)", "(any = the nearest)"),
        "explanation_th": BilingualText("(เจ้าหน้าที่จะเห็น)", "(shown to officers)"),
    }

    def __init__(
        self,
        language: str,
        centre: Centre,
        agencies: Iterable[Agency],
        before: RuleDetails,
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(language, centre, data)
        named = (before.lead_agency, before.support_agency, before.copy_agency)
        self.agencies = {str(agency.pk): agency for agency in (*agencies, *named) if agency is not None}
        names = [(key, agency.name_in(language)) for key, agency in self.agencies.items()]
        for name in ("lead_agency", "support_agency", "copy_agency"):
            self._offer(name, names, _NONE)
        self._offer("lead_kind", named_choices(KINDS, language), _NONE)
        self._offer("lead_level", named_choices(LEVELS, language), _ANY)
        self.initial = {
            name: str(value.pk) if isinstance(value, Agency) else value for name, value in vars(before).items()
        }
        self.initial["area"] = places.full_name(before.area_code, "th") or before.area_code

    @property
    def condition_fields(self) -> list[forms.BoundField]:
        """The fields of the conditions."""
        return [self[name] for name in _CONDITION_LABELS]

    def details(self) -> RuleDetails:
        """The rule. For a valid form."""
        values = dict(self.cleaned_data)
        for name in ("lead_agency", "support_agency", "copy_agency"):
            values[name] = self.agencies.get(values[name])
        for name in ("explanation_th", "explanation_en"):
            values[name] = one_line(values[name])
        values["area_code"] = values.pop("area")
        return RuleDetails(**values)

    def show_errors(self, refusal: RegisterError) -> None:
        """Show the errors of a command at the fields of this form; others above it."""
        for name, sentence in refusal.errors.items():
            field = "area" if name == "area_code" else name
            self.add_error(field if field in self.fields else None, sentence.in_language(self.language))


class MoveForm(DeskForm):
    """Moves a rule by one place. `seen` is its number on the page."""

    seen = forms.IntegerField(min_value=1, max_value=100_000)
    direction = forms.TypedChoiceField(coerce=Direction, choices=[(one.value, one.value) for one in Direction])
