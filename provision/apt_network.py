"""Tells apt how this kiosk reaches its packages: by the proxy of kiosk.toml, and with the authority of its centre.

    /etc/apt/apt.conf.d/61damrongdham-kiosk-network        the configuration, which `apt` by hand and unattended-upgrade
                                                           read, too; no file when there is nothing to configure
    /var/lib/damrongdham-kiosk-update/…-authority.pem      certificates: apt's own user may read neither the settings
                                                           nor, as a rule, `centre.ca_file`

While kiosk.toml is invalid, both stay as they are.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SETTINGS = Path("/etc/damrongdham-kiosk/kiosk.toml")
ENROLMENT = Path("/var/lib/damrongdham-kiosk/enrolment.json")
CONFIGURATION = Path("/etc/apt/apt.conf.d/61damrongdham-kiosk-network")
AUTHORITIES = Path("/var/lib/damrongdham-kiosk-update")
MAX_PEM_BYTES = 1 << 20
_HEADER = (
    "// Written by damrongdham-kiosk-update.service from kiosk.toml and the enrolment, and again when they change.\n"
)
# Nothing that could be a word of apt's language. An IPv6 address of the centre is left out: apt splits names at `::`.
_PROXY = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]):\d{1,5}")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}")


def configure_apt(
    settings_file: Path = SETTINGS,
    enrolment_file: Path = ENROLMENT,
    configuration: Path = CONFIGURATION,
    authorities: Path = AUTHORITIES,
) -> None:
    """Write the configuration if it has changed. Raises OSError."""
    try:
        settings = tomllib.loads(settings_file.read_text("utf-8"))
    except (OSError, ValueError):
        return
    lines = []
    proxy = _text(settings, "network", "proxy")
    if _PROXY.fullmatch(proxy):
        lines += [f'Acquire::{scheme}::Proxy "http://{proxy}";\n' for scheme in ("http", "https")]
    for host, (name, pem) in _authorities_of_hosts(settings, _read_enrolment(enrolment_file)).items():
        _replace(authorities / f"{name}-authority.pem", pem)
        # Only for this host: Debian's mirrors have certificates of the system's authorities. apt's manual names
        # CAInfo::HOST, which neither apt 2.6 nor apt 3.0 reads.
        lines.append(f'Acquire::https::{host}::CaInfo "{authorities / name}-authority.pem";\n')
    if lines:
        _replace(configuration, _HEADER + "".join(lines))
    else:
        configuration.unlink(missing_ok=True)


def _authorities_of_hosts(settings: Mapping[str, Any], enrolment: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """(Name of the file, PEM) by host of the centre, as kiosk_app/forwarder/tls.py chooses it: `centre.ca_file`, else
    the authority that was accepted at the enrolment. No entry where that is the system's."""
    centre, public = (_host_of(enrolment.get(name)) for name in ("centre_url", "public_url"))
    own = _read_pem(_text(settings, "centre", "ca_file"))
    accepted = {"public": enrolment.get("public_authority"), "centre": enrolment.get("authority")}
    # The centre last: on the same host its authority counts.
    chosen = {host: (name, own or accepted[name]) for host, name in ((public, "public"), (centre, "centre"))}
    return {host: (name, pem) for host, (name, pem) in chosen.items() if host and isinstance(pem, str) and pem}


def _text(settings: Mapping[str, Any], section: str, name: str) -> str:
    values = settings.get(section)
    value = values.get(name) if isinstance(values, Mapping) else None
    return value if isinstance(value, str) else ""


def _host_of(url: object) -> str:
    host = ""
    with suppress(ValueError):
        host = urlsplit(url if isinstance(url, str) else "").hostname or ""
    return host if _HOST.fullmatch(host) else ""


def _read_enrolment(file: Path) -> Mapping[str, Any]:
    with suppress(OSError, ValueError):
        stored = json.loads(file.read_text("utf-8"))
        if isinstance(stored, Mapping):
            return stored
    return {}


def _read_pem(path: str) -> str:
    """The certificates in a file; '' when there are none."""
    with suppress(OSError, ValueError), Path(path or "/dev/null").open("rb") as file:
        content = file.read(MAX_PEM_BYTES).decode("utf-8")
        if "-----BEGIN CERTIFICATE-----" in content:
            return content
    return ""


def _replace(file: Path, content: str) -> None:
    """Replace the file by one rename, unless it has this content: a half-written configuration would stop apt."""
    with suppress(OSError):
        if file.read_text("utf-8") == content:
            return
    temporary = file.with_name(f"{file.name}.new")  # apt reads no file of its directory whose name has this end
    temporary.write_text(content, "utf-8")
    temporary.chmod(0o644)
    temporary.replace(file)
