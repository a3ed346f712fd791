"""Creating and changing centres: every rule of the tree, its sentence in both languages, and what is recorded."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
from django.db import OperationalError, connection

from central.centres import commands
from central.centres.commands import CentreRulesError
from central.centres.models import Centre, CentreChange, Officer
from central.centres.names import country_areas, default_name, default_slug
from central.centres.rules import CentreTree, find_errors
from central.centres.values import CentreRow
from protocol.centre_kind import CentreKind

MINISTRY = CentreRow("moi", "", "ศูนย์ดำรงธรรมกระทรวงมหาดไทย", "Ministry of Interior")
KHONKAEN = CentreRow("khonkaen", "40", "ศูนย์ดำรงธรรมจังหวัดขอนแก่น", "Khon Kaen", "moi")
PHAYAO = CentreRow("phayao", "56", "ศูนย์ดำรงธรรมจังหวัดพะเยา", "Phayao", "moi")
NAM_PHONG = CentreRow("nam-phong", "4007", "ศูนย์ดำรงธรรมอำเภอน้ำพอง", "Nam Phong", "khonkaen")


@pytest.fixture
def tree(ministry: Centre, khonkaen: Centre, phayao: Centre) -> Centre:
    """Ministry, Khon Kaen, Phayao and Nam Phong; the district is returned."""
    return commands.create_centre(NAM_PHONG, by=None)


WRONG_NEW_CENTRES = {
    "slug with a space": (replace(NAM_PHONG, slug="nam phong", area_code="4006"), "slug"),
    "slug in capitals": (replace(NAM_PHONG, slug="Si-Chomphu", area_code="4006"), "slug"),
    "slug with two hyphens": (replace(NAM_PHONG, slug="si--chomphu", area_code="4006"), "slug"),
    "no slug": (replace(NAM_PHONG, slug="", area_code="4006"), "slug"),
    "long slug": (replace(NAM_PHONG, slug="a" * 51, area_code="4006"), "slug"),
    "slug in use": (replace(NAM_PHONG, area_code="4006"), "slug"),
    "slug in use in other case": (replace(NAM_PHONG, slug="NAM-phong", area_code="4006"), "slug"),
    "area in use": (replace(NAM_PHONG, slug="other"), "area_code"),
    "second ministry": (replace(MINISTRY, slug="other"), "area_code"),
    "unknown district": (replace(NAM_PHONG, slug="other", area_code="4099"), "area_code"),
    "unknown province": (replace(KHONKAEN, slug="other", area_code="99"), "area_code"),
    "a tambon": (replace(NAM_PHONG, slug="other", area_code="400107"), "area_code"),
    "Thai digits": (replace(NAM_PHONG, slug="other", area_code="๔๐๐๖"), "area_code"),
    "a district of Bangkok": (replace(NAM_PHONG, slug="other", area_code="1030"), "area_code"),
    "district of another province": (replace(NAM_PHONG, slug="other", area_code="4006", parent="phayao"), "parent"),
    "district below the ministry": (replace(NAM_PHONG, slug="other", area_code="4006", parent="moi"), "parent"),
    "district below a district": (replace(NAM_PHONG, slug="other", area_code="4006", parent="nam-phong"), "parent"),
    "district at the top": (replace(NAM_PHONG, slug="other", area_code="4006", parent=""), "parent"),
    "province below a province": (replace(KHONKAEN, slug="other", area_code="57", parent="phayao"), "parent"),
    "unknown parent": (replace(KHONKAEN, slug="other", area_code="57", parent="nowhere"), "parent"),
    "itself as parent": (replace(KHONKAEN, slug="other", area_code="57", parent="other"), "parent"),
    "no Thai name": (replace(NAM_PHONG, slug="other", area_code="4006", name_th=" "), "name_th"),
    "no English name": (replace(NAM_PHONG, slug="other", area_code="4006", name_en=""), "name_en"),
    "Thai name in English": (replace(NAM_PHONG, slug="other", area_code="4006", name_th="Si Chomphu"), "name_th"),
    "English name in Thai": (replace(NAM_PHONG, slug="other", area_code="4006", name_en="สีชมพู"), "name_en"),
    "long name": (replace(NAM_PHONG, slug="other", area_code="4006", name_en="x" * 201), "name_en"),
    "name of two lines": (replace(NAM_PHONG, slug="other", area_code="4006", name_en="a\nb"), "name_en"),
    "name with NUL": (replace(NAM_PHONG, slug="other", area_code="4006", name_en="a\x00"), "name_en"),
    "name that turns text around": (replace(NAM_PHONG, slug="other", area_code="4006", name_en="a\u202e"), "name_en"),
    "name that is a formula": (replace(NAM_PHONG, slug="other", area_code="4006", name_en="=HYPERLINK(1)"), "name_en"),
    "script as address": (replace(NAM_PHONG, slug="other", area_code="4006", public_url="javascript:x"), "public_url"),
    "no address": (replace(NAM_PHONG, slug="other", area_code="4006", public_url="track.go.th"), "public_url"),
}


@pytest.mark.parametrize(("row", "field"), WRONG_NEW_CENTRES.values(), ids=WRONG_NEW_CENTRES.keys())
def test_a_wrong_centre_is_refused_with_a_sentence_in_both_languages(tree: Centre, row: CentreRow, field: str) -> None:
    before = Centre.objects.count()
    with pytest.raises(CentreRulesError) as refused:
        commands.create_centre(row, by=None)
    assert list(refused.value.errors) == [field]
    sentence = refused.value.errors[field]
    assert any("\u0e01" <= letter <= "\u0e5b" for letter in sentence.th)
    assert not any("\u0e01" <= letter <= "\u0e5b" for letter in sentence.en.replace(row.area_code, ""))
    assert Centre.objects.count() == before


def test_the_kind_follows_from_the_area(tree: Centre, khonkaen: Centre, ministry: Centre) -> None:
    assert [centre.kind for centre in (ministry, khonkaen, tree)] == list(CentreKind)
    assert (tree.district_name("th"), tree.district_name("en"), khonkaen.district_name("th")) == (
        "น้ำพอง",
        "Nam Phong",
        "",
    )


def test_a_province_may_be_at_the_top_and_go_below_a_ministry_later(officer: Officer) -> None:
    chiang_rai = commands.create_centre(replace(PHAYAO, slug="chiangrai", area_code="57", parent=""), by=None)
    district = commands.create_centre(
        replace(NAM_PHONG, slug="mae-sai", area_code="5709", parent="chiangrai"), by=officer
    )
    commands.edit_centre(chiang_rai, replace(commands.row_of(chiang_rai), parent="moi"), by=officer)
    district.refresh_from_db()
    assert district.path == "/moi/chiangrai/mae-sai/"
    change = CentreChange.objects.filter(centre=chiang_rai).first()
    assert change is not None
    assert (change.by, change.fields) == (officer, {"parent": ["", "moi"]})


def test_renaming_keeps_the_centres_below(tree: Centre, khonkaen: Centre) -> None:
    commands.edit_centre(khonkaen, replace(KHONKAEN, slug="kkn"), by=None)
    tree.refresh_from_db()
    assert (tree.path, tree.parent) == ("/moi/kkn/nam-phong/", khonkaen)
    assert commands.read_tree().rows["nam-phong"].parent == "kkn"


def test_a_subtree_of_hundreds_moves_with_two_statements(
    ministry: Centre, khonkaen: Centre, django_assert_max_num_queries: object
) -> None:
    Centre.objects.bulk_create(
        Centre(parent=khonkaen, slug=f"d{n}", path=f"{khonkaen.path}d{n}/", name_th="ก", name_en="d")
        for n in range(800)
    )
    khonkaen.slug = "kkn"
    # One query reads where the centre was, for the counts of the centres above.
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        khonkaen.save()
    assert Centre.objects.filter(path__startswith="/moi/kkn/").count() == 801


def test_a_centre_cannot_be_moved_below_its_own_child(tree: Centre, khonkaen: Centre, ministry: Centre) -> None:
    for centre, parent in (
        (khonkaen, "nam-phong"),
        (khonkaen, "khonkaen"),
        (ministry, "khonkaen"),
        (tree, "nam-phong"),
    ):
        row = commands.row_of(centre)
        with pytest.raises(CentreRulesError) as refused:
            commands.edit_centre(centre, replace(row, parent=parent), by=None)
        assert "below itself" in refused.value.errors["parent"].en
    assert sorted(Centre.objects.values_list("path", flat=True)) == [
        "/moi/",
        "/moi/khonkaen/",
        "/moi/khonkaen/nam-phong/",
        "/moi/phayao/",
    ]


def test_an_area_cannot_leave_the_centres_below_outside(tree: Centre, khonkaen: Centre) -> None:
    with pytest.raises(CentreRulesError) as refused:
        commands.edit_centre(khonkaen, replace(KHONKAEN, area_code="57"), by=None)
    assert "nam-phong" in refused.value.errors["area_code"].en


def test_deactivation_goes_from_below_and_activation_from_above(tree: Centre, khonkaen: Centre) -> None:
    with pytest.raises(CentreRulesError) as refused:
        commands.edit_centre(khonkaen, replace(KHONKAEN, is_active=False), by=None)
    assert list(refused.value.errors) == ["is_active"]
    commands.edit_centre(tree, replace(NAM_PHONG, is_active=False), by=None)
    khonkaen = commands.edit_centre(khonkaen, replace(KHONKAEN, is_active=False), by=None)
    assert not khonkaen.is_active
    with pytest.raises(CentreRulesError) as refused:
        commands.edit_centre(tree, NAM_PHONG, by=None)
    assert list(refused.value.errors) == ["parent"]


def test_the_last_active_centre_stays_active(ministry: Centre) -> None:
    with pytest.raises(CentreRulesError):
        commands.edit_centre(ministry, replace(commands.row_of(ministry), is_active=False), by=None)


def test_what_an_older_version_stored_may_stay_while_other_fields_change(ministry: Centre) -> None:
    odd = Centre.objects.create(parent=ministry, slug="Region_1", name_th="ภาค", name_en="Region")
    changed = commands.edit_centre(odd, replace(commands.row_of(odd), name_en="The region"), by=None)
    assert changed.name_en == "The region"


def test_a_page_that_shows_old_values_changes_nothing(tree: Centre) -> None:
    seen = commands.fingerprint(NAM_PHONG)
    commands.edit_centre(tree, replace(NAM_PHONG, name_en="Nam Phong, first"), by=None, seen=seen)
    with pytest.raises(CentreRulesError) as refused:
        commands.edit_centre(tree, replace(NAM_PHONG, name_en="Nam Phong, second"), by=None, seen=seen)
    assert list(refused.value.errors) == [""]
    tree.refresh_from_db()
    assert tree.name_en == "Nam Phong, first"


def test_an_unchanged_centre_leaves_no_record(tree: Centre) -> None:
    count = CentreChange.objects.count()
    commands.edit_centre(tree, NAM_PHONG, by=None)
    assert CentreChange.objects.count() == count


OUTSIDE = {
    "another province": ("phayao", {"name_en": "Other"}),
    "its own slug": ("khonkaen", {"slug": "kkn"}),
    "its own activity": ("khonkaen", {"is_active": False}),
    "its own place": ("khonkaen", {"parent": ""}),
    "the ministry": ("moi", {"name_en": "Other"}),
}


@pytest.mark.parametrize(("slug", "changes"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_an_administrator_changes_no_centre_that_is_not_managed(
    tree: Centre, slug: str, changes: dict[str, object]
) -> None:
    centre = Centre.objects.get(slug=slug)
    row = replace(commands.row_of(centre), **changes)  # type: ignore[arg-type]
    with pytest.raises(CentreRulesError) as refused:
        commands.edit_centre(centre, row, by=None, managed=frozenset({"khonkaen", "nam-phong"}))
    assert refused.value.errors[""] == commands.OUTSIDE


def test_an_administrator_changes_names_of_the_own_centre_and_all_of_those_below(
    tree: Centre, khonkaen: Centre
) -> None:
    managed = frozenset({"khonkaen", "nam-phong"})
    commands.edit_centre(khonkaen, replace(KHONKAEN, name_en="Khon Kaen centre"), by=None, managed=managed)
    commands.edit_centre(tree, replace(NAM_PHONG, slug="namphong", is_active=False), by=None, managed=managed)
    with pytest.raises(CentreRulesError):
        commands.create_centre(replace(PHAYAO, slug="nan", area_code="55"), by=None, managed=managed)
    commands.create_centre(replace(NAM_PHONG, slug="phon", area_code="4012"), by=None, managed=managed)


def is_sound(tree: CentreTree) -> bool:
    """Whether every parent contains its children, no area occurs twice and no centre is above itself."""
    areas = [row.area_code for row in tree.rows.values()]
    for row in tree.rows.values():
        path = [row, *tree.ancestors(row.slug)]
        if path[-1].parent:
            return False  # the walk up has met a cycle
        if any(not below.area_code.startswith(above.area_code) for below, above in pairwise(path)):
            return False
    return len(areas) == len(set(areas))


@pytest.mark.parametrize("seed", range(3))
def test_random_changes_keep_the_tree_sound(tree: Centre, seed: int) -> None:
    rng = random.Random(seed)
    areas, slugs = ["", "40", "56", "4007", "4006", "5601", "99", "1030"], ["moi", "khonkaen", "phayao", "a", "b", "c"]
    accepted = 0
    for _ in range(150):
        stored = list(Centre.objects.all())
        row = CentreRow(
            rng.choice(slugs), rng.choice(areas), "ศูนย์", "Centre", rng.choice(["", *slugs]), "", rng.random() < 0.8
        )
        try:
            if rng.random() < 0.4:
                commands.create_centre(row, by=None)
            else:
                centre = rng.choice(stored)
                field = rng.choice(["slug", "area_code", "parent", "is_active"])
                commands.edit_centre(centre, replace(commands.row_of(centre), **{field: getattr(row, field)}), by=None)
            accepted += 1
        except CentreRulesError:
            continue
        assert is_sound(commands.read_tree())
        for centre in Centre.objects.select_related("parent"):
            assert centre.path == f"{centre.parent.path if centre.parent else '/'}{centre.slug}/"
    assert accepted > 5


def test_names_and_slugs_of_the_whole_country_are_valid_and_unique() -> None:
    areas = ["", *country_areas()]
    slugs = [default_slug(area) for area in areas]
    assert len(set(slugs)) == len(areas)
    assert [default_slug(area) for area in ("40", "4007", "5002", "1404")] == [
        "khonkaen",
        "nam-phong",
        "chom-thong-chiangmai",
        "bang-sai-1404",
    ]
    provinces = {area: default_slug(area) for area in areas if len(area) == 2}
    rows = [
        CentreRow(slug, area, default_name(area).th, default_name(area).en, provinces.get(area[:2], "moi"))
        if len(area) == 4
        else CentreRow(slug, area, default_name(area).th, default_name(area).en, "moi" if area else "")
        for slug, area in zip(slugs, areas, strict=True)
    ]
    country = CentreTree({row.slug: row for row in rows})
    assert [find_errors(country, row, None) for row in rows if find_errors(country, row, None)] == []


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_leave_a_sound_tree(ministry: Centre, khonkaen: Centre) -> None:
    """One closes the province while the other adds a district below it: one of them is refused."""

    def attempt(change: Callable[[], object]) -> bool:
        try:
            change()
        except (CentreRulesError, OperationalError):  # SQLite in memory refuses instead of waiting
            return False
        finally:
            connection.close()
        return True

    changes: list[Callable[[], object]] = [
        lambda: commands.create_centre(NAM_PHONG, by=None),
        lambda: commands.create_centre(replace(NAM_PHONG, slug="np"), by=None),
        lambda: commands.edit_centre(khonkaen, replace(KHONKAEN, name_en=khonkaen.name_en, is_active=False), by=None),
    ]
    for _ in range(5):
        with ThreadPoolExecutor(3) as people:
            assert any(people.map(attempt, changes))
        tree = commands.read_tree()
        assert is_sound(tree)
        for row in tree.rows.values():
            assert not row.is_active or not row.parent or tree.rows[row.parent].is_active
        Centre.objects.filter(area_code="4007").delete()
        Centre.objects.update(is_active=True)
