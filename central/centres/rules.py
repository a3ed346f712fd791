"""The rules of the tree of centres, checked on rows in memory. Pages, commands and CSV files use the same ones.

A tree is checked as it would be after the change, so that the order of the rows of a file does not matter.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from protocol.bilingual_text import BilingualText
from protocol.centre_kind import CentreKind
from thai import places
from thai.places import BANGKOK_CODE

MAX_SLUG_CHARS = 50
MAX_NAME_CHARS = 200
MAX_URL_CHARS = 200
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_THAI = re.compile("[\u0e01-\u0e5b]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

_SLUG_FORM = BilingualText(
    "ชื่อย่อใช้ตัวอักษร a–z ตัวเลข และขีดกลาง ไม่เกิน 50 ตัว เช่น nam-phong",
    "The short name has letters a–z, digits and single hyphens, at most 50, such as nam-phong",
)
_NAME_MISSING = BilingualText("ต้องมีชื่อทั้งภาษาไทยและภาษาอังกฤษ", "A name is needed in Thai and in English")
_NAME_FORM = BilingualText(
    f"ชื่อขึ้นต้นด้วยตัวอักษร ยาวไม่เกิน {MAX_NAME_CHARS} ตัวอักษร ในบรรทัดเดียว",
    f"A name begins with a letter and has at most {MAX_NAME_CHARS} characters on one line",
)
_NOT_THAI = BilingualText("ชื่อภาษาไทยต้องมีอักษรไทย", "The Thai name needs Thai letters")
_NOT_ENGLISH = BilingualText("ชื่อภาษาอังกฤษต้องไม่มีอักษรไทย", "The English name has no Thai letters")
_BAD_URL = BilingualText(
    "ที่อยู่เว็บไม่ถูกต้อง ตัวอย่าง https://track.example.go.th",
    "This is not a web address such as https://track.example.go.th",
)
_BANGKOK_DISTRICT = BilingualText(
    "เขตของกรุงเทพมหานครไม่ใช่อำเภอ จึงไม่มีศูนย์ดำรงธรรมอำเภอ", "A district of Bangkok is no amphoe and has no district centre"
)
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
class CentreRow:
    """The values of one centre. `parent` is the slug of the centre above, '' for one at the top."""

    slug: str
    area_code: str
    name_th: str
    name_en: str
    parent: str = ""
    public_url: str = ""
    is_active: bool = True

    @property
    def kind(self) -> CentreKind:
        """Ministry, province or district."""
        return CentreKind.of_area(self.area_code)


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
    checks = {
        "slug": _slug_error(tree, row),
        "area_code": _area_error(tree, row, before),
        "name_th": _name_error(row.name_th) or (None if _THAI.search(row.name_th) else _NOT_THAI),
        "name_en": _name_error(row.name_en) or (_NOT_ENGLISH if _THAI.search(row.name_en) else None),
        "parent": _parent_error(tree, row),
        "public_url": _url_error(row.public_url),
        "is_active": _active_error(tree, row),
    }
    if checks["area_code"]:
        checks["parent"] = None  # it follows from the area
    return {
        name: error for name, error in checks.items() if error and (before is None or _is_changed(name, before, row))
    }


def _is_changed(name: str, before: CentreRow, after: CentreRow) -> bool:
    return any(getattr(before, other) != getattr(after, other) for other in _CHECKED_WITH[name])


def _slug_error(tree: CentreTree, row: CentreRow) -> BilingualText | None:
    alike = [other for other in tree.alike(row.slug) if other.slug != row.slug]
    if alike:
        return already_exists(alike[0].slug)
    return None if _SLUG.fullmatch(row.slug) and len(row.slug) <= MAX_SLUG_CHARS else _SLUG_FORM


def already_exists(slug: str) -> BilingualText:
    """The sentence about a slug that is in use."""
    return BilingualText(f"มีศูนย์ {slug} อยู่แล้ว", f"There is a centre {slug} already")


def _area_error(tree: CentreTree, row: CentreRow, before: CentreRow | None) -> BilingualText | None:
    code = row.area_code
    if code and (len(code) not in (2, 4) or not code.isascii() or places.place(code) is None):
        return BilingualText(
            f"{code[:20]} ไม่ใช่รหัสจังหวัดหรืออำเภอ ขอนแก่นคือ 40 และอำเภอเมืองขอนแก่นคือ 4001",
            f"{code[:20]} is not a province or district; Khon Kaen is 40, its capital district 4001",
        )
    if len(code) == 4 and code.startswith(BANGKOK_CODE):
        return _BANGKOK_DISTRICT
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


def _name_error(name: str) -> BilingualText | None:
    if not name.strip():
        return _NAME_MISSING
    # A name that begins with '=' or '+' would be a formula in the spreadsheet that opens an exported file.
    is_well_formed = name[0].isalnum() and len(name) <= MAX_NAME_CHARS and not _CONTROL.search(name)
    return None if is_well_formed else _NAME_FORM


def _url_error(url: str) -> BilingualText | None:
    if not url:
        return None
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return _BAD_URL
    return _BAD_URL if len(url) > MAX_URL_CHARS else None


def _active_error(tree: CentreTree, row: CentreRow) -> BilingualText | None:
    if row.is_active:
        return None
    if any(child.is_active for child in tree.children(row.slug)):
        return _ACTIVE_BELOW
    return None if any(other.is_active for other in tree.rows.values()) else _LAST_ACTIVE
