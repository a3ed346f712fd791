"""The rules of the tree of centres, checked on rows in memory. Pages, commands and CSV files use the same ones.

A tree is checked as it would be after the change, so that the order of the rows of a file does not matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from central.centres.values import CentreRow, find_value_errors
from protocol.bilingual_text import BilingualText
from protocol.centre_kind import CentreKind
from thai import places

_CYCLE = BilingualText(
    "ย้ายศูนย์ไปอยู่ใต้ตัวเองหรือใต้ศูนย์ที่อยู่ภายใต้ศูนย์นี้ไม่ได้", "A centre cannot be below itself or below one of its own centres"
)
_MINISTRY_BELOW = BilingualText(
    "ศูนย์ที่ไม่มีรหัสพื้นที่คือศูนย์ของกระทรวง ต้องอยู่บนสุด", "A centre without an area is the ministry's and is at the top"
)
_PROVINCE_PARENT = BilingualText(
    "ศูนย์จังหวัดอยู่ใต้ศูนย์ของกระทรวง หรืออยู่บนสุด", "A province's centre is below the ministry's centre or at the top"
)
_PARENT_INACTIVE = BilingualText("ศูนย์ที่อยู่เหนือขึ้นไปปิดใช้งานอยู่", "The centre above is not active")
_ACTIVE_BELOW = BilingualText(
    "ยังมีศูนย์ที่เปิดใช้งานอยู่ภายใต้ศูนย์นี้ โปรดปิดศูนย์เหล่านั้นก่อน", "Active centres are below it: deactivate these first"
)
_LAST_ACTIVE = BilingualText("ต้องมีศูนย์ที่เปิดใช้งานอย่างน้อยหนึ่งศูนย์", "At least one centre must stay active")


@dataclass(frozen=True)
class CentreTree:
    """All centres of an installation by their slugs."""

    rows: Mapping[str, CentreRow] = field(default_factory=dict)

    def changed(self, before: CentreRow | None, after: CentreRow) -> "CentreTree":
        """The tree with `after` in the place of `before`. The centres below a renamed one stay below it."""
        rows = dict(self.rows)
        if before is not None and before.slug != after.slug:
            del rows[before.slug]
            rows |= {child.slug: replace(child, parent=after.slug) for child in self.children(before.slug)}
        return CentreTree(rows | {after.slug: after})

    def children(self, slug: str) -> list[CentreRow]:
        """The centres directly below one."""
        return self._children.get(slug, [])

    def ancestors(self, slug: str) -> Iterator[CentreRow]:
        """The centres above one, the nearest first. Ends where a cycle closes."""
        seen = {slug}
        while (row := self.rows.get(slug)) and row.parent and row.parent not in seen:
            slug = row.parent
            seen.add(slug)
            if slug in self.rows:
                yield self.rows[slug]

    def depth(self, slug: str) -> int:
        """The number of centres above one."""
        return sum(1 for _ in self.ancestors(slug))

    def alike(self, slug: str) -> list[CentreRow]:
        """The centres whose slugs differ from this one at most in case: they would be confused."""
        return self._by_lower_slug.get(slug.lower(), [])

    def of_area(self, area_code: str) -> list[CentreRow]:
        """The centres of an area: one, or none."""
        return self._by_area.get(area_code, [])

    @cached_property
    def _children(self) -> dict[str, list[CentreRow]]:
        return _grouped((row.parent, row) for row in self.rows.values())

    @cached_property
    def _by_lower_slug(self) -> dict[str, list[CentreRow]]:
        return _grouped((row.slug.lower(), row) for row in self.rows.values())

    @cached_property
    def _by_area(self) -> dict[str, list[CentreRow]]:
        return _grouped((row.area_code, row) for row in self.rows.values())


def _grouped(pairs: Iterable[tuple[str, CentreRow]]) -> dict[str, list[CentreRow]]:
    groups: dict[str, list[CentreRow]] = {}
    for key, row in pairs:
        groups.setdefault(key, []).append(row)
    return groups


# The fields whose change makes a field's check necessary: what an older version stored may stay unchanged.
_CHECKED_WITH = {
    "slug": ("slug",),
    "area_code": ("area_code",),
    "name_th": ("name_th",),
    "name_en": ("name_en",),
    "parent": ("parent", "area_code", "is_active"),
    "public_url": ("public_url",),
    "is_active": ("is_active",),
}


def find_errors(tree: CentreTree, row: CentreRow, before: CentreRow | None) -> dict[str, BilingualText]:
    """What is wrong with one centre of a tree, by field: at most one sentence each. `before` is the centre as it was,
    None for a new one."""
    of_values = find_value_errors(row)
    in_tree = {
        "slug": _slug_error(tree, row),
        "area_code": None if "area_code" in of_values else _area_error(tree, row, before),
        "parent": _parent_error(tree, row),
        "is_active": _active_error(tree, row),
    }
    errors = of_values | {name: error for name, error in in_tree.items() if error}
    if "area_code" in errors:  # the parent and missing names follow from the area
        follows = {"parent"} | {name for name in ("name_th", "name_en") if not getattr(row, name)}
        errors = {name: error for name, error in errors.items() if name not in follows}
    return {name: errors[name] for name in _CHECKED_WITH if name in errors and _is_changed(name, before, row)}


def _is_changed(name: str, before: CentreRow | None, after: CentreRow) -> bool:
    return before is None or any(getattr(before, other) != getattr(after, other) for other in _CHECKED_WITH[name])


def _slug_error(tree: CentreTree, row: CentreRow) -> BilingualText | None:
    alike = [other for other in tree.alike(row.slug) if other.slug != row.slug]
    return already_exists(alike[0].slug) if alike else None


def already_exists(slug: str) -> BilingualText:
    """The sentence about a slug that is in use."""
    return BilingualText(f"มีศูนย์ {slug} อยู่แล้ว", f"There is a centre {slug} already")


def _area_error(tree: CentreTree, row: CentreRow, before: CentreRow | None) -> BilingualText | None:
    code = row.area_code
    others = [other for other in tree.of_area(code) if other.slug != row.slug]
    if others:
        area = places.full_name(code) or "กระทรวงมหาดไทย", places.full_name(code, "en") or "the ministry"
        return BilingualText(
            f"พื้นที่นี้ ({area[0]}) มีศูนย์ {others[0].slug} อยู่แล้ว", f"{area[1]} has the centre {others[0].slug} already"
        )
    if before is not None and before.area_code != code:
        outside = [child for child in tree.children(row.slug) if not _may_be_below(child, row)]
        if outside:
            return BilingualText(
                f"ศูนย์ {outside[0].slug} ซึ่งอยู่ภายใต้ศูนย์นี้ จะอยู่นอกพื้นที่",
                f"The centre {outside[0].slug} below it would be outside this area",
            )
    return None


def _may_be_below(row: CentreRow, parent: CentreRow) -> bool:
    if row.kind is CentreKind.DISTRICT:
        return parent.area_code == row.area_code[:2]
    return row.kind is CentreKind.PROVINCE and parent.kind is CentreKind.MINISTRY


def _parent_error(tree: CentreTree, row: CentreRow) -> BilingualText | None:
    if not row.parent:
        return None if row.kind is not CentreKind.DISTRICT else _district_parent(row)
    parent = tree.rows.get(row.parent)
    if parent is None:
        return BilingualText(f"ไม่มีศูนย์ {row.parent[:50]}", f"There is no centre {row.parent[:50]}")
    if _is_in_cycle(tree, row):
        return _CYCLE
    if not _may_be_below(row, parent):
        return {
            CentreKind.MINISTRY: _MINISTRY_BELOW,
            CentreKind.PROVINCE: _PROVINCE_PARENT,
            CentreKind.DISTRICT: _district_parent(row),
        }[row.kind]
    return _PARENT_INACTIVE if row.is_active and not parent.is_active else None


def _is_in_cycle(tree: CentreTree, row: CentreRow) -> bool:
    slug, seen = row.parent, {row.slug}
    while slug:
        if slug in seen:
            return True
        seen.add(slug)
        above = tree.rows.get(slug)
        slug = above.parent if above else ""
    return False


def _district_parent(row: CentreRow) -> BilingualText:
    province = row.area_code[:2]
    return BilingualText(
        f"ศูนย์อำเภอต้องอยู่ใต้ศูนย์ของจังหวัดตน ({places.full_name(province)})",
        f"A district's centre is below the centre of its province ({places.full_name(province, 'en')})",
    )


def _active_error(tree: CentreTree, row: CentreRow) -> BilingualText | None:
    if row.is_active:
        return None
    if any(child.is_active for child in tree.children(row.slug)):
        return _ACTIVE_BELOW
    return None if any(other.is_active for other in tree.rows.values()) else _LAST_ACTIVE
