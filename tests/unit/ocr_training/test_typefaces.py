"""The table of typefaces: parts of the split have no family and no font file in common."""

from itertools import combinations
from typing import get_args

import pytest

from ocr.training.typefaces import TYPEFACES, Split, typefaces_of

SPLITS: tuple[Split, ...] = get_args(Split)


def test_a_family_belongs_to_one_part() -> None:
    families = [typeface.family for typeface in TYPEFACES]
    assert len(families) == len(set(families))


@pytest.mark.parametrize(("one", "other"), list(combinations(SPLITS, 2)))
def test_parts_share_no_font_file(one: Split, other: Split) -> None:
    files = [{(face.package.name, path) for face in typefaces_of(part) for path in face.faces} for part in (one, other)]
    assert files[0] and files[1]
    assert not files[0] & files[1]


def test_twenty_families_train_and_every_design_is_held_out() -> None:
    assert len(typefaces_of("training")) >= 20
    assert {typeface.design for typeface in typefaces_of("held_out")} >= {"looped sans", "looped serif", "loopless"}


def test_every_package_is_pinned_and_licensed() -> None:
    for package in {typeface.package for typeface in TYPEFACES}:
        assert len(package.sha256) == 64
        assert package.version
        assert package.licence
