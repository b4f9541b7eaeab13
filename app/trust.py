"""Whose certificates are believed, of servers that we connect to."""

import os
import ssl

# Where systems keep the authorities they believe: Debian, Fedora, openSUSE, RHEL, Alpine. Our OpenSSL is Debian's, and
# looks in Debian's places alone, whatever system the file runs on.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def context() -> ssl.SSLContext:
    """For a connection out: the authorities of SSL_CERT_FILE, where that is set, or of this system."""
    found = ssl.create_default_context()
    usual = ssl.get_default_verify_paths()
    if not (usual.cafile or usual.capath):
        for bundle in filter(os.path.isfile, _BUNDLES):
            found.load_verify_locations(bundle)
            break
    return found
