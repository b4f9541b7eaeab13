"""Certificates as a test needs them: of any time, name and kind of key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa


def make(
    name: str = "chat.shop.test", *, begins: float = -80, ends: float = 10, kind: str = "ec", long: bool = False
) -> tuple[str, str]:
    """A certificate and its key, PEM, from and to so many days from now. `long`: with times beyond 2050 and a serial
    number of 20 bytes."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now, serial = datetime.now(UTC), (1 << 159) - 1 if long else x509.random_serial_number()
    until = datetime(2061, 2, 3, 4, 5, 6, tzinfo=UTC) if long else now + timedelta(days=ends)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), serial, now + timedelta(days=begins), until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    written = key.private_bytes(pem, form, serialization.NoEncryption())
    return made.public_bytes(pem).decode(), written.decode()


def put(folder: Path, pair: tuple[str, str]) -> tuple[Path, Path]:
    """Write them as an operator's program does: two files, one after the other."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    certificate.write_text(pair[0])
    key.write_text(pair[1])
    return certificate, key
