"""The settings: what there is, where each value comes from, and what is wrong with it.

`default_config.yaml` explains every setting; the types here are its grammar. Flags beat the environment, that beats
the configuration file, that beats the default.
"""

import ipaddress
import os
import re
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_type_hints
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import yaml

from app import resources


class ConfigError(Exception):
    """A setting is wrong: one line that names where and what to do. Exit status 2."""


class Tls(msgspec.Struct, frozen=True):
    """A certificate of the shop's own."""

    certificate: str
    key: str


class SessionSettings(msgspec.Struct, frozen=True):
    """How long log-ins last, unused."""

    visitor_days: int
    agent_hours: int


class Limits(msgspec.Struct, frozen=True):
    """Bounds on what one client may do; 0 is none, but for `unacknowledged`."""

    frame_bytes: int
    message_chars: int
    messages_per_second: float
    burst: int
    unacknowledged: int
    connections_per_session: int
    connections_per_address: int
    logins_per_minute: int


class Settings(msgspec.Struct, frozen=True):
    """Everything that can be set. `demo` is set by the command of that name alone."""

    server: str
    redis: str
    data_dir: str
    shop_name: str
    workers: int
    shards: int
    hosts: list[str]
    origins: list[str]
    trusted_proxies: list[str]
    tls: Tls
    metrics_token: str
    log_level: Literal["debug", "info", "warning", "error"]
    nickname_days: int
    sessions: SessionSettings
    limits: Limits
    demo: bool = False


class Loaded(msgspec.Struct, frozen=True):
    """The settings in force, and for each (`limits.burst`) where it came from."""

    settings: Settings
    origin: dict[str, str]


_KINDS = {str: "text", int: "a whole number", float: "a number", list[str]: "a list of texts"}
_RANGES = {
    "workers": (1, 256),
    "shards": (1, 16384),
    "limits.unacknowledged": (1, 16),
    "nickname_days": (1, 36500),
    "sessions.visitor_days": (1, 36500),
    "sessions.agent_hours": (1, 876000),
}
_SECRET = ("redis", "metrics_token")
# What Kubernetes puts into every pod beside a service named "chatadmin": not meant for us.
_KUBERNETES = re.compile(r"CHATADMIN_(SERVICE_|PORT($|_))")
# Ten milliseconds faster, where it is there; and ended by the kernel over a file nested very deeply, so for ours alone.
_OURS = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_short = reprlib.Repr()
_short.maxlevel = 2
_OTHERS = ("CHATADMIN_TOKEN", "CHATADMIN_UNDER_TEST")
_LATER = ("redis+sentinel://", "redis+cluster://")
_SCHEMES = ("redis://", "rediss://", "unix://")


def names(kind: type[msgspec.Struct] = Settings, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting by its dotted name, with its type."""
    for name, hint in get_type_hints(kind).items():
        if name == "demo":
            continue
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from names(hint, f"{prefix}{name}.")
        else:
            yield prefix + name, hint


def load(flags: Mapping[str, str], environment: Mapping[str, str], file: Path | None, *, demo: bool = False) -> Loaded:
    """The settings in force. `flags`: dotted name -> text. Raises ConfigError."""
    grammar = dict(names())
    values, origin = {}, {}
    default = resources.path("default_config.yaml")
    for path in [default, *_files(file, environment)]:
        loader = _OURS if path == default else yaml.SafeLoader
        for name, (value, line) in _read(path, grammar, loader).items():
            where = f"{path.name if path == default else path}:{line}"
            values[name], origin[name] = _typed(name, value, grammar[name], where), where
    for name, variable, text in _variables(grammar, environment):
        values[name], origin[name] = _typed(name, _parsed(text, grammar[name]), grammar[name], variable), variable
    for name, text in flags.items():
        flag = "--" + name.replace("_", "-")
        values[name], origin[name] = _typed(name, _parsed(text, grammar[name]), grammar[name], flag), flag
    for name, value in values.items():
        _check(name, value, origin[name])
    given = [name for name in ("tls.certificate", "tls.key") if values[name]]
    if len(given) == 1:
        raise ConfigError(f"{origin[given[0]]}: tls: needs both certificate and key, or neither")
    for name in given:
        if not os.access(values[name], os.R_OK):
            raise ConfigError(f"{origin[name]}: {name}: the file {values[name]} cannot be read")
    if given:
        _check_certificate(values["tls.certificate"], values["tls.key"], origin["tls.certificate"])
    values["data_dir"] = values["data_dir"] or str(_data_dir(environment))
    if values["data_dir"].startswith("~/") and environment.get("HOME"):
        values["data_dir"] = environment["HOME"] + values["data_dir"][1:]
    return Loaded(msgspec.convert({**_nested(values), "demo": demo}, Settings), origin)


def masked(name: str, value: object) -> str:
    """The value for people to see: no passwords."""
    text = str(value)
    if name == "metrics_token" and text:
        return "***"
    if name != "redis":
        return text
    scheme, _, rest = text.partition("://")
    login, at, place = rest.rpartition("@")
    if at:
        rest = f"{login.partition(':')[0]}:***@{place}"
    path, mark, query = rest.partition("?")
    pairs = [(key, "***" if "password" in key else value) for key, value in parse_qsl(query)]
    return f"{scheme}://{path}{mark}{urlencode(pairs, safe='*/:')}" if scheme != text else text


def flat(settings: Settings) -> dict[str, object]:
    """Every setting in force by its dotted name."""
    values: dict[str, object] = {}
    for name, _ in names():
        value: Any = settings
        for part in name.split("."):
            value = getattr(value, part)
        values[name] = value
    return values


def _files(file: Path | None, environment: Mapping[str, str]) -> list[Path]:
    if file is not None:
        return [file]
    home = environment.get("HOME", "")
    base = environment.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    usual = [Path("chatadmin.yaml"), *([Path(base) / "chatadmin" / "chatadmin.yaml"] if base else [])]
    return [path for path in usual if path.exists()][:1]


def _data_dir(environment: Mapping[str, str]) -> Path:
    if base := environment.get("XDG_DATA_HOME"):
        return Path(base) / "chatadmin"
    home = environment.get("HOME", "")
    if home and home != "/" and os.access(home, os.W_OK):
        return Path(home) / ".local" / "share" / "chatadmin"
    return Path("chatadmin-data").absolute()


def _read(path: Path, grammar: Mapping[str, Any], loader: Any = yaml.SafeLoader) -> dict[str, tuple[Any, int]]:
    """Dotted name -> (value, line) of a YAML file."""
    try:
        text = path.read_text("utf-8")
        if text.startswith("\ufeff"):
            raise ConfigError(f"{path}:1: starts with a byte order mark; save it as UTF-8 without one")
        root = yaml.compose(text, Loader=loader)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except RecursionError:
        raise ConfigError(f"{path}: not valid YAML: nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be read"
        raise ConfigError(f"{path}:{mark.line + 1 if mark else 1}: not valid YAML: {problem}") from None
    found: dict[str, tuple[Any, int]] = {}
    if root is not None:
        _walk(path, root, "", grammar, found)
    return found


def _walk(
    path: Path, node: yaml.Node, prefix: str, grammar: Mapping[str, Any], found: dict[str, tuple[Any, int]]
) -> None:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}:{line}: {prefix[:-1] or 'the file'}: expected settings, as in `name: value`")
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise ConfigError(f"{path}:{line}: expected the name of a setting, as in `name: value`")
        name = prefix + "".join(c if c.isprintable() else "?" for c in key.value[:80])
        if any(known.startswith(f"{name}.") for known in grammar):
            _walk(path, value, f"{name}.", grammar, found)
        elif name not in grammar:
            raise ConfigError(f"{path}:{line}: {name}: there is no such setting; `chatadmin config` lists them all")
        elif name in found:
            raise ConfigError(f"{path}:{line}: {name}: is set twice")
        else:
            found[name] = (_constructed(path, name, value), line)


def _constructed(path: Path, name: str, node: yaml.Node) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, RecursionError):  # an unknown tag, a date that is none, a list in itself
        raise ConfigError(f"{path}:{node.start_mark.line + 1}: {name}: the value cannot be read") from None


def _variables(grammar: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    known = {"CHATADMIN_" + name.upper().replace(".", "__"): name for name in grammar}
    for variable, text in environment.items():
        if variable in known:
            yield known[variable], variable, text
        elif variable.startswith("CHATADMIN_") and variable not in _OTHERS and not _KUBERNETES.match(variable):
            raise ConfigError(f"{variable}: there is no such setting; `chatadmin config` lists them all")


def _parsed(text: str, kind: Any) -> Any:
    """A flag's or variable's text as a value; a list is written with commas."""
    if kind == list[str]:
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            return text
    return text


def _typed(name: str, value: Any, kind: Any, where: str) -> Any:
    if value is None and kind is not int and kind is not float:
        value = [] if kind == list[str] else ""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        shown = "" if name in _SECRET else f", not {_short.repr(value)}"
        raise ConfigError(f"{where}: {name}: expected {_kind(kind)}{shown}") from None


def _kind(kind: Any) -> str:
    return _KINDS.get(kind) or "one of " + ", ".join(kind.__args__)


def _check(name: str, value: Any, where: str) -> None:
    low, high = _RANGES.get(name, (0, 2**31))
    if isinstance(value, int | float) and not low <= value <= high:
        raise ConfigError(f"{where}: {name}: must be from {low} to {high}, not {value}")
    if name == "server":
        _check_server(value, where)
    elif name == "redis" and value:
        _check_redis(value, where)
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


def _check_redis(value: str, where: str) -> None:
    if value.startswith(_LATER):
        raise ConfigError(f"{where}: redis: Sentinel and Cluster come with a later version; name a single server")
    try:
        url = urlsplit(value)
        fit = url.path if url.scheme == "unix" else (url.port or True) and re.fullmatch(r"(/\d*)?", url.path)
    except ValueError:  # a port that is none
        fit = None
    if not value.startswith(_SCHEMES) or not fit:
        raise ConfigError(f"{where}: redis: expected an address such as redis://host:6379/0")


def _check_certificate(certificate: str, key: str, where: str) -> None:
    import ssl  # ten milliseconds that only those pay who need it

    try:
        # A key under a password would be asked for in the middle of a start: an empty one makes that an error.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "reason", None) or "they are no pair of PEM files without a password"
        raise ConfigError(f"{where}: tls: {certificate} and {key} cannot be used: {reason}") from None


def _check_server(value: str, where: str) -> None:
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535 or (":" in host and not host.startswith("[")):
        raise ConfigError(f"{where}: server: expected host:port, as in 0.0.0.0:9090 or [::1]:9090, not {value!r}")


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *groups, leaf = name.split(".")
        place = tree
        for group in groups:
            place = place.setdefault(group, {})
        place[leaf] = value
    return tree
