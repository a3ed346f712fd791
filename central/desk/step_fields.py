"""The fields of the one form that saves a step of a case. `central.desk.step_table` says which step uses which fields.

Every field is posted with every step, so that nothing typed is lost; only those of the chosen step are checked. The
lengths of texts are checked by the commands: the page shows their answer together with the typed text."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from central.agencies.kinds import KINDS
from central.agencies.models import Agency
from central.cases import reading
from central.cases.codes import MISSIONS, OUTCOMES, REFERRAL_KINDS, URGENCIES
from central.cases.limits import MAX_NAME_CHARS, MAX_NOTE_CHARS
from central.cases.models import Case, Referral
from central.centres.models import Centre, Officer
from central.classification.schemes import CHOSEN, SCHEMES
from central.classification.terms import TermTable, load_terms
from central.desk import labels
from central.desk.forms import DeskForm
from central.desk.step_choices import find_agency, possible_owners, target_centres
from central.files_field import FILES_HINT, FILES_LABEL, OfficeFilesField
from protocol.bilingual_text import BilingualText

AGENCY_LIST_ID, SUBTOPIC_LIST_ID = "agency-list", "subtopic-list"
_MAX_LABEL_CHARS = 400
_BLANK_INPUTS = 1  # empty inputs for further agencies
_TEXTS = ("agency", "order_text", "handler", "main_case", "message", "next_owner", "better_agency", "note")
_UNKNOWN_AGENCY = BilingualText(
    "ไม่พบหน่วยงาน “{}” ในทะเบียน โปรดเลือกจากรายการ", "There is no agency “{}” in the register. Choose one from the list"
)
_UNKNOWN_CASE = BilingualText("ไม่พบเรื่องเลขที่นี้", "There is no case with this number")
_BY_TOPIC = BilingualText("ตามประเภท: {}", "That of the topic: {}")
_NOT_A_CHOICE = BilingualText("โปรดเลือกจากรายการ", "Choose from the list")


class _AgencyInputs(forms.Widget):
    """One text input for each agency of a list, and empty ones for more."""

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> list[str]:
        typed = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [text.strip() for text in typed if text.strip()]

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: object = None) -> SafeString:
        values = [*(value or []), *[""] * _BLANK_INPUTS]
        identifier, label = (attrs or {}).get("id", name), self.attrs.get("aria-label", "")
        template = (
            f'<input name="{{}}" list="{AGENCY_LIST_ID}" id="{{}}" value="{{}}" aria-label="{{}}" '
            f'maxlength="{_MAX_LABEL_CHARS}" autocomplete="off">'
        )
        inputs = [
            (name, identifier if index == 0 else f"{identifier}-{index}", text, f"{label} {index + 1}")
            for index, text in enumerate(values)
        ]
        return format_html_join("", template, inputs)


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"maxlength": MAX_NOTE_CHARS, "rows": rows})


def _agency_input() -> forms.TextInput:
    return forms.TextInput(attrs={"list": AGENCY_LIST_ID, "autocomplete": "off"})


class StepForm(DeskForm):
    """The form of one case. `used` are the fields of the chosen step."""

    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    seen_event = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    due_proposed = forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    referral = forms.ChoiceField(required=False)
    agency = forms.CharField(required=False, max_length=_MAX_LABEL_CHARS, widget=_agency_input())
    supports = forms.Field(required=False, widget=_AgencyInputs())
    copies = forms.Field(required=False, widget=_AgencyInputs())
    order_text = forms.CharField(required=False, widget=_text_area(4))
    handler = forms.CharField(required=False, max_length=MAX_NAME_CHARS)
    due = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    owner = forms.ChoiceField(required=False)
    topic = forms.ChoiceField(required=False)
    subtopic = forms.CharField(
        required=False,
        max_length=MAX_NAME_CHARS,
        widget=forms.TextInput(attrs={"list": SUBTOPIC_LIST_ID, "autocomplete": "off"}),
    )
    urgency = forms.ChoiceField(required=False)
    mission = forms.ChoiceField(required=False)
    strategy = forms.ChoiceField(required=False)
    reform = forms.ChoiceField(required=False)
    reconciliation = forms.ChoiceField(required=False)
    sdg = forms.ChoiceField(required=False)
    about_kind = forms.ChoiceField(required=False)
    is_complex = forms.BooleanField(required=False)
    centre = forms.ChoiceField(required=False)
    main_case = forms.CharField(required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    outcome = forms.ChoiceField(required=False)
    template = forms.CharField(required=False, max_length=20)
    message = forms.CharField(required=False, widget=_text_area(3))
    next_owner = forms.CharField(required=False, widget=_text_area(2))
    is_done = forms.BooleanField(required=False)
    better_agency = forms.CharField(required=False, max_length=_MAX_LABEL_CHARS, widget=_agency_input())
    note = forms.CharField(required=False, widget=_text_area(3))
    files = OfficeFilesField(required=False)  # type: ignore[assignment]
    field_labels: ClassVar = {
        "referral": BilingualText("คำสั่งการ", "Referral"),
        "agency": BilingualText("หน่วยงานหลัก", "Lead agency"),
        "supports": BilingualText("หน่วยงานสนับสนุน", "Supporting agencies"),
        "copies": BilingualText("สำเนาเพื่อกำกับดูแล", "Copies for supervision"),
        "order_text": BilingualText("คำสั่งถึงหน่วยงาน", "Order to the agency"),
        "handler": BilingualText("ผู้รับผิดชอบของหน่วยงาน", "Person in charge at the agency"),
        "due": BilingualText("กำหนดแล้วเสร็จ", "Due date"),
        "owner": BilingualText("เจ้าของเรื่อง", "Owner"),
        "topic": BilingualText("ประเภท", "Topic"),
        "subtopic": BilingualText("ประเภทย่อย", "Sub-topic"),
        "urgency": BilingualText("ความเร่งด่วน", "Urgency"),
        "mission": BilingualText("ภารกิจ", "Mission"),
        **{scheme.value: SCHEMES[scheme] for scheme in CHOSEN},
        "about_kind": BilingualText("ประเภทหน่วยงานที่ถูกร้อง", "Kind of agency complained about"),
        "is_complex": BilingualText("เรื่องซับซ้อน", "Complex case"),
        "centre": BilingualText("ศูนย์ปลายทาง", "Centre it moves to"),
        "main_case": BilingualText("เลขของเรื่องหลัก", "Number of the main case"),
        "outcome": BilingualText("ผลการดำเนินการ", "Outcome"),
        "template": BilingualText("แม่แบบข้อความ", "Template"),
        "message": BilingualText("ข้อความถึงผู้ร้อง", "Message to the citizen"),
        "next_owner": BilingualText("หน่วยงานที่รับผิดชอบต่อ", "Body responsible next"),
        "is_done": BilingualText("ดำเนินการแล้วเสร็จ", "The work is done"),
        "better_agency": BilingualText("หน่วยงานที่ควรรับเรื่อง", "Agency that should get it"),
        "note": BilingualText("บันทึกภายใน", "Internal note"),
        "files": FILES_LABEL,
    }
    field_hints: ClassVar = {
        "due": BilingualText("(ปี ค.ศ. หากไม่แก้ จะเป็นไปตามหน่วยงานที่เลือก)", "(left as it is, it follows the agency)"),
        "handler": BilingualText("(เว้นว่าง: ผู้ประสานงานในทะเบียน)", "(empty: the contact point in the register)"),
        "is_complex": BilingualText("(ไม่มีวันครบกำหนด แต่ต้องรายงานความคืบหน้า)", "(no due date, but reports of progress)"),
        "message": BilingualText("(ผู้ร้องอ่านได้ อย่าใส่ข้อมูลส่วนบุคคล)", "(the citizen reads it; no personal data)"),
        "next_owner": BilingualText("(เมื่ออยู่นอกอำนาจ: ชื่อและวิธีติดต่อ)", "(when it is not ours: name and contact)"),
        "note": BilingualText("(ผู้ร้องไม่เห็น)", "(the citizen does not see it)"),
        "files": FILES_HINT,
    }

    def __init__(
        self,
        language: str,
        data: QueryDict | None = None,
        *,
        case: Case,
        officer: Officer,
        referrals: Iterable[Referral] = (),
        used: Iterable[str] = (),
        routing: tuple[BilingualText, ...] = (),
        proposed_centre: Centre | None = None,
        initial: Mapping[str, object] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
    ) -> None:
        super().__init__(language, data, initial=initial, files=files)
        self._language, self._case, self._officer = language, case, officer
        self.routing = routing  # why these agencies are proposed
        self.proposed_centre = proposed_centre  # that of the place, where it is another one
        self._used = frozenset({"seen", "seen_event", "due_proposed", *used})
        self._referrals = {str(row.pk): row for row in referrals}
        self._owners = {str(officer.pk): officer for officer in possible_owners(case.centre)}
        self._centres = {centre.slug: centre for centre in target_centres(case, proposed_centre)}
        for name in ("supports", "copies"):
            self.fields[name].widget.attrs["aria-label"] = str(self.fields[name].label)
        self._offer("referral", [(key, self._referral_name(row)) for key, row in self._referrals.items()])
        self._offer("owner", [(key, each.display_name) for key, each in self._owners.items()])
        centres = [(slug, each.name_in(language)) for slug, each in self._centres.items()]
        self._offer("centre", [("", "–"), *centres])
        self._offer_codes("topic", labels.TOPIC)
        self._offer_codes("urgency", URGENCIES)
        self._offer_codes("mission", MISSIONS, is_optional=True)
        self._offer_codes("about_kind", KINDS, is_optional=True)
        self._offer_codes("outcome", OUTCOMES, is_optional=True)
        self._offer_terms(load_terms())

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = _NOT_A_CHOICE.in_language(self._language)

    def _offer_codes(self, name: str, table: Mapping[Any, BilingualText], *, is_optional: bool = False) -> None:
        choices = [(code.value, text.in_language(self._language)) for code, text in table.items()]
        self._offer(name, [("", "–"), *choices] if is_optional else choices)

    def _offer_terms(self, terms: TermTable) -> None:
        """The terms of each scheme. A scheme without terms has no field. A retired term stays where it is chosen."""
        self.subtopics = terms.subtopic_names(self._language)
        for scheme in CHOSEN:
            chosen = self._case.terms.get(scheme.value, "")
            offered = [term for term in terms.of(scheme) if term.is_active or term.code == chosen]
            if not offered:
                del self.fields[scheme.value]
                continue
            names = {term.code: term.name_en if self._language == "en" else term.name_th for term in offered}
            own = names.get(terms.topic_term(scheme, self._case.topic), "–")
            by_topic = _BY_TOPIC.in_language(self._language).format(own)
            self._offer(scheme.value, [("", by_topic), *names.items()])

    def _referral_name(self, row: Referral) -> str:
        return f"{row.agency.name_in(self._language)} ({labels.label(REFERRAL_KINDS, row.kind, self._language)})"

    def _post_clean(self) -> None:
        """Forget the errors of fields that the chosen step does not use."""
        super()._post_clean()  # type: ignore[misc]
        for name in list(self.errors):
            if name not in self._used:
                del self.errors[name]

    def _error(self, sentence: BilingualText, *values: str) -> forms.ValidationError:
        return forms.ValidationError(sentence.in_language(self._language).format(*values))

    def _agency(self, name: str, text: str) -> Agency | None:
        if name not in self._used or not text:
            return None
        agency = find_agency(text, self._case.centre)
        if agency is None:
            raise self._error(_UNKNOWN_AGENCY, text)
        return agency

    def clean_agency(self) -> Agency | None:
        """The lead agency."""
        return self._agency("agency", self.cleaned_data["agency"])

    def clean_better_agency(self) -> Agency | None:
        """The agency that a returning agency proposes."""
        return self._agency("better_agency", self.cleaned_data["better_agency"])

    def clean_supports(self) -> list[Agency]:
        """The supporting agencies."""
        return self._agencies("supports")

    def clean_copies(self) -> list[Agency]:
        """The agencies that get a copy."""
        return self._agencies("copies")

    def _agencies(self, name: str) -> list[Agency]:
        texts: list[str] = self.cleaned_data[name] or []
        agencies = [self._agency(name, text[:_MAX_LABEL_CHARS]) for text in texts[:20]]
        return list(dict.fromkeys(agency for agency in agencies if agency is not None))

    def clean_owner(self) -> Officer | None:
        """The officer who shall own the case."""
        return self._owners.get(self.cleaned_data["owner"])

    def clean_centre(self) -> Centre | None:
        """The centre that the case shall move to."""
        return self._centres.get(self.cleaned_data["centre"])

    def clean_referral(self) -> Referral | None:
        """The referral that the step is about."""
        return self._referrals.get(self.cleaned_data["referral"])

    def clean_main_case(self) -> Case | None:
        """The case that this one repeats, if the officer may see it."""
        text = self.cleaned_data["main_case"]
        if "main_case" not in self._used or not text:
            return None
        main_case = reading.find_by_typed_number(self._officer, text)
        if main_case is None:
            raise self._error(_UNKNOWN_CASE)
        return main_case

    @property
    def typed(self) -> frozenset[str]:
        """The texts that were typed: the page shows them whatever step is chosen."""
        if not self.is_bound:
            return frozenset()
        initial = {name: self.get_initial_for_field(self.fields[name], name) for name in _TEXTS}
        return frozenset(name for name in _TEXTS if self[name].value() and self[name].value() != initial[name])
