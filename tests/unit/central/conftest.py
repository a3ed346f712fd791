"""Fixtures for tests of the central service. Django is set up once, with a temporary data directory."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django
import pytest

# Django reads its settings once for the whole test run. Meanwhile they get a separate directory, and the
# environment is then restored: other tests start services that must not inherit it.
_data_directory = tempfile.TemporaryDirectory(prefix="central-tests-")
_previous_data_dir = os.environ.get("CENTRAL_DATA")
os.environ["CENTRAL_DATA"] = _data_directory.name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "central.settings")
django.setup()
del os.environ["DJANGO_SETTINGS_MODULE"]
os.environ.pop("CENTRAL_DATA") if _previous_data_dir is None else os.environ.update(CENTRAL_DATA=_previous_data_dir)

from django.apps import apps  # noqa: E402
from django.core import management  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, TransactionTestCase  # noqa: E402

from central.cases.commands import Actor  # noqa: E402
from central.cases.triggers import install_triggers, remove_triggers  # noqa: E402
from central.centres.models import Centre, Membership, Officer  # noqa: E402
from central.keyring import Keyring, keyring  # noqa: E402
from central.people.roles import Role  # noqa: E402
from tests.migrated_directory import restore_database  # noqa: E402
from tests.unit.central.chromium import browser, running_chromium  # noqa: E402
from tests.unit.central.factories import actor_with  # noqa: E402
from tests.unit.central.kiosk_client import KioskClient  # noqa: E402
from tests.unit.central.served_installation import PASSWORD  # noqa: E402

__all__ = ["browser", "running_chromium"]  # fixtures


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None) -> Iterator[None]:
    """The test database. On SQLite it becomes a copy of a migrated one instead of being migrated."""
    call_command = management.call_command

    def call_or_copy(command: str, **options: object) -> None:
        if command == "migrate" and connection.vendor == "sqlite":
            copy_migrated_database()
        else:
            call_command(command, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(management, "call_command", call_or_copy)
        request.getfixturevalue("django_db_setup")  # pytest-django's own
    yield


def copy_migrated_database() -> None:
    connection.ensure_connection()
    restore_database(connection.connection)


@pytest.fixture(autouse=True, scope="session")
def emptied_database() -> Iterator[None]:
    """Tests with real transactions leave the database as it was after its migrations.

    Django empties every table, which the triggers of the history refuse, and creates content types and permissions
    again; that takes half a second. On SQLite a copy of the migrated database takes milliseconds. Rows that a migration
    adds are added again."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty(test: TransactionTestCase) -> None:
        if connection.vendor == "sqlite":
            copy_migrated_database()
            return
        remove_triggers(connection)
        flush(test)
        import_module("central.classification.migrations.0002_starting_terms").add_terms(apps, None)
        install_triggers(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session")
def new_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of a new installation. Creating them syncs fourteen files and directories to the disk."""
    directory = tmp_path_factory.mktemp("installation") / "keys"
    Keyring(directory).create_missing()
    return directory


@pytest.fixture(autouse=True)
def installation(db: None, settings: object, tmp_path: Path, new_keys: Path) -> Iterator[None]:
    """Keys, pictures and throttles of one test; passwords use a fast hash."""
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.REQUIRE_SECOND_FACTOR = False  # type: ignore[attr-defined]  # test_second_factor.py requires it
    shutil.copytree(new_keys, keyring().directory)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ministry() -> Centre:
    return Centre.objects.create(slug="moi", name_th="ศูนย์ดำรงธรรมกระทรวงมหาดไทย", name_en="Ministry of Interior")


@pytest.fixture
def khonkaen(ministry: Centre) -> Centre:
    return Centre.objects.create(
        parent=ministry,
        slug="khonkaen",
        area_code="40",
        name_th="ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
        name_en="Damrongdham Centre, Khon Kaen",
    )


@pytest.fixture
def phayao(ministry: Centre) -> Centre:
    return Centre.objects.create(
        parent=ministry, slug="phayao", area_code="56", name_th="ศูนย์ดำรงธรรมจังหวัดพะเยา", name_en="Phayao"
    )


def create_officer(centre: Centre, name: str, *, people: bool = True, fleet: bool = True) -> Officer:
    officer = Officer.objects.create_user(username=name, password=PASSWORD)
    Membership.objects.create(officer=officer, centre=centre, may_read_people=people, may_run_fleet=fleet)
    return officer


@pytest.fixture
def officer(khonkaen: Centre) -> Officer:
    return create_officer(khonkaen, "somsri")


def client_of(officer: Officer) -> Client:
    """The browser of this officer, logged in through the form."""
    client = Client()
    assert client.post("/desk/login", {"username": officer.username, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def desk_client(officer: Officer) -> Client:
    """The browser of an officer of Khon Kaen."""
    return client_of(officer)


@pytest.fixture
def intake(khonkaen: Centre) -> Actor:
    return actor_with(khonkaen, Role.INTAKE)


@pytest.fixture
def owner(khonkaen: Centre) -> Actor:
    """The case officer of Khon Kaen."""
    return actor_with(khonkaen, Role.CASE_OFFICER)


@pytest.fixture
def director(khonkaen: Centre) -> Actor:
    return actor_with(khonkaen, Role.DIRECTOR)


@pytest.fixture
def kiosk(khonkaen: Centre, officer: Officer) -> KioskClient:
    """An enrolled kiosk, KKN07, series A."""
    client = KioskClient("KKN07")
    client.enrol()
    client.approved_by(officer, khonkaen)
    return client
