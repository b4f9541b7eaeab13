"""What a setting may be, and the one line that says what is wrong with it and where it came from."""

import ipaddress
import os
import re
import reprlib
import shlex
import shutil
from itertools import pairwise
from typing import Any, Literal

import msgspec

from app.chat import sites
from app.chat.errors import Refusal
from app.config import backup_rules, mail_rules, tls_rules
from app.config.hosts import may_be_host
from app.config.secrets import SECRETS
from app.config.yaml_file import ConfigError, quoted

NUMBER_OR_AUTO = int | Literal["auto"]
_KINDS: dict[Any, str] = {
    NUMBER_OR_AUTO: "a whole number or auto",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list[str]: "a list of texts",
    list[int]: "a list of whole numbers",
}
_RANGES = {
    "workers": (1, 256),
    "shards": (1, 16384),
    "acknowledge.replicas": (0, 16),
    "limits.unacknowledged": (1, 16),
    "nickname_days": (1, 36500),
    "sessions.visitor_days": (1, 36500),
    "sessions.agent_hours": (1, 876000),
    "alerts.after": (0, 10080),
    "backup.keep": (1, 10000),
    "limits.file_bytes": (1, 2**31),
    "limits.conversation_bytes": (0, 2**50),
    "limits.files_total_bytes": (0, 2**50),
}
_ADDRESSES = "redis://host:6379/0, redis+sentinel://host:26379,other:26379/name or redis+cluster://host:6379,other:6379"
_HOST = r"(\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\],]+)(:(\d+))?"
_HOSTS = rf"({_HOST},)*{_HOST}"
_LOGIN = r"([^\s/?#@]*@)?"
_PLACES = {
    "redis": rf"{_LOGIN}({_HOST})?(/\d*)?",
    "redis+sentinel": rf"{_LOGIN}{_HOSTS}/[^\s/]+(/\d*)?",
    "redis+cluster": rf"{_LOGIN}{_HOSTS}/?",
    "unix": r"([^\s@]*@)?/[^\s]+",
}

# What YAML 1.1 takes for a number of base 8, 16, 2 or 60.
_ODD_NUMBER = re.compile(r"[-+]?(0[0-9_xb]+[0-9a-fA-F_]*|[0-9][0-9_]*(:[0-9]+)+(\.[0-9_]*)?)$")

_short = reprlib.Repr()
_short.maxlevel = 2


def typed(name: str, value: Any, kind: Any, where: str, written: str = "") -> Any:
    """`value` as `kind`; `written`: how it stands in a file, for YAML makes numbers of much. Raises ConfigError."""
    if value is None and kind not in (int, float, NUMBER_OR_AUTO) and not written.startswith("&"):
        value = [] if kind in (list[str], list[int]) else ""
    try:
        if _ODD_NUMBER.match(written) and kind not in (str, list[str]):
            raise ConfigError(f"{where}: {name}: expected {_kind(kind)}, not {written}, which YAML takes for {value}")
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        shown = "" if name in SECRETS else f", not {_short.repr(value)}"
        raise ConfigError(f"{where}: {name}: expected {_kind(kind)}{shown}{_advice(name, kind, written)}") from None


def _advice(name: str, kind: Any, written: str) -> str:
    """What helps where YAML took for something else what a file has without quotes."""
    if name == "server" and written.isdecimal():
        return f'; a port alone is written server: ":{written}"'
    if kind is str and written:
        return "; it needs quotes" + quoted(name, written)
    return "; each needs quotes" if kind == list[str] and written.startswith(("[", "-")) else ""


def _kind(kind: Any) -> str:
    return _KINDS.get(kind) or "one of " + ", ".join(kind.__args__)


def check(name: str, value: Any, where: str) -> None:
    """See that a value of the right type makes sense. Raises ConfigError."""
    low, high = _RANGES.get(name, (0, 2**31))
    if isinstance(value, int | float) and not low <= value <= high:
        raise ConfigError(f"{where}: {name}: must be from {low} to {high}, not {value}")
    for rules in (mail_rules, backup_rules, tls_rules):
        if name in rules.EXPECTED and not rules.fits(name, value):
            raise ConfigError(f"{where}: {name}: expected {rules.EXPECTED[name]}")
    if name == "server":
        _check_server(value, where)
    elif name == "redis" and value:
        _check_redis(value, where)
    elif name == "alerts.repeat":
        if not all(0 < earlier < later for earlier, later in pairwise([*value, 10081])):
            raise ConfigError(f"{where}: alerts.repeat: expected minutes up to 10080, each more than the one before")
    elif name == "files.directory" and value and not os.path.isabs(value):
        raise ConfigError(f"{where}: files.directory: expected a whole path such as /srv/files, not {value!r}")
    elif name == "files.scan":
        _check_scan(value, where)
    elif name == "trusted_proxies":
        for item in value:
            try:
                ipaddress.ip_network(item, strict=False)
            except ValueError:
                raise ConfigError(f"{where}: trusted_proxies: {item!r} is no address or network") from None
    elif name == "origins":
        for item in value:
            if not item.startswith(("http://", "https://")) or item.count("/") != 2:
                raise ConfigError(f"{where}: origins: {item!r} is no origin such as https://shop.example.com")
    elif name == "sites":
        _check_sites(value, where)


def _check_scan(value: str, where: str) -> None:
    try:
        words = shlex.split(value)
    except ValueError:
        raise ConfigError(f"{where}: files.scan: a quote in it is not closed") from None
    if words and not shutil.which(words[0]):
        raise ConfigError(f"{where}: files.scan: there is no program {words[0]}")


def _check_sites(value: list[str], where: str) -> None:
    try:
        sites.listed(value)
    except Refusal as refusal:
        told = {
            "bad_site_address": f"{refusal.detail.get('site')!r} is no site such as https://shop.example.com or "
            "https://*.example.com",
            "too_many_sites": f"there are more than {sites.MOST}, or more than {sites.LONGEST} characters of them",
        }
        raise ConfigError(f"{where}: sites: {told[refusal.code]}") from None


def _check_redis(value: str, where: str) -> None:
    scheme, _, rest = value.partition("://")
    kind = re.sub("^rediss", "redis", scheme)
    place = rest.partition("?")[0]
    ports = re.findall(r":(\d+)(?=[,/]|$)", place.rpartition("@")[2])
    if not re.fullmatch(_PLACES.get(kind, "(?!)"), place) or any(not 0 < int(port) < 65536 for port in ports):
        raise ConfigError(f"{where}: redis: expected an address such as {_ADDRESSES}")
    if rest.partition("?")[2]:
        _check_options(scheme, rest.partition("?")[2], where)


def _check_options(scheme: str, query: str, where: str) -> None:
    """See that what stands behind the question mark of a store's address can be used. Raises ConfigError."""
    from app.store.address import parse  # as long to load as all the rest

    try:
        parse(f"{scheme.partition('+')[0]}://host?{query}")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise ConfigError(f"{where}: redis: what follows the ? cannot be used: {reason}") from None


def _check_server(value: str, where: str) -> None:
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535 or not may_be_host(host):
        raise ConfigError(f"{where}: server: expected host:port, as in 0.0.0.0:9090 or [::1]:9090, not {value!r}")
