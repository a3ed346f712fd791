"""Builds one Debian package. Runs in the build root, where /build is shared with this machine:

    python3 -m provision.packaging.build_package download NAME
    python3 -m provision.packaging.build_package build NAME SUFFIX EPOCH

/build/source has the tracked files, /build/downloads what was downloaded; the package is written to /build/output.
"""

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from provision.packaging import bill_of_materials, package_tree, virtual_environment
from provision.packaging.source_tree import source_version

SOURCE, DOWNLOADS, OUTPUT = Path("/build/source"), Path("/build/downloads"), Path("/build/output")
MAINTAINER = "Damrongdham Kiosk <maintainers@damrongdham.invalid>"


@dataclass(frozen=True)
class Part:
    """What a package is made of. `sections` are those of provision/packages.txt that it depends on, `recommended` those
    that it recommends; `programs` are files of provision/ that run without a release; `configuration` is a directory
    whose files belong into /etc."""

    name: str
    part: str
    command: str
    module: str
    sections: tuple[str, ...]
    recommended: tuple[str, ...]
    system_files: str
    programs: tuple[str, ...]
    wrapper: str
    summary: str
    description: str
    configuration: str = ""

    @property
    def lock(self) -> str:
        """The file with its Python packages."""
        return f"requirements-{self.part}.lock"


PARTS = {
    part.name: part
    for part in (
        Part(
            name="damrongdham-kiosk",
            part="kiosk",
            command="kiosk",
            module="kiosk_app.cli",
            sections=("kiosk", "system"),
            recommended=(),
            system_files="systemd",
            programs=(
                "releases.py",
                "release_trial.py",
                "release_update.py",
                "debian_update.py",
                "apt_commands.py",
                "apt_network.py",
                "activation.py",
                "fault_page.py",
                "compositor_renderer.py",
                "disk_wear.py",
                "state_layout.sh",
                "install",
                "shell_common.sh",
                "lockdown/firewall.py",
                "lockdown/first.nft",
                "lockdown/usb_lock.py",
                "lockdown/lockdown.sh",
                "lockdown/masked-units.txt",
            ),
            configuration="provision/lockdown/etc",
            wrapper="provision/kiosk",
            summary="Damrongdham Kiosk: complaints by touch screen",
            description="A full-screen appliance of a Thai provincial hall: it takes complaints, prints receipts and\n"
            " delivers them sealed to the central service. It takes over the first console.",
        ),
        Part(
            name="damrongdham-central",
            part="central",
            command="central",
            module="central.cli",
            sections=("central",),
            recommended=("central-recommended",),
            system_files="systemd/central",
            programs=(
                "releases.py",
                "central/setup.py",
                "central/setup_answers.py",
                "central/mail_test.py",
                "central/nginx_site.py",
                "central/nginx.conf",
                "central/update.py",
            ),
            wrapper="provision/central/central",
            summary="central service of the Damrongdham kiosks",
            description="Case system of a Thai Damrongdham centre: cases of kiosks, web and counter, the desk of\n"
            " officers and the citizens' pages. `central setup` makes a working installation.",
        ),
    )
}


def main(arguments: list[str]) -> None:
    """Run one step."""
    match arguments:
        case ["download", name]:
            virtual_environment.download(SOURCE, DOWNLOADS, PARTS[name].lock)
        case ["build", name, suffix, epoch]:
            build(PARTS[name], suffix, int(epoch))
        case _:
            raise SystemExit(__doc__)


def build(part: Part, suffix: str, epoch: int) -> None:
    """Write the package to OUTPUT."""
    base = source_version(epoch, (SOURCE / "setup.py").read_text("utf-8"))
    version = f"{base}+{suffix}"
    os.environ |= {"DAMRONGDHAM_PART": part.part, "DAMRONGDHAM_VERSION": base, "SOURCE_DATE_EPOCH": str(epoch)}
    tree = Path("/build/tree")
    prefix = Path("/opt") / part.name
    environment = Path("/build/environment")
    virtual_environment.build(SOURCE, DOWNLOADS, part.lock, environment)
    virtual_environment.finish(environment, command=part.command, module=part.module, final_path=str(prefix / "venv"))
    package = tree / prefix.relative_to("/") / "package"
    package.parent.mkdir(parents=True)
    shutil.copytree(environment, package, symlinks=True)
    (package / "name").write_text(version + "\n", encoding="utf-8")
    enabled = place_programs(part, tree)
    document(part, tree, package, version, epoch)
    package_tree.write_control(tree, control_fields(part, version), maintainer_scripts(part, enabled))
    OUTPUT.mkdir(exist_ok=True)
    architecture = control_fields(part, version)["Architecture"]
    package_tree.pack(tree, OUTPUT / f"{part.name}_{version}_{architecture}.deb", epoch)


def place_programs(part: Part, tree: Path) -> list[str]:
    """Place units, configuration and the programs that run without a release. Returns the units to enable."""
    files = [path for path in (SOURCE / part.system_files).iterdir() if path.is_file()]
    enabled = package_tree.place_system_files(files, tree)
    for name in part.programs:
        target = tree / "usr/lib" / part.name / "provision" / name.removeprefix("lockdown/")
        package_tree.place_file(SOURCE / "provision" / name, target, executable=name == "install")
    if part.configuration:
        configuration = SOURCE / part.configuration
        for path in sorted(path for path in configuration.rglob("*") if path.is_file()):
            package_tree.place_file(path, tree / "etc" / path.relative_to(configuration))
    package_tree.place_file(SOURCE / part.wrapper, tree / "usr/bin" / part.command, executable=True)
    return enabled


def document(part: Part, tree: Path, package: Path, version: str, epoch: int) -> None:
    """Place licences, bill of materials and changelog."""
    documents = tree / "usr/share/doc" / part.name
    package_tree.place_file(SOURCE / "LICENSE", documents / "copyright")
    package_tree.place_file(SOURCE / "docs/licences.md", documents / "licences.md")
    package_tree.place_file(SOURCE / "CHANGELOG.md", documents / "changelog.md")
    (site_packages,) = package.glob("lib/python3*/site-packages")
    bill_of_materials.copy_licences(site_packages, documents / "licences")
    bill_of_materials.write_bill(
        site_packages,
        documents / "sbom.cdx.json",
        name=part.name,
        version=version,
        epoch=epoch,
        hashes=bill_of_materials.lock_hashes((SOURCE / part.lock).read_text("utf-8")),
    )


def control_fields(part: Part, version: str) -> dict[str, str]:
    """The fields of the control file. The package works with one minor version of Python only, that of its Debian."""
    major, minor, _ = platform.python_version_tuple()
    listing = (SOURCE / "provision/packages.txt").read_text("utf-8")
    names = [name for name in package_tree.required_packages(listing, *part.sections) if name != "python3"]
    python = f"python3 (>= {major}.{minor}), python3 (<< {major}.{int(minor) + 1})"
    fields = {
        "Package": part.name,
        "Version": version,
        "Architecture": _dpkg_architecture(),
        "Maintainer": MAINTAINER,
        "Section": "misc",
        "Priority": "optional",
        "Depends": ", ".join([python, *names]),
    }
    if recommended := package_tree.required_packages(listing, *part.recommended):
        fields["Recommends"] = ", ".join(recommended)
    return {**fields, "Description": f"{part.summary}\n {part.description}"}


def maintainer_scripts(part: Part, enabled: list[str]) -> dict[str, str]:
    """Scripts of the package, with the names of its units."""
    directory = SOURCE / "provision/packaging" / part.part
    return {
        name: (directory / name).read_text("utf-8").replace("@UNITS@", " ".join(enabled))
        for name in ("postinst", "prerm", "postrm")
    }


def _dpkg_architecture() -> str:
    command = ["dpkg", "--print-architecture"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
