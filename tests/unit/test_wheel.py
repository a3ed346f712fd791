"""The wheel is the product: it builds without network, is complete, and runs without a checkout."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "kiosk_app",
    "drivers",
    "screens",
    "journey",
    "ocr",
    "protocol",
    "thai",
    "machine",
    "assets",
    "simulators",
    "central",
)
TRAINING = ROOT / "ocr" / "training"  # makes the model that the wheel contains
LEFT_BEHIND = {".pyc", ".po", ".mo"}  # each .mo is compiled from its .po


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run the command. Returns its stdout; fails the test with its output when the exit status is not 0."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DAMRONGDHAM"))}
    result = subprocess.run(
        command, cwd=cwd, env=inherited | environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, f"{command}:\n{result.stdout}\n{result.stderr}"
    return result.stdout


def build(target: Path, **environment: str) -> Path:
    """The wheel, built without network from a copy of the checkout, because building leaves files behind."""
    copy = target / "source"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    for name in ("setup.py", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(
        *pip,
        "wheel",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        target,
        copy,
        cwd=target,
        **environment,
    )
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_contains_every_file_of_the_packages(wheel: Path) -> None:
    files = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in LEFT_BEHIND and TRAINING not in path.parents
    }
    catalogues = {str(path.relative_to(ROOT).with_suffix(".mo")) for path in ROOT.glob("journey/**/*.po")}
    assert any(name.endswith(".kv") for name in files)
    assert any(name.endswith(".ttf") for name in files)
    assert catalogues
    assert files | catalogues <= names(wheel)
    assert not [name for name in names(wheel) if name.startswith("ocr/training")]


def test_no_catalogue_names_the_time_of_the_build(wheel: Path) -> None:
    """Two builds of the same sources are equal byte for byte."""
    archive = zipfile.ZipFile(wheel)
    for name in names(wheel):
        if name.endswith(".mo"):
            dates = re.findall(rb"(?:Creation|Revision)-Date: (\S+)", archive.read(name))
            assert dates == [b"1970-01-01", b"1970-01-01"], name


@pytest.mark.parametrize(
    ("part", "left_out"),
    [
        ("kiosk", ("simulators/", "central/")),
        ("central", ("simulators/", "kiosk_app/", "screens/", "journey/", "drivers/")),
    ],
)
def test_the_wheel_of_a_package_has_its_part_only(tmp_path: Path, part: str, left_out: tuple[str, ...]) -> None:
    built = build(tmp_path, DAMRONGDHAM_PART=part, DAMRONGDHAM_VERSION="0.1.0+20261130021500")
    assert "0.1.0+20261130021500" in built.name
    assert not [name for name in names(built) if name.startswith(left_out)]
    entry_points = zipfile.ZipFile(built).read(next(name for name in names(built) if name.endswith("entry_points.txt")))
    assert entry_points.decode().split("\n")[1].startswith(f"{part} = ")


def test_the_wheel_runs_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """The wheel is installed beside this environment's dependencies and runs outside the checkout."""
    home = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=tmp_path)
    python = home / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", python)
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=tmp_path)
    # A path file adds the dependencies' directory; path files inside that directory, as the checkout's, are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    kiosk = home / "bin" / "kiosk"
    where = run(python, "-c", "import kiosk_app, assets; print(kiosk_app.__file__, *assets.__path__)", cwd=tmp_path)
    assert str(ROOT) not in where

    code = run(kiosk, "code", "new", cwd=tmp_path).strip()
    run(kiosk, "code", "check", code, cwd=tmp_path)

    paper = tmp_path / "paper.png"
    run(kiosk, "receipt", "--sample", "--png", paper, cwd=tmp_path)
    assert paper.read_bytes().startswith(b"\x89PNG")

    speak = "from journey.language import translate; from journey.faults import FAULTS; "
    sentences = run(
        python, "-c", speak + "print(*(translate(row.title, 'th') for row in FAULTS.values()))", cwd=tmp_path
    )
    assert any("\u0e01" <= letter <= "\u0e5b" for letter in sentences)
