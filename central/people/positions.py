"""Positions in the civil service that entitle a person to a role, as the districts' circular restricts it.

Pure: no Django. A position is compared by its beginning, because level and place follow it («ปลัดอำเภอน้ำพอง»). A role
without a row has no such rule. A superior may certify another position with a written reason."""

from collections.abc import Mapping

from central.people.roles import Role

_DESK = (
    "ปลัดอำเภอ",
    "เจ้าพนักงานปกครอง",
    "เสมียนตราอำเภอ",
    "นิติกร",
    "นักจัดการงานทั่วไป",
    "นักวิเคราะห์นโยบายและแผน",
    "เจ้าพนักงานธุรการ",
    "พนักงานราชการ",
)
ENTITLED_POSITIONS: Mapping[Role, tuple[str, ...]] = {
    Role.INTAKE: _DESK,
    Role.CASE_OFFICER: _DESK,
    Role.DIRECTOR: ("ผู้อำนวยการ", "หัวหน้ากลุ่มงาน"),
    Role.CHIEF: ("หัวหน้าสำนักงานจังหวัด",),
    Role.GOVERNOR: ("ผู้ว่าราชการจังหวัด", "รองผู้ว่าราชการจังหวัด"),
    Role.DISTRICT_CHIEF: ("นายอำเภอ",),
}
SUGGESTED_POSITIONS = tuple(dict.fromkeys(name for names in ENTITLED_POSITIONS.values() for name in names))


def is_entitled(role: Role, position: str) -> bool:
    """Whether this position entitles to this role."""
    names = ENTITLED_POSITIONS.get(role)
    return names is None or position.replace(" ", "").startswith(names)
