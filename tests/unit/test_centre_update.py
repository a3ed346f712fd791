"""The centre's package puts its release into service: confirmed when it is ready, and taken back when it is not.

systemctl is a script; the service is ready while a file exists."""

import os
from pathlib import Path

import pytest

from provision.central import update
from provision.releases import Releases

BROKEN = "broken"


class Centre:
    """Releases, and what a start of the one in use does."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.releases, self._programs = Releases(directory / "opt"), directory / "programs"
        self._environment, ready = directory / "central.env", directory / "ready"
        self._programs.mkdir()
        start = f"case $(readlink {self.releases.prefix}/venv) in *{BROKEN}) rm -f {ready};; *) touch {ready};; esac"
        self._script("systemctl", f'case "$*" in restart*) {start};; esac')
        self.let_migration_end_with(0)
        monkeypatch.setenv("PATH", f"{self._programs}:{os.environ['PATH']}")
        monkeypatch.setattr(update, "ENVIRONMENT", self._environment)
        monkeypatch.setattr(update, "BOOTED", directory)
        monkeypatch.setattr(update, "COMMAND", str(self._programs / "central"))
        monkeypatch.setattr(update, "READY_URL", ready.as_uri())
        monkeypatch.setattr(update, "READY_TIMEOUT_S", 0.1)

    def _script(self, name: str, body: str) -> None:
        (self._programs / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (self._programs / name).chmod(0o755)

    def let_migration_end_with(self, status: int) -> None:
        self._script("central", f"exit {status}")

    def set_up(self) -> None:
        self._environment.touch()

    def unpack(self, name: str) -> None:
        package = self.releases.prefix / "package"
        package.mkdir(parents=True, exist_ok=True)
        (package / "name").unlink(missing_ok=True)  # dpkg makes a new file
        (package / "name").write_text(f"{name}\n", encoding="utf-8")

    def install(self, name: str) -> int:
        self.unpack(name)
        return update.main(self.releases.prefix)

    def links(self) -> tuple[str, str]:
        """The releases in use and confirmed."""
        return self.releases.linked_release("venv"), self.releases.linked_release("good")


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    return Centre(tmp_path, monkeypatch)


def test_a_release_that_is_ready_is_confirmed(centre: Centre) -> None:
    centre.set_up()
    assert centre.install("a") == 0
    assert centre.links() == ("a", "a")
    assert centre.install("b") == 0
    assert centre.links() == ("b", "b")


def test_updates_before_the_set_up_do_not_confirm_a_release_that_never_served(centre: Centre) -> None:
    assert centre.install("a") == centre.install("b") == 0
    centre.set_up()
    assert centre.install(BROKEN) == 1
    assert centre.links() == ("b", "b"), "the release to return to was not deleted"


@pytest.mark.parametrize(("name", "status", "links"), [("b", 0, ("b", "b")), (BROKEN, 1, ("a", "a"))])
def test_an_update_that_was_interrupted_is_judged_again(
    centre: Centre, name: str, status: int, links: tuple[str, str]
) -> None:
    centre.set_up()
    centre.install("a")
    centre.unpack(name)
    centre.releases.add_packaged_release()
    centre.releases.activate(name)  # the power went off here
    assert centre.links() == (name, "a")
    assert centre.install(name) == status
    assert centre.links() == links
    assert centre.install(BROKEN) == 1
    assert centre.links() == (links[0], links[0])


def test_without_a_release_before_it_the_new_one_stays(centre: Centre, capfd: pytest.CaptureFixture[str]) -> None:
    centre.set_up()
    centre.let_migration_end_with(1)
    assert centre.install(BROKEN) == 1
    assert "cannot migrate the database; no release is in use." in capfd.readouterr().err
    centre.let_migration_end_with(0)
    assert centre.install(BROKEN) == 1
    assert "there is none before it" in capfd.readouterr().err
    assert centre.links()[0] == BROKEN, "the link names a release, not the directory of all"
    assert centre.install("a") == 0
    assert centre.links() == ("a", "a")
