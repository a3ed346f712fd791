"""The site of the service in nginx, from provision/central/nginx.conf."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

TEMPLATE = Path(__file__).with_name("nginx.conf")
AVAILABLE = Path("/etc/nginx/sites-available/damrongdham-central")
ENABLED = Path("/etc/nginx/sites-enabled/damrongdham-central")
OWN_CERTIFICATES = Path("/etc/damrongdham-central-tls")
HTTP2_DIRECTIVE = (
    1,
    25,
    1,
)  # since this version `listen … http2` is deprecated: nginx 1.22 is Debian 12's, 1.26 Debian 13's
SELF_SIGNED_DAYS = "30"


def render(template: str, host: str, certificate: str, key: str, version: tuple[int, ...]) -> str:
    """The site for this host and this version of nginx."""
    text = template.replace("@HOST@", host).replace("@CERTIFICATE@", certificate).replace("@KEY@", key)
    if version >= HTTP2_DIRECTIVE:
        return text.replace("@HTTP2@", "    http2 on;\n")
    return re.sub(r"(?m)^(    listen .*443 ssl);", r"\1 http2;", text).replace("@HTTP2@", "")


def nginx_version(output: str) -> tuple[int, ...]:
    """The version in the output of `nginx -v`; () when there is none."""
    named = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", output)
    return tuple(map(int, named.groups())) if named else ()


def install(answers: Mapping[str, str]) -> None:
    """Write and enable the site, and reload nginx. A site that nginx refuses is taken back. Raises OSError and
    CalledProcessError."""
    if answers["tls"] == "self-signed":
        certificate, key = _make_self_signed(answers["host"])
    else:
        certificate, key = answers["certificate"], answers["key"]
    shown = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True)
    text = render(TEMPLATE.read_text("utf-8"), answers["host"], certificate, key, nginx_version(shown.stderr))
    before = AVAILABLE.read_text("utf-8") if AVAILABLE.exists() else None
    AVAILABLE.write_text(text, encoding="utf-8")
    if not ENABLED.is_symlink():
        ENABLED.symlink_to(AVAILABLE)
    try:
        subprocess.run(["nginx", "-t"], capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError:
        if before is None:
            ENABLED.unlink()
            AVAILABLE.unlink()
        else:
            AVAILABLE.write_text(before, encoding="utf-8")
        raise
    subprocess.run(["systemctl", "reload-or-restart", "nginx"], capture_output=True, text=True, check=True)


def reason_of(error: Exception) -> str:
    """The sentence in what nginx or openssl wrote."""
    if isinstance(error, FileNotFoundError) and error.filename == "nginx":
        return "it is not installed: apt install nginx, or choose --tls none"
    written = str(getattr(error, "stderr", "") or error).strip().splitlines()
    return next(
        (line for line in written if "emerg" in line or "error" in line), written[-1] if written else str(error)
    )


def _make_self_signed(host: str) -> tuple[str, str]:
    certificate, key = OWN_CERTIFICATES / f"{host}.pem", OWN_CERTIFICATES / f"{host}.key"
    if not key.exists():
        OWN_CERTIFICATES.mkdir(mode=0o700, exist_ok=True)
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-days", SELF_SIGNED_DAYS, "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"),
                *("-keyout", str(key), "-out", str(certificate)),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return str(certificate), str(key)
