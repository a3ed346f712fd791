"""Terms of classification: what a case has, how administrators change them, how officers choose and accept."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from central.cases import commands
from central.cases.commands import Actor, NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.classification.commands import TermDetails, save_term
from central.classification.models import Term, TermChange
from central.classification.terms import load_terms
from central.insight.models import TopicModel
from central.insight.topic_model import TopicWeights, suggest, to_json
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.served_installation import PASSWORD

MODEL = TopicWeights(
    topics=("land", "utilities"),
    bias=(0.0, 0.0),
    words={"ไฟฟ้า": (-3.0, 3.0), "ที่ดิน": (3.0, -3.0), "บ้าน": (0.1, 0.1)},
    idf={"ไฟฟ้า": 1.0, "ที่ดิน": 1.0, "บ้าน": 1.0},
    case_count=400,
    tested_count=80,
    accuracy=0.9,
    baseline=0.5,
)


@pytest.fixture
def administrator(ministry: Centre) -> Officer:
    officer = create_officer_with(ministry, Role.ADMINISTRATOR, name="admin")
    officer.set_password(PASSWORD)
    officer.save()
    return officer


def codes(case: Case) -> dict[str, str]:
    case.refresh_from_db()
    return load_terms().codes(case.topic, case.subtopic, case.terms)


def test_a_case_has_the_terms_of_its_topic_until_an_officer_chooses(khonkaen: Centre) -> None:
    case = create_case(khonkaen, topic="environment")
    assert codes(case)["strategy"] == "green"
    assert codes(case)["reconciliation"] == "resources", "a first term of every scheme"
    commands.reclassify(
        case,
        Actor.system(),
        seen_revision=None,
        topic="environment",
        subtopic="น้ำเสีย",
        terms={"strategy": "security", "sdg": ""},
    )
    assert codes(case) | {"strategy": "security", "subtopic": "waste_water", "sdg": "sdg15"} == codes(case)
    assert (case.fact.strategy, case.fact.subtopic) == ("security", "waste_water")
    commands.reclassify(case, Actor.system(), seen_revision=None, topic="environment")
    assert codes(case)["strategy"] == "security", "a step that says nothing of terms leaves them"


def test_a_term_that_does_not_exist_is_refused(khonkaen: Centre) -> None:
    case = create_case(khonkaen)
    for terms in ({"strategy": "nowhere"}, {"subtopic": "road"}):
        with pytest.raises(NotAllowedError):
            commands.reclassify(case, Actor.system(), seen_revision=None, topic="land", terms=terms)
    assert codes(case)["strategy"] == "competitiveness"


def test_a_renamed_sub_topic_keeps_its_cases_and_says_who_renamed_it(khonkaen: Centre, administrator: Officer) -> None:
    case = create_case(khonkaen, topic="utilities", subtopic="ไฟฟ้า")
    term = Term.objects.get(scheme="subtopic", code="electricity")
    save_term(TermDetails("subtopic", "ไฟฟ้าและหม้อแปลง", "Electricity", ["utilities"], 1), administrator, term)
    assert codes(case)["subtopic"] == "electricity"
    assert load_terms().subtopic_code("utilities", "ไฟฟ้าและหม้อแปลง") == "electricity"
    change = TermChange.objects.get()
    assert change.before
    assert (change.before["name_th"], change.after["name_th"]) == ("ไฟฟ้า", "ไฟฟ้าและหม้อแปลง")
    assert change.changed_by == administrator
    save_term(TermDetails("subtopic", "ไฟฟ้าและหม้อแปลง", "Electricity", ["utilities"], 1), administrator, term)
    assert TermChange.objects.count() == 1, "nothing has changed"


@pytest.mark.parametrize(
    "details",
    [
        TermDetails("subtopic", "ไฟฟ้า", "Power", ["utilities"]),
        TermDetails("subtopic", "อื่น", "Other", []),
        TermDetails("strategy", " ", "Blank"),
        TermDetails("planets", "ดาว", "Star"),
        TermDetails("sdg", "ใหม่", "New", ["astrology"]),
    ],
)
def test_a_term_that_confuses_is_refused(details: TermDetails, administrator: Officer) -> None:
    count = Term.objects.count()
    with pytest.raises(ValidationError):
        save_term(details, administrator)
    assert (Term.objects.count(), TermChange.objects.count()) == (count, 0)


def test_the_administrator_fills_an_empty_scheme_on_the_page(
    khonkaen: Centre, administrator: Officer, desk_client: Client
) -> None:
    Term.objects.filter(scheme="reconciliation").delete()
    case = create_case(khonkaen, topic="land")
    assert codes(case)["reconciliation"] == ""
    assert 'name="reconciliation"' not in desk_client.get(f"/desk/cases/{case.case_number}").content.decode()
    client = client_of(administrator)
    values = {
        "scheme": "reconciliation",
        "name_th": "ความเหลื่อมล้ำ",
        "name_en": "Inequality",
        "topics": ["land"],
        "position": 1,
    }
    response = client.post("/desk/classification/add", {**values, "is_active": "on"})
    assert response.status_code == 302
    assert "ความเหลื่อมล้ำ" in client.get("/desk/classification").content.decode()
    term = Term.objects.get(scheme="reconciliation")
    assert codes(case)["reconciliation"] == term.code
    again = client.post("/desk/classification/add", values)
    assert again.status_code == 422
    assert "มีชื่อนี้อยู่แล้ว" in re.sub("<wbr>|\u200b", "", again.content.decode())
    assert 'name="reconciliation"' in desk_client.get(f"/desk/cases/{case.case_number}").content.decode()
    client.post(f"/desk/classification/{term.pk}", values)
    assert codes(case)["reconciliation"] == "", "a retired term is not given to cases any more"
    assert desk_client.post("/desk/classification/add", values).status_code == 403
    assert desk_client.get(f"/desk/classification/{term.pk}").status_code == 403


def test_a_suggestion_has_its_reasons() -> None:
    suggestion = suggest(MODEL, "ไฟฟ้าดับที่บ้าน 0812345678")
    assert suggestion is not None
    assert (suggestion.topic, suggestion.reasons) == ("utilities", ("ไฟฟ้า",))
    assert 0.97 < suggestion.probability < 1
    assert suggest(MODEL, "0812345678 hello") is None
    assert suggest(MODEL, "") is None


def test_an_officer_accepts_a_suggestion_and_the_other_classes_stay(
    khonkaen: Centre, desk_client: Client, officer: Officer
) -> None:
    case = create_case(khonkaen, topic="unsure", text="ไฟฟ้าดับทุกคืน", urgency="urgent", terms={"strategy": "people"})
    page = f"/desk/cases/{case.case_number}"
    assert 'id="suggestion"' not in desk_client.get(page).content.decode(), "no model is trained"
    TopicModel.objects.create(trained_at=timezone.now(), content=json.loads(json.dumps(to_json(MODEL))))
    html = desk_client.get(page).content.decode()
    form = html[html.index('id="suggestion"') : html.index("</form>", html.index('id="suggestion"'))]
    assert "“ไฟฟ้า”" in form
    fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
    fields.pop("csrfmiddlewaretoken", None)
    assert desk_client.post(f"{page}/step", fields).status_code == 302
    case.refresh_from_db()
    assert (case.topic, case.urgency, case.terms) == ("utilities", "urgent", {"strategy": "people"})
    assert case.events.filter(kind="reclassify").count() == 1
    assert 'id="suggestion"' not in desk_client.get(page).content.decode(), "the case has the topic now"
