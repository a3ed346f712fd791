"""The matrix of roles, cell by cell, against a table written by hand: a change of a right is a change here too."""

from pathlib import Path

import pytest

from central.centres.models import Centre, Membership, Officer
from central.people.grants import GRANTS
from central.people.permission import memberships_allowing, permitted_centres
from central.people.roles import MATRIX, WITHHOLDABLE, Action, Role, Scope
from central.people.roles_table import roles_page

ROLES_PAGE = Path(__file__).parents[3] / "docs" / "roles.md"

# One letter for each role, in this order.
COLUMNS = {
    "I": "intake",
    "C": "case_officer",
    "D": "director",
    "H": "chief",
    "G": "governor",
    "N": "district_chief",
    "O": "operator",
    "A": "administrator",
    "T": "technician",
    "U": "auditor",
    "P": "dpo",
    "a": "agency_officer",
    "h": "agency_head",
    "s": "supervisor",
    "t": "team_head",
    "m": "team_member",
}
EXPECTED = """
take              I C D - - N - - - - - - - - - -
assign_owner      I C D - - N - - - - - - - - - -
ask_details       I C D - - N - - - - - - - - - -
record_details    I C D - - N O - - - - - - - - -
propose           I C D - - N - - - - - - - - - -
approve           - - D H G N - - - - - - - - - -
send_up           - - D H - - - - - - - - - - - -
withdraw_proposal I C D - - N - - - - - - - - - -
return_proposal   - - D H G N - - - - - - - - - -
withdraw_proposal I C D - - N - - - - - - - - - -
order             I C D H G N - - - - - - - - - -
recall            - C D - - N - - - - - - - - - -
accept            - - - - - - - - - - - a h - - -
report            - C D - - N - - - - - a h - - -
return_to_centre  - C D - - N - - - - - a h - - -
close             - C D H G N - - - - - - - - - -
correct_outcome   - - D H G N - - - - - - - - - -
rate              - - - - - - - - - - - - - - - -
request_reopening I C D - - N O - - - - - - - - -
refuse_reopening  - - D H G N - - - - - - - - - -
reopen            - - D H G N - - - - - - - - - -
link_duplicate    I C D - - N - - - - - - - - - -
unlink_duplicate  I C D - - N - - - - - - - - - -
reclassify        I C D - - N - - - - - - - - - -
set_point         I C D - - N - - - - - - - - t m
move_centre       I C D - - N - - - - - - - - - -
set_due           - C D - - N - - - - - - - - - -
renew_code        I C D - - N O - - - - - - - - -
request_data      - - - - - - - - - - - - - - - -
answer_data_request - - - - - - - - - - P - - - - -
take_over_text    I C D - - N - - - - - - - - - -
add_note          I C D H G N O - - - - - - - t m
open_investigation - - D H G N - - - - - - - - - -
investigate       - C D - - N - - - - - - - - t m
keep_retention    - - - - - - - - - - P - - - - -
approve_erasure   - - D H G N - - - - - - - - - -
correct_person    - - - - - - - - - - P - - - - -
write_letters     I C D H G N - - - - - - - - - -
file_cases        I C D - - N O - - - - - - - - -
view_cases        I C D H G N O - - U P - - - t m
view_alarms       I C D H G N O A T - P - - - - -
read_people       I C D H G N O - - - P - - - - -
decide_name       I C D H G N - - - - P - - - - -
view_audit        - - - - - - - - - U P - - - - -
run_fleet         I C D - - N - A T - - - - - - -
manage_centres    - - - - - - - A - - - - - - - -
manage_people     - - - - - N - A - - - - - - - -
certify_officers  - - D H G N - A - - - - h - - -
manage_agencies   - - D - - N - A - - - - - - - -
manage_routing    - - D - - N - A - - - - - - - -
manage_calendar   - - - - - - - A - - - - - - - -
manage_classification   - - - - - - - A - - - - - - - -
manage_templates  - - D - - N - A - - - - - - - -
manage_surveys    - - D - - N - A - - - - - - - -
manage_listening  - - D - - N - A - - - - - - - -
state_obstacles   I C D H G N - - - - - - - - - -
answer_obstacles  - - D H G N - - - - - - - - - -
publish_open_data - - - - - - - A - - - - - - - -
import_cases      - - D - - N - - - - - - - - - -
write_activities  I C D H - N - - - - - - - - - -
publish_activities - - D H - N - - - - - - - - - -
write_articles    - C D - - N - A - - - - - - - -
publish_articles  - - D - - N - A - - - - - - - -
supervise         - - - - - - - - - - - - - s - -
"""
# Who gives which role: the same columns.
EXPECTED_GRANTS = """
administrator     I C D H G N O A T U P a h s t m
governor          I C D H - N O - T - P a h s t m
chief             I C D - - N O - T - - a h s t m
director          I C - - - - O - T - - a h s t m
district_chief    I C - - - - O - T - - a h - t m
agency_head       - - - - - - - - - - - a - - - -
"""
SCOPES = {"agency": "ahs", "team": "tm"}


def cells(table: str) -> dict[str, set[str]]:
    """Row name -> role names of the letters in the row."""
    rows = {}
    for line in table.strip().splitlines():
        name, *letters = line.split()
        assert [letter for letter, column in zip(letters, COLUMNS, strict=True) if letter not in ("-", column)] == []
        rows[name] = {COLUMNS[letter] for letter in letters if letter != "-"}
    return rows


def scope_of(role: Role) -> Scope:
    letter = next(letter for letter, name in COLUMNS.items() if name == role)
    return next((Scope(scope) for scope, letters in SCOPES.items() if letter in letters), Scope.CENTRE)


def test_the_table_by_hand_has_every_role_and_action() -> None:
    assert list(COLUMNS.values()) == [role.value for role in MATRIX]
    assert set(MATRIX) == set(Role)
    assert set(cells(EXPECTED)) == {action.value for action in Action}


@pytest.mark.parametrize("role", Role)
def test_the_scope_of_every_role(role: Role) -> None:
    assert MATRIX[role].scope is scope_of(role)


@pytest.mark.parametrize("action", Action)
def test_every_cell_of_the_matrix(action: Action) -> None:
    assert {role.value for role in Role if action in MATRIX[role].actions} == cells(EXPECTED)[action.value]


def test_every_cell_of_the_grants() -> None:
    expected = cells(EXPECTED_GRANTS)
    assert {role.value: {each.value for each in granted} for role, granted in GRANTS.items()} == expected


def test_withholdable_actions() -> None:
    assert {action.value: column for action, column in WITHHOLDABLE.items()} == {
        "read_people": "may_read_people",
        "decide_name": "may_read_people",
        "run_fleet": "may_run_fleet",
    }


def test_the_printed_page_is_current() -> None:
    assert ROLES_PAGE.read_text(encoding="utf-8") == roles_page(), "run: central roles > docs/roles.md"


@pytest.fixture
def tree(ministry: Centre, khonkaen: Centre, phayao: Centre) -> dict[str, Centre]:
    """Ministry, two provinces, a district of each."""
    return {
        "moi": ministry,
        "khonkaen": khonkaen,
        "phayao": phayao,
        "nam-phong": Centre.objects.create(
            parent=khonkaen, slug="nam-phong", area_code="4007", name_th="น", name_en="N"
        ),
        "mae-chai": Centre.objects.create(parent=phayao, slug="mae-chai", area_code="5607", name_th="ม", name_en="M"),
    }


# Where a role at the first centre holds.
REACH = {
    "moi": {"moi", "khonkaen", "phayao", "nam-phong", "mae-chai"},
    "khonkaen": {"khonkaen", "nam-phong"},
    "nam-phong": {"nam-phong"},
}


@pytest.mark.parametrize("home", REACH)
def test_every_role_and_action_at_every_level(tree: dict[str, Centre], home: str) -> None:
    expected = cells(EXPECTED)
    for role in Role:
        officer = Officer.objects.create(username=role.value)
        Membership.objects.create(
            officer=officer, centre=tree[home], role=role.value, may_read_people=True, may_run_fleet=True
        )
        for action in Action:
            is_allowed = role.value in expected[action.value]
            reached = set(permitted_centres(officer, action).values_list("slug", flat=True))
            of_centre = scope_of(role) is Scope.CENTRE
            assert reached == (REACH[home] if is_allowed and of_centre else set()), (role, action)
            for scope in Scope:
                allowing = memberships_allowing(officer, action, scope).exists()
                assert allowing is (is_allowed and scope is scope_of(role)), (role, action, scope)


def test_withheld_rights_and_suspended_officers_have_nothing(tree: dict[str, Centre]) -> None:
    for role in Role:
        officer = Officer.objects.create(username=role.value)
        Membership.objects.create(officer=officer, centre=tree["khonkaen"], role=role.value)
        for action in ("read_people", "decide_name", "run_fleet"):
            assert not permitted_centres(officer, Action(action)).exists(), (role, action)
        officer.is_active = False
        for each in Action:
            assert not permitted_centres(officer, each).exists(), (role, each)
