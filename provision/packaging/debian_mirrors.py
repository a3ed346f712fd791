"""The mirrors of Debian that this machine uses."""

import subprocess


class NoMirrorError(Exception):
    """This machine's apt has no Debian mirror."""


def debian_mirrors(release: str, components: tuple[str, ...] = ("main",)) -> list[str]:
    """Lines for apt of the release, from the mirrors of this machine, whatever components it uses itself. Raises
    NoMirrorError."""
    fields = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL) $(ORIGIN)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    sources = {tuple(line.split()[:2]) for line in fields.splitlines() if line.endswith(" Debian")}
    uri = {label: uri for uri, label in sources}
    if "Debian" not in uri:
        raise NoMirrorError("this machine's apt has no Debian mirror (on Debian: apt-get update)")
    names = " ".join(components)
    lines = [f"deb {uri['Debian']} {suite} {names}" for suite in (release, f"{release}-updates")]
    if "Debian-Security" in uri:
        lines.append(f"deb {uri['Debian-Security']} {release}-security {names}")
    return lines
