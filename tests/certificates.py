"""Certificates of invented authorities, good and bad ones."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CertificateAndKey = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def new_authority(name: str) -> CertificateAndKey:
    """A certificate authority of one's own, valid for a month around now."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = _builder(subject, subject, key, now - timedelta(days=30), now + timedelta(days=30))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return made.sign(key, hashes.SHA256()), key


def issue_certificate(
    signer: CertificateAndKey, address: str, valid_from: datetime, valid_until: datetime
) -> CertificateAndKey:
    """A server's certificate for an IP address."""
    issuer, issuer_key = signer
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")])
    named = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    made = _builder(subject, issuer.subject, key, valid_from, valid_until).add_extension(named, critical=False)
    return made.sign(issuer_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid_from: datetime, valid_until: datetime
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return made.serial_number(x509.random_serial_number()).not_valid_before(valid_from).not_valid_after(valid_until)


def to_pem(signed: CertificateAndKey) -> str:
    """Its certificate as text."""
    return signed[0].public_bytes(serialization.Encoding.PEM).decode()


def server_context(directory: Path, signed: CertificateAndKey) -> ssl.SSLContext:
    """A server that shows it; its key lies in `directory`."""
    _, key = signed
    file = directory / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_text(to_pem(signed) + private.decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
