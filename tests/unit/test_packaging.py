"""What a Debian package and its repository are made of; `./run appliance` installs them."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from provision.packaging import package_tree, repository
from provision.packaging.bill_of_materials import copy_licences, lock_hashes, write_bill
from provision.packaging.build_package import PACKAGES, PackageDefinition
from provision.packaging.source_tree import copy_tracked_files, source_epoch, source_version
from provision.packaging.virtual_environment import compile_modules

ROOT = Path(__file__).parents[2]
COMMIT_TIME = 1_700_000_000


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small repository with one commit, and rubbish beside it."""
    directory = tmp_path / "checkout"
    directory.mkdir()
    (directory / "module.py").write_text("1\n", encoding="utf-8")
    environment = {
        "GIT_COMMITTER_DATE": f"{COMMIT_TIME} +0000",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.go.th",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.go.th",
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    for command in ("init -q", "add module.py", "commit -q -m one"):
        subprocess.run(["git", *command.split()], cwd=directory, env=environment, check=True)
    (directory / "build").mkdir()
    (directory / "build" / "module.py").write_text("stale\n", encoding="utf-8")
    return directory


def test_only_tracked_files_are_built(checkout: Path, tmp_path: Path) -> None:
    copy_tracked_files(tmp_path / "copy", checkout)
    assert [path.name for path in (tmp_path / "copy").rglob("*")] == ["module.py"]


def test_the_time_of_a_build_is_that_of_its_sources(checkout: Path) -> None:
    assert source_epoch(checkout) == COMMIT_TIME
    (checkout / "module.py").write_text("2\n", encoding="utf-8")
    assert source_epoch(checkout) == int((checkout / "module.py").stat().st_mtime), "a change that is not committed"


def test_a_later_commit_is_an_update() -> None:
    setup_py = (ROOT / "setup.py").read_text("utf-8")
    versions = [source_version(epoch, setup_py) + "+deb12" for epoch in (COMMIT_TIME, COMMIT_TIME + 1)]
    for earlier, later in (versions, (versions[0], versions[0].replace("deb12", "deb13"))):
        assert subprocess.run(["dpkg", "--compare-versions", earlier, "lt", later], check=False).returncode == 0
    with pytest.raises(ValueError, match="no line VERSION"):
        source_version(COMMIT_TIME, "")


def test_a_file_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place for such a file"):
        package_tree.place_of("damrongdham-kiosk.unknown")


def test_a_package_depends_on_what_its_sections_list() -> None:
    listing = (ROOT / "provision/packages.txt").read_text("utf-8")
    required = package_tree.required_packages(listing, *PACKAGES["damrongdham-kiosk"].sections)
    assert {"python3", "cage", "pcscd", "tesseract-ocr-tha"} <= set(required)
    assert not {"build-essential", "python3-venv", "xvfb", "mmdebstrap"} & set(required), "only to build and to test"


@pytest.mark.parametrize(
    ("command", "package", "page"),
    [
        ("lsusb", "usbutils", "docs/handbook/card-reader.md"),
        ("chvt 1", "kbd", "protocol/staff_codes.py"),
        ("nano ", "nano", "docs/appliance.md"),
    ],
)
def test_a_kiosk_has_the_commands_that_its_pages_name(command: str, package: str, page: str) -> None:
    listing = (ROOT / "provision/packages.txt").read_text("utf-8")
    assert command in (ROOT / page).read_text("utf-8")
    assert package in package_tree.required_packages(listing, *PACKAGES["damrongdham-kiosk"].sections)


@pytest.mark.parametrize("definition", PACKAGES.values(), ids=PACKAGES)
def test_every_file_that_a_package_names_exists(definition: PackageDefinition) -> None:
    assert (ROOT / definition.lock).is_file()
    assert (ROOT / definition.wrapper).is_file()
    assert [name for name in definition.programs if not (ROOT / "provision" / name).is_file()] == []
    for script in ("postinst", "prerm", "postrm"):
        assert (ROOT / "provision/packaging" / definition.command / script).is_file()


def make_package(tmp_path: Path, name: str, umask_mode: int, architecture: str = "amd64") -> Path:
    tree = tmp_path / name / "tree"
    package_tree.place_file(ROOT / "LICENSE", tree / "usr/share/doc/sample/copyright")
    package_tree.place_file(ROOT / "provision/kiosk", tree / "usr/bin/sample", executable=True)
    (tree / "usr/share").chmod(umask_mode)
    fields = {
        "Package": "sample",
        "Version": "1",
        "Architecture": architecture,
        "Maintainer": "A <a@example.go.th>",
        "Description": "A sample\n with two lines",
    }
    package_tree.write_control(tree, fields, {"postinst": "#!/bin/sh\n"})
    target = tmp_path / name / f"sample_1_{architecture}.deb"
    package_tree.pack(tree, target, COMMIT_TIME)
    return target


def test_a_package_is_the_same_whoever_builds_it(tmp_path: Path) -> None:
    first, second = make_package(tmp_path, "a", 0o755), make_package(tmp_path, "b", 0o700)
    assert first.read_bytes() == second.read_bytes()
    utc = {**os.environ, "TZ": "UTC"}  # other tests of this process set another zone
    command = ["dpkg-deb", "--contents", str(first)]
    listed = subprocess.run(command, env=utc, check=True, capture_output=True, text=True).stdout
    assert "-rwxr-xr-x root/root" in listed
    assert "2023-11-14" in listed


def test_no_compiled_module_names_the_time_of_the_build(tmp_path: Path) -> None:
    """Also not one that the installation has compiled before."""
    library = tmp_path / "lib/python3/site-packages"
    library.mkdir(parents=True)
    (library / "module.py").write_text("VALUE = 1\n", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").symlink_to(sys.executable)
    subprocess.run([tmp_path / "bin/python3", "-c", "import module"], cwd=library, check=True)
    (compiled,) = library.glob("__pycache__/module.*.pyc")
    assert compiled.read_bytes()[4:8] == bytes(4), "compiled with the time of the module"
    compile_modules(tmp_path, "/opt/product/venv")
    assert compiled.read_bytes()[4:8] == (1).to_bytes(4, "little"), "PEP 552: by content, not compared"


@pytest.mark.skipif(
    not (shutil.which("apt-ftparchive") and shutil.which("gpg")), reason="apt-utils or gnupg is not installed"
)
def test_the_index_names_the_packages_with_their_checksums(tmp_path: Path) -> None:
    directory = tmp_path / "repository"
    architectures = ("amd64", "arm64")
    packages = [make_package(tmp_path, name, 0o755, architecture=name) for name in architectures]
    repository.add_packages(directory, "bookworm", packages)
    repository.write_indexes(directory, "bookworm", COMMIT_TIME)
    release = (directory / "dists/bookworm/Release").read_text("utf-8")
    assert "Codename: bookworm" in release
    for architecture in architectures:
        index = (directory / f"dists/bookworm/main/binary-{architecture}/Packages").read_text("utf-8")
        names = [line for line in index.splitlines() if line.startswith("Filename: ")]
        assert names == [f"Filename: pool/bookworm/sample_1_{architecture}.deb"]
        assert f"main/binary-{architecture}/Packages.gz" in release
    with pytest.raises(repository.RepositoryError, match="nobody"):
        repository.sign(directory, "bookworm", "nobody@damrongdham.invalid")


def test_the_bill_of_materials_names_licence_and_hash_of_each_package(tmp_path: Path) -> None:
    packages = Path(str(distribution("requests").locate_file("")))
    hashes = lock_hashes((ROOT / "requirements-kiosk.lock").read_text("utf-8"))
    write_bill(packages, tmp_path / "bill.json", name="sample", version="1", epoch=COMMIT_TIME, hashes=hashes)
    bill = json.loads((tmp_path / "bill.json").read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    (requests,) = [component for component in bill["components"] if component["name"] == "requests"]
    assert requests["purl"] == f"pkg:pypi/requests@{distribution('requests').version}"
    assert requests["licenses"]
    assert all(len(value["content"]) == 64 for value in requests["externalReferences"][0]["hashes"])
    names = [component["name"] for component in bill["components"]]
    assert names == sorted(names)
    assert "damrongdham-kiosk" not in names
    copy_licences(packages, tmp_path / "licences")
    assert list((tmp_path / "licences").glob("requests-*/*LICENSE*"))


@pytest.mark.parametrize("part", ["kiosk", "central"])
def test_a_purge_leaves_no_masked_unit(tmp_path: Path, part: str) -> None:
    """dpkg runs postrm twice: at the removal, which masks the units, and at the purge."""
    calls = tmp_path / "calls"
    for name in ("rm", "deb-systemd-helper", "systemctl", "nft"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"{calls}"\n', encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    script = (ROOT / "provision/packaging" / part / "postrm").read_text("utf-8").replace("@UNITS@", "a.service")
    for step in ("remove", "purge"):
        subprocess.run(["/bin/sh", "-c", script, "postrm", step], env={"PATH": str(tmp_path)}, check=True)
    helper = [call.split()[1] for call in calls.read_text("utf-8").splitlines() if call.startswith("deb-systemd-")]
    assert helper == ["mask", "purge", "unmask"]
