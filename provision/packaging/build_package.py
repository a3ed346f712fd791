"""Builds one Debian package. Runs in the build root, where /build is shared with this machine:

    python3 -m provision.packaging.build_package download NAME
    python3 -m provision.packaging.build_package build NAME SUFFIX EPOCH

/build/source has the tracked files, /build/downloads what was downloaded; the package is written to /build/output.
"""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from provision.packaging import bill_of_materials, package_tree, virtual_environment
from provision.packaging.architecture import own_architecture
from provision.packaging.source_tree import source_version

SOURCE, DOWNLOADS, OUTPUT = Path("/build/source"), Path("/build/downloads"), Path("/build/output")
MAINTAINER = "Damrongdham Kiosk <maintainers@damrongdham.invalid>"


@dataclass(frozen=True)
class PackageDefinition:
    """What a package is made of. `command` is the one that it installs. `sections` are those of provision/packages.txt
    that it depends on, `recommended` those that it recommends; `programs` are files of provision/ that run without a
    release; `configuration` is a directory whose files belong into /etc."""

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
    def name(self) -> str:
        """Of the Debian package."""
        return f"damrongdham-{self.command}"

    @property
    def lock(self) -> str:
        """The file with its Python packages."""
        return f"requirements-{self.command}.lock"


PACKAGES = {
    package.name: package
    for package in (
        PackageDefinition(
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
                "complete_unpacking.sh",
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
        PackageDefinition(
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
            virtual_environment.download(SOURCE, DOWNLOADS, PACKAGES[name].lock)
        case ["build", name, suffix, epoch]:
            build(PACKAGES[name], suffix, int(epoch))
        case _:
            raise SystemExit(__doc__)


def build(definition: PackageDefinition, suffix: str, epoch: int) -> None:
    """Write the package to OUTPUT."""
    base = source_version(epoch, (SOURCE / "setup.py").read_text("utf-8"))
    version = f"{base}+{suffix}"
    os.environ |= {"DAMRONGDHAM_PART": definition.command, "DAMRONGDHAM_VERSION": base, "SOURCE_DATE_EPOCH": str(epoch)}
    tree = Path("/build/tree")
    prefix = Path("/opt") / definition.name
    environment = Path("/build/environment")
    virtual_environment.build(SOURCE, DOWNLOADS, definition.lock, environment)
    virtual_environment.finish(
        environment, command=definition.command, module=definition.module, final_path=str(prefix / "venv")
    )
    package = tree / prefix.relative_to("/") / "package"
    package.parent.mkdir(parents=True)
    shutil.copytree(environment, package, symlinks=True)
    (package / "name").write_text(version + "\n", encoding="utf-8")
    enabled = place_programs(definition, tree)
    document(definition, tree, package, version, epoch)
    package_tree.write_control(tree, control_fields(definition, version), maintainer_scripts(definition, enabled))
    OUTPUT.mkdir(exist_ok=True)
    architecture = control_fields(definition, version)["Architecture"]
    package_tree.pack(tree, OUTPUT / f"{definition.name}_{version}_{architecture}.deb", epoch)


def place_programs(definition: PackageDefinition, tree: Path) -> list[str]:
    """Place units, configuration and the programs that run without a release. Returns the units to enable."""
    files = [path for path in (SOURCE / definition.system_files).iterdir() if path.is_file()]
    enabled = package_tree.place_system_files(files, tree)
    for name in definition.programs:
        target = tree / "usr/lib" / definition.name / "provision" / name.removeprefix("lockdown/")
        package_tree.place_file(SOURCE / "provision" / name, target, executable=name == "install")
    if definition.configuration:
        configuration = SOURCE / definition.configuration
        for path in sorted(path for path in configuration.rglob("*") if path.is_file()):
            package_tree.place_file(path, tree / "etc" / path.relative_to(configuration))
    package_tree.place_file(SOURCE / definition.wrapper, tree / "usr/bin" / definition.command, executable=True)
    return enabled


def document(definition: PackageDefinition, tree: Path, package: Path, version: str, epoch: int) -> None:
    """Place licences, bill of materials and changelog."""
    documents = tree / "usr/share/doc" / definition.name
    package_tree.place_file(SOURCE / "LICENSE", documents / "copyright")
    package_tree.place_file(SOURCE / "docs/licences.md", documents / "licences.md")
    package_tree.place_file(SOURCE / "CHANGELOG.md", documents / "changelog.md")
    (site_packages,) = package.glob("lib/python3*/site-packages")
    bill_of_materials.copy_licences(site_packages, documents / "licences")
    bill_of_materials.write_bill(
        site_packages,
        documents / "sbom.cdx.json",
        name=definition.name,
        version=version,
        epoch=epoch,
        hashes=bill_of_materials.lock_hashes((SOURCE / definition.lock).read_text("utf-8")),
    )


def control_fields(definition: PackageDefinition, version: str) -> dict[str, str]:
    """The fields of the control file. The package works with one minor version of Python only, that of its Debian."""
    major, minor, _ = platform.python_version_tuple()
    listing = (SOURCE / "provision/packages.txt").read_text("utf-8")
    names = [name for name in package_tree.required_packages(listing, *definition.sections) if name != "python3"]
    python = f"python3 (>= {major}.{minor}), python3 (<< {major}.{int(minor) + 1})"
    fields = {
        "Package": definition.name,
        "Version": version,
        "Architecture": own_architecture(),
        "Maintainer": MAINTAINER,
        "Section": "misc",
        "Priority": "optional",
        "Depends": ", ".join([python, *names]),
    }
    if recommended := package_tree.required_packages(listing, *definition.recommended):
        fields["Recommends"] = ", ".join(recommended)
    return {**fields, "Description": f"{definition.summary}\n {definition.description}"}


def maintainer_scripts(definition: PackageDefinition, enabled: list[str]) -> dict[str, str]:
    """Scripts of the package, with the names of its units."""
    directory = SOURCE / "provision/packaging" / definition.command
    return {
        name: (directory / name).read_text("utf-8").replace("@UNITS@", " ".join(enabled))
        for name in ("postinst", "prerm", "postrm")
    }


if __name__ == "__main__":
    main(sys.argv[1:])
