"""The only writers of centres: create one, change one, apply the rows of a file. Each records who changed what."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from central.centres.models import Centre, CentreChange, Officer
from central.centres.rules import CentreTree, already_exists, find_errors
from central.centres.values import CentreRow
from protocol.bilingual_text import BilingualText

_CHANGED_MEANWHILE = BilingualText(
    "มีผู้แก้ไขศูนย์นี้ไปแล้ว โปรดตรวจดูอีกครั้ง", "Someone else has changed this centre. Please check it again"
)
OUTSIDE = BilingualText(
    "ท่านไม่มีสิทธิ์สร้าง ย้าย หรือเปลี่ยนศูนย์นี้ โปรดติดต่อผู้ดูแลของศูนย์ที่อยู่เหนือขึ้นไป",
    "You may not create, move or change this centre here. Please ask an administrator of the centre above",
)
_OWN_FIELDS = frozenset({"name_th", "name_en", "public_url"})  # the others are decided by the centre above


class CentreRulesError(Exception):
    """A centre that the rules do not allow. `errors` has a sentence for each wrong field; '' is the whole centre."""

    def __init__(self, errors: Mapping[str, BilingualText]) -> None:
        super().__init__("; ".join(sentence.en for sentence in errors.values()))
        self.errors = errors


def create_centre(row: CentreRow, by: Officer | None, *, managed: frozenset[str] | None = None) -> Centre:
    """Create a centre. `managed`: the slugs of the centres whose administrator asks; None for the command line.
    Raises CentreRulesError."""
    return _change(None, row, by, managed, seen="")


def edit_centre(
    centre: Centre, row: CentreRow, by: Officer | None, *, managed: frozenset[str] | None = None, seen: str = ""
) -> Centre:
    """Change a centre to these values; a new slug renames it. `seen` is the `fingerprint` of the values that the
    officer's page showed. Raises CentreRulesError."""
    return _change(centre, row, by, managed, seen)


def _change(
    centre: Centre | None, row: CentreRow, by: Officer | None, managed: frozenset[str] | None, seen: str
) -> Centre:
    try:
        with transaction.atomic():
            tree = read_tree(lock=True)
            before = tree.rows[Centre.objects.get(pk=centre.pk).slug] if centre else None
            if before and seen and seen != fingerprint(before):
                raise CentreRulesError({"": _CHANGED_MEANWHILE})
            if row.slug in tree.rows and (before is None or before.slug != row.slug):
                raise CentreRulesError({"slug": already_exists(row.slug)})
            after = tree.changed(before, row)
            errors = find_errors(after, row, before)
            if is_outside(before, row, managed):
                errors[""] = OUTSIDE
            if errors:
                raise CentreRulesError(errors)
            write_row(before, row, by)
            return Centre.objects.get(slug=row.slug)
    except IntegrityError:
        raise CentreRulesError({"": _CHANGED_MEANWHILE}) from None


def read_tree(*, lock: bool = False) -> CentreTree:
    """All centres. `lock` makes other changes of centres wait for the end of the transaction; new cases and kiosks,
    which refer to a centre, do not wait."""
    if lock:
        # A statement of its own: what the one before us has committed is visible only to statements after the wait.
        # In one order, so that two of them never wait for each other.
        list(Centre.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return CentreTree({row.slug: row for row in map(row_of, Centre.objects.select_related("parent"))})


def row_of(centre: Centre) -> CentreRow:
    """The values of a stored centre."""
    return CentreRow(
        slug=centre.slug,
        area_code=centre.area_code,
        name_th=centre.name_th,
        name_en=centre.name_en,
        parent=centre.parent.slug if centre.parent else "",
        public_url=centre.public_url,
        is_active=centre.is_active,
    )


def fingerprint(row: CentreRow) -> str:
    """A short text that changes with every value of the centre. Two pages that show the same values have the same."""
    return hashlib.sha256(json.dumps(asdict(row), sort_keys=True).encode()).hexdigest()[:16]


def is_outside(before: CentreRow | None, after: CentreRow, managed: frozenset[str] | None) -> bool:
    """Whether this change exceeds what an administrator of the `managed` centres may do.

    Names and web address belong to the centre itself. Slug, area, place in the tree and activity are decided at the
    centre above, before and after a move, so that nobody closes, moves or replaces the centre that they answer to."""
    if managed is None:
        return False
    if before is None:
        return after.parent not in managed
    if before.slug not in managed:
        return True
    changed = set(changed_fields(before, after))
    return bool(changed - _OWN_FIELDS) and not {before.parent, after.parent} <= managed


def changed_fields(before: CentreRow | None, after: CentreRow) -> dict[str, list[object]]:
    """The fields that differ, each with its value before (left out for a new centre) and after."""
    if before is None:
        return {name: [value] for name, value in asdict(after).items()}
    return {
        name: [getattr(before, name), value] for name, value in asdict(after).items() if getattr(before, name) != value
    }


def write_row(before: CentreRow | None, after: CentreRow, by: Officer | None) -> None:
    """Store one checked row, within the transaction that checked it."""
    changes = changed_fields(before, after)
    if not changes:
        return
    centre = Centre.objects.get(slug=before.slug) if before else Centre()
    for name, value in asdict(replace(after, parent="")).items():
        if name != "parent":
            setattr(centre, name, value)
    centre.parent = Centre.objects.get(slug=after.parent) if after.parent else None
    centre.save()
    CentreChange.objects.create(centre=centre, at=timezone.now(), by=by, fields=changes)


def create_rows(rows: Iterable[CentreRow], by: Officer | None) -> None:
    """Store checked rows of new centres, each after the one above it, with one statement per level of the tree."""
    waiting = {row.slug: row for row in rows}
    now = timezone.now()
    while waiting:
        level = [row for row in waiting.values() if row.parent not in waiting]
        parents = Centre.objects.in_bulk({row.parent for row in level}, field_name="slug")
        centres = [_new_centre(row, parents.get(row.parent)) for row in level]
        Centre.objects.bulk_create(centres)
        CentreChange.objects.bulk_create(
            CentreChange(centre=centre, at=now, by=by, fields=changed_fields(None, row))
            for centre, row in zip(centres, level, strict=True)
        )
        for row in level:
            del waiting[row.slug]


def _new_centre(row: CentreRow, parent: Centre | None) -> Centre:
    values = asdict(row) | {"parent": parent}
    return Centre(**values, path=f"{parent.path if parent else '/'}{row.slug}/")
