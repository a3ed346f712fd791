"""Certificate authorities and certificates for tests, valid and invalid ones."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CertificateAndKey = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def new_authority(name: str, signer: CertificateAndKey | None = None) -> CertificateAndKey:
    """A new certificate authority, valid from 30 days ago to 30 days from now; signed by itself without a `signer`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    issuer, issuer_key = (signer[0].subject, signer[1]) if signer else (subject, key)
    builder = _builder(subject, issuer, key, now - timedelta(days=30), now + timedelta(days=30))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(issuer_key, hashes.SHA256()), key


def issue_certificate(
    signer: CertificateAndKey, address: str, valid_from: datetime, valid_until: datetime
) -> CertificateAndKey:
    """A server certificate for an IP address."""
    issuer, issuer_key = signer
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")])
    alternative_name = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    builder = _builder(subject, issuer.subject, key, valid_from, valid_until)
    return builder.add_extension(alternative_name, critical=False).sign(issuer_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid_from: datetime, valid_until: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return builder.serial_number(x509.random_serial_number()).not_valid_before(valid_from).not_valid_after(valid_until)


def to_pem(signed: CertificateAndKey) -> str:
    """The certificate as PEM text."""
    return signed[0].public_bytes(serialization.Encoding.PEM).decode()


def server_context(directory: Path, signed: CertificateAndKey) -> ssl.SSLContext:
    """The TLS context of a server with this certificate. Writes certificate and key into `directory`."""
    _, key = signed
    file = directory / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_text(to_pem(signed) + private.decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
