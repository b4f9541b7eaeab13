"""The certificate that serves until there is one: nobody vouches for it, and browsers say so.

So nothing of the chat ever goes in the clear, the first minute included. It is made by a child of the main process:
what that takes is 7 MB, which no worker is to have.
"""

import logging
import os
from collections.abc import Sequence

from app import unpacked
from app.store import child
from app.tls.folder import Folder

log = logging.getLogger("chatadmin.tls")

# Days it is good: who cannot get another for ten years has been told so.
_LIFE_DAYS = 3650


def provide(folder: Folder, names: Sequence[str]) -> None:
    """See that there is one, if one may be needed. Raises EmbeddedError, OSError."""
    folder.make()
    if folder.self_signed.exists() or all(folder.certificate(name).exists() for name in names):
        return

    def make() -> int:
        try:
            _make(folder, names)
            return 0
        except Exception:  # the last line of defence: nothing above us could report it
            log.exception("no certificate could be made to begin with")
            return 1

    os.waitpid(child.fork(make), 0)


def _make(folder: Folder, names: Sequence[str]) -> None:
    unpacked.use("cryptography")
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0][:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_LIFE_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    written = key.private_bytes(pem, private, serialization.NoEncryption())
    folder.put_certificate(folder.self_signed, made.public_bytes(pem).decode(), written.decode())
