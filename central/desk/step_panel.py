"""The form of a step as the case page shows it: the allowed steps, the fields of each, and what is proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from central.cases import commands
from central.cases.case_clock import ClockInputs, load_clock_inputs, proposed_due
from central.cases.codes import ReferralKind
from central.cases.models import Case, Referral
from central.centres.jurisdiction import proposed_centre
from central.centres.models import Officer
from central.classification.schemes import CHOSEN
from central.desk.step_choices import AgencyProposal, agency_label, contact_name, listed_agencies, propose_agencies
from central.desk.step_fields import StepForm
from central.desk.step_table import DeskStep, find_step, offered_steps
from central.desk.step_templates import OfferedTemplate, insert_template, offered_templates
from central.desk.topic_suggestion import ShownSuggestion, build_suggestion
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_ORDERING = frozenset({Action.ORDER, Action.PROPOSE})
_HIDDEN = frozenset({"seen", "seen_event", "due_proposed"})


@dataclass(frozen=True)
class StepLabel:
    """A label, and the classes of the steps that it is for."""

    text: str
    classes: str


@dataclass(frozen=True)
class StepField:
    """A field of the form, and the classes of the steps that use it. `labels` has more than one where the field means
    something else in some steps."""

    bound: BoundField
    classes: str
    labels: tuple[StepLabel, ...]


@dataclass(frozen=True)
class StepPanel:
    """Everything that the template of the form needs."""

    steps: tuple[DeskStep, ...]
    chosen: str  # code of a step, '' for none
    form: StepForm
    fields: tuple[StepField, ...]
    templates: tuple[OfferedTemplate, ...]
    agencies: tuple[str, ...]  # labels for the browser's list
    routing: tuple[str, ...]  # why these agencies are proposed
    last_event: int
    suggestion: ShownSuggestion | None


@dataclass(frozen=True)
class CaseRows:
    """Rows of a case that several sections of its page use, loaded once."""

    active: tuple[Referral, ...]  # the referrals that have not ended
    clock: ClockInputs


def load_case_rows(case: Case) -> CaseRows:
    """The rows as they are now."""
    return CaseRows(tuple(commands.active_referrals(case)), load_clock_inputs(case))


def create_step_form(
    officer: Officer,
    case: Case,
    language: str,
    data: QueryDict | None = None,
    *,
    files: MultiValueDict[str, UploadedFile] | None = None,
    rows: CaseRows | None = None,
) -> StepForm:
    """The form for this case as it is now, with what was posted if anything was. A posted choice of a template is
    replaced by its text."""
    rows = rows or load_case_rows(case)
    if data is not None:
        data = insert_template(case, language, data)
    step = find_step(data.get("step", "")) if data is not None else None
    route, centre = propose_agencies(case), proposed_centre(case.area, case.centre)
    form = StepForm(
        language,
        data,
        case=case,
        officer=officer,
        referrals=[row for row in rows.active if step is None or commands.fits_step(row, step.action)],
        used=step.fields if step else (),
        routing=route.result.explanation,
        proposed_centre=centre,
        initial=_initial_values(officer, case, language, route, rows) | {"centre": centre.slug if centre else ""},
        files=files,
    )
    form.fields["handler"].widget.attrs["placeholder"] = contact_name(route.lead) if route.lead else ""
    return form


def build_step_panel(
    officer: Officer, case: Case, language: str, rows: CaseRows, *, form: StepForm | None = None, last_event: int = 0
) -> StepPanel:
    """The panel. `form` is given when it is shown again with what the officer has typed."""
    steps = offered_steps(commands.allowed_steps(case, officer, rows.active))
    form = form or create_step_form(officer, case, language, rows=rows)
    templates = offered_templates(case, steps, language)
    chosen = form.data.get("step", "") if form.is_bound else ""
    is_ordering = any(step.action in _ORDERING for step in steps)
    names_agencies = is_ordering or any("better_agency" in step.fields for step in steps)
    return StepPanel(
        steps=steps,
        chosen=chosen if any(step.code == chosen for step in steps) else "",
        form=form,
        fields=tuple(_step_fields(form, steps, templates, language)),
        templates=templates,
        agencies=tuple(agency_label(agency, case.centre, language) for agency in listed_agencies(case.centre))
        if names_agencies
        else (),
        routing=tuple(sentence.in_language(language) for sentence in form.routing) if is_ordering else (),
        last_event=last_event,
        suggestion=build_suggestion(case, steps, language),
    )


def _step_fields(
    form: StepForm, steps: Iterable[DeskStep], templates: Iterable[OfferedTemplate], language: str
) -> Iterable[StepField]:
    typed = form.typed
    with_templates = {code for template in templates for code in template.codes}
    for name in form.fields:
        users = [step for step in steps if name in step.fields]
        if name == "template":
            users = [step for step in users if step.code in with_templates]
        if name not in _HIDDEN and (users or name in typed):
            classes = _classes(users) + (" typed" if name in typed else "")
            yield StepField(form[name], classes, tuple(_labels(form[name], users, language)))


def _labels(bound: BoundField, users: list[DeskStep], language: str) -> Iterable[StepLabel]:
    """One label for the steps without a label of their own, and one for each other meaning."""
    own: dict[BilingualText | None, list[DeskStep]] = {}
    for step in users:
        label = {"note": step.note_label, "message": step.message_label}.get(bound.name)
        own.setdefault(label, []).append(step)
    for text, some in own.items():
        yield StepLabel(text.in_language(language) if text else str(bound.label), _classes(some))
    if not users:
        yield StepLabel(str(bound.label), "typed")


def _classes(steps: Iterable[DeskStep]) -> str:
    return " ".join(f"for-{step.code}" for step in steps)


def _initial_values(
    officer: Officer, case: Case, language: str, route: AgencyProposal, rows: CaseRows
) -> dict[str, object]:
    has_lead = any(row.kind == ReferralKind.LEAD.value for row in rows.active)
    lead = None if has_lead else route.lead
    active = {row.agency_id for row in rows.active}
    label_of = partial(agency_label, centre=case.centre, language=language)
    due = proposed_due(case, lead, rows.clock)
    return {
        "agency": label_of(lead) if lead else "",
        "supports": [label_of(each) for each in route.supports if each.pk not in active],
        "copies": [label_of(each) for each in route.copies if each.pk not in active],
        "due": due,
        "due_proposed": due,
        "owner": str(case.owner_id or officer.pk),
        "topic": case.topic,
        "subtopic": case.subtopic,
        "urgency": case.urgency,
        "mission": case.mission,
        **{scheme.value: case.terms.get(scheme.value, "") for scheme in CHOSEN},
        "about_kind": case.about_kind,
        "is_complex": case.is_complex,
        "outcome": case.outcome_code,
    }
