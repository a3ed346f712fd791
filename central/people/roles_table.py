"""The matrix of roles as Markdown: the text of docs/roles.md. Pure: no Django."""

from collections.abc import Iterable

from central.people.grants import GRANTS
from central.people.roles import MATRIX, WITHHOLDABLE, Action, Role, Scope

_INTRODUCTION = """# Roles

Printed by `central roles` from `central/people/roles.py` and `central/people/grants.py`; a test compares this page with
them. How to add a role: [contributing](../CONTRIBUTING.md).

A membership gives one role within one scope. A role of a *centre* holds for it and every centre below it, a role of an
*agency* for the cases referred to the agency, a role of a *team* for the cases of its tambons. A membership may
withhold what is marked ○: personal data (`may_read_people`) and kiosks (`may_run_fleet`).
"""

_GRANTS_HEADING = """## Who may give which role

These roles give, take and certify a role at the same centre and below. Nobody changes the own roles.
"""


def roles_page() -> str:
    """The whole page."""
    names = _table(
        ("role", "ไทย", "English", "scope"),
        ((f"`{role.value}`", rules.name.th, rules.name.en, rules.scope.value) for role, rules in MATRIX.items()),
    )
    parts = [_INTRODUCTION, names, "## Who may do what\n"]
    parts += [f"### Roles of {title}\n\n{_actions_of(scope)}" for scope, title in _SCOPE_TITLES.items()]
    parts += [
        _GRANTS_HEADING,
        _table(
            ("role", "gives"),
            (
                (f"`{role.value}`", " ".join(f"`{each.value}`" for each in Role if each in GRANTS[role]))
                for role in GRANTS
            ),
        ),
    ]
    return "\n".join(parts)


_SCOPE_TITLES = {Scope.CENTRE: "a centre", Scope.AGENCY: "an agency", Scope.TEAM: "a tambon team"}


def _actions_of(scope: Scope) -> str:
    roles = [role for role, rules in MATRIX.items() if rules.scope is scope]
    allowed = [action for action in Action if any(action in MATRIX[role].actions for role in roles)]
    return _table(
        ("action", *(f"`{role.value}`" for role in roles)),
        ((f"`{action.value}`", *(_mark(role, action) for role in roles)) for action in allowed),
    )


def _mark(role: Role, action: Action) -> str:
    if action not in MATRIX[role].actions:
        return ""
    return "○" if action in WITHHOLDABLE else "●"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"
