"""How a Debian is made in a directory; `./run packages`, `./run image` and `./run appliance` make real ones."""

from pathlib import Path

import pytest

from provision.packaging import debian_root
from provision.packaging.architecture import ARCHITECTURES
from provision.packaging.debian_root import BuildError, make_debian, trust_sites


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in of the first program, which writes down its environment and arguments."""
    file = tmp_path / "unshare"
    file.write_text(f'#!/bin/sh\necho "$SOURCE_DATE_EPOCH" "$@" >{tmp_path}/command\n', encoding="utf-8")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return file


@pytest.mark.usefixtures("program")
def test_a_root_is_made_in_a_mount_namespace_of_its_own(tmp_path: Path) -> None:
    sources = ["deb http://mirror.example/debian trixie main"]
    make_debian(tmp_path / "root", "trixie", ARCHITECTURES["arm64"], ("nano", "kbd"), sources=sources, epoch=17)
    assert (tmp_path / "command").read_text("utf-8").split(maxsplit=7) == [
        "17",
        "--mount",
        "mmdebstrap",
        "--variant=minbase",
        "--architectures=arm64",
        "--include=nano,kbd",
        "trixie",
        f"{tmp_path}/root {sources[0]}\n",
    ]


def test_a_failure_shows_the_end_of_the_output(program: Path, tmp_path: Path) -> None:
    program.write_text("#!/bin/sh\necho E: no package nanoo >&2\nexit 1\n", encoding="utf-8")
    with pytest.raises(BuildError, match="E: no package nanoo"):
        make_debian(tmp_path / "root", "trixie", ARCHITECTURES["arm64"], ("nanoo",), sources=[])


def test_authorities_of_a_site_are_trusted_where_there_are_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian_root, "_AUTHORITIES", tmp_path / "missing")
    assert trust_sites() == []
    monkeypatch.setattr(debian_root, "_AUTHORITIES", tmp_path)
    assert any("update-ca-certificates" in option for option in trust_sites())
