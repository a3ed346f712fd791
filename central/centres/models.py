"""The tree of centres, and who works where."""

from functools import cache
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Concat, Left, Substr
from django.db.models.lookups import Exact

from protocol.centre_kind import CentreKind
from thai import places


class Officer(AbstractUser):
    """An account of a person who works at a centre. Permissions are in `Membership` only."""

    @property
    def display_name(self) -> str:
        """The name as colleagues know it; the user name of an account without one."""
        return self.get_full_name() or self.username


def subtree_filter(path: str) -> models.Q:
    """The centres whose path begins with `path`, case-sensitively. Not `startswith`: SQLite ignores case there, so that
    officers of «/moi/KhonKaen/» would have access to «/moi/khonkaen/»."""
    return models.Q(Exact(Left("path", len(path)), path))


class Centre(models.Model):
    """One centre: the ministry (no area code), a province (2 digits) or a district (4 digits).

    `path` holds the slugs from the root down, '/moi/khonkaen/', so that a subtree is one prefix. An inactive centre
    gets no new cases and no new kiosks; its cases stay with it. Centres are created and changed by `centres.commands`,
    which checks the rules of the tree."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    slug = models.SlugField(unique=True)
    path = models.CharField(max_length=255, unique=True, editable=False)
    area_code = models.CharField(max_length=4, blank=True, validators=[RegexValidator(r"^(\d{2}(\d{2})?)?$")])
    name_th = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    public_url = models.URLField(blank=True)  # '' means the installation's own address
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["area_code"], condition=~models.Q(area_code=""), name="one_centre_per_area")
        ]

    def __str__(self) -> str:
        return self.name_th

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Update `path`, and the paths of all centres below when this one moves."""
        before = self.path
        self.path = f"{self.parent.path if self.parent else '/'}{self.slug}/"
        with transaction.atomic():
            super().save(*args, **kwargs)
            if before and before != self.path:
                below = Centre.objects.filter(subtree_filter(before)).exclude(pk=self.pk)
                below.update(path=Concat(models.Value(self.path), Substr("path", len(before) + 1)))

    @property
    def kind(self) -> CentreKind:
        """Ministry, province or district: by the length of the area's code."""
        return CentreKind.of_area(self.area_code)

    def subtree(self) -> "models.QuerySet[Centre]":
        """This centre and every one below it."""
        return Centre.objects.filter(subtree_filter(self.path))

    def name_in(self, language: str) -> str:
        """The name in 'th' or 'en'."""
        return self.name_en if language == "en" else self.name_th

    def province_name(self, language: str) -> str:
        """The name of its province without «จังหวัด» («ขอนแก่น»), '' for the ministry."""
        return _bare_name(self.area_code[:2], language)

    def district_name(self, language: str) -> str:
        """The name of its district without «อำเภอ» («น้ำพอง»), '' for a province and for the ministry."""
        return _bare_name(self.area_code, language) if self.kind is CentreKind.DISTRICT else ""


@cache  # a few hundred centres; the tracking page needs each name up to eight times
def _bare_name(area_code: str, language: str) -> str:
    place = places.place(area_code)
    if place is None:
        return ""
    return place.en if language == "en" else place.th


class CentreChange(models.Model):
    """A change of a centre: who, when, and each changed field with its values before and after. Rows are only added."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: the command line
    fields = models.JSONField()  # {"name_th": ["before", "after"]}; no value before for a new centre

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.centre} at {self.at:%Y-%m-%d %H:%M}"


class Membership(models.Model):
    """One role of an officer (`central.people.roles`): at a centre and every centre below it, at an agency, or for a
    team's tambons. `centre` of an agency's role is the centre whose register has the agency.

    The two columns withhold personal data and kiosks from a role that allows them."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="memberships")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="memberships")
    # No choices, so that a new role needs no migration. The default is for rows of a worker older than this column.
    role = models.CharField(max_length=20, default="case_officer", db_default="case_officer")
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, null=True, blank=True, related_name="memberships")
    tambons = models.TextField(blank=True, default="", db_default="")  # area codes of a team's tambons, by commas
    may_read_people = models.BooleanField(default=False)
    may_run_fleet = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "centre", "role"], condition=models.Q(agency=None), name="one_membership_per_role"
            ),
            models.UniqueConstraint(fields=["officer", "agency", "role"], name="one_agency_membership_per_role"),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.role} @ {self.centre}"
