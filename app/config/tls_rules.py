"""What the settings of HTTPS may be."""

import os
from collections.abc import Mapping
from typing import Any

from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.config.hosts import may_be_address, may_be_host, name_of
from app.config.yaml_file import ConfigError

EXPECTED = {
    "tls.email": "one address, such as admin@example.com",
    "tls.directory": "the address of an ACME directory, such as https://acme-v02.api.letsencrypt.org/directory",
    "tls.http": 'host:port, as ":80" or 0.0.0.0:80',
}
# Where browsers look for HTTPS; a name alone leads there.
HTTPS = ":443"


def fits(name: str, value: str) -> bool:
    """Whether the setting can be used."""
    if name == "tls.http":
        host, colon, port = value.rpartition(":")
        return bool(colon) and port.isdecimal() and int(port) < 65536 and may_be_host(host)
    if name == "tls.directory":
        return may_be_address(value, "https", deep=True)
    try:
        if value:
            Entered(email=value).checked()
    except Refusal:
        return False
    return True


def complete(values: dict[str, Any], origin: dict[str, str], default: str) -> None:
    """Say what follows from the rest: with certificates that come by themselves the port is HTTPS's own.

    `default`: what origins begin with that nobody set.
    """
    if values["tls.automatic"] and origin["server"].startswith(default):
        values["server"], origin["server"] = HTTPS, origin["tls.automatic"]


def check_together(values: Mapping[str, Any], origin: Mapping[str, str]) -> None:
    """See that each setting has what it needs beside it, and a certificate its key. Raises ConfigError."""
    if values["tls.automatic"]:
        _check_automatic(values, origin)
    else:
        _check_own(values, origin)


def _check_automatic(values: Mapping[str, Any], origin: Mapping[str, str]) -> None:
    said = f"{origin['tls.automatic']}: tls.automatic"
    if values["tls.certificate"] or values["tls.key"]:
        raise ConfigError(f"{said}: leave out tls.certificate and tls.key beside it, or set it to false to use those")
    if values["redis"]:
        raise ConfigError(
            f"{said}: not with a store of your own, as several servers would want the same certificate: end TLS at a "
            "proxy or ingress in front of them, or set tls.certificate and tls.key"
        )
    if not values["hosts"]:
        raise ConfigError(f"{said}: needs the names that people open, as in hosts: [chat.example.com]")
    for host in values["hosts"]:
        if not name_of(host):
            raise ConfigError(
                f"{origin['hosts']}: hosts: no certificate comes by itself for {host!r}, only for names such as "
                "chat.example.com (xn--... in other letters): leave it out, or set tls.certificate and tls.key"
            )


def _check_own(values: Mapping[str, Any], origin: Mapping[str, str]) -> None:
    """See that certificate and key are there, and fit together. Raises ConfigError."""
    given = [name for name in ("tls.certificate", "tls.key") if values[name]]
    if len(given) == 1:
        raise ConfigError(f"{origin[given[0]]}: tls: needs both certificate and key, or neither")
    for name in given:
        if not os.access(values[name], os.R_OK):
            raise ConfigError(f"{origin[name]}: {name}: the file {values[name]} cannot be read")
    if given:
        _load_certificate(values["tls.certificate"], values["tls.key"], origin["tls.certificate"])


def _load_certificate(certificate: str, key: str, where: str) -> None:
    import ssl  # ten milliseconds that only those pay who need it

    try:
        # A key under a password would be asked for in the middle of a start: an empty one makes that an error.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "reason", None) or "they are no pair of PEM files without a password"
        raise ConfigError(f"{where}: tls: {certificate} and {key} cannot be used: {reason}") from None
