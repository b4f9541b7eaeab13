"""The settings: what there is, and where each value comes from.

`default_config.yaml` explains every setting; the types here are its grammar. Flags beat the environment, that beats
the configuration file, that beats the default.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_type_hints
from urllib.parse import parse_qsl, urlencode

import msgspec

from app import config_file, config_rules, resources
from app.config_file import ConfigError

__all__ = [
    "Acknowledge",
    "ConfigError",
    "Limits",
    "Loaded",
    "SessionSettings",
    "Settings",
    "Tls",
    "flat",
    "load",
    "masked",
    "names",
]


class Tls(msgspec.Struct, frozen=True):
    """A certificate of the shop's own."""

    certificate: str
    key: str


class SessionSettings(msgspec.Struct, frozen=True):
    """How long log-ins last, unused."""

    visitor_days: int
    agent_hours: int


class Acknowledge(msgspec.Struct, frozen=True):
    """What must have happened to a message before it is acknowledged, beyond an external store having taken it."""

    on_disk: bool
    replicas: int


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

    def told(self) -> dict[str, float]:
        """Those that a client should know."""
        names = ("frame_bytes", "message_chars", "messages_per_second", "burst", "unacknowledged")
        return {name: getattr(self, name) for name in names}


class Settings(msgspec.Struct, frozen=True):
    """Everything that can be set. `demo` is set by the command of that name alone."""

    server: str
    redis: str
    data_dir: str
    shop_name: str
    workers: int | Literal["auto"]
    shards: int | Literal["auto"]
    acknowledge: Acknowledge
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


# What Kubernetes puts into every pod beside a service named "chatadmin": not meant for us.
_KUBERNETES = re.compile(r"CHATADMIN_(SERVICE_|PORT($|_))")
_OTHERS = ("CHATADMIN_TOKEN", "CHATADMIN_UNDER_TEST")


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
        for name, (value, line) in config_file.read(path, grammar, trusted=path == default).items():
            where = f"{path.name if path == default else path}:{line}"
            values[name], origin[name] = config_rules.typed(name, value, grammar[name], where), where
    for name, variable, text in _variables(grammar, environment):
        values[name], origin[name] = (
            config_rules.typed(name, _parsed(text, grammar[name]), grammar[name], variable),
            variable,
        )
    for name, text in flags.items():
        flag = "--" + name.replace("_", "-")
        values[name], origin[name] = config_rules.typed(name, _parsed(text, grammar[name]), grammar[name], flag), flag
    for name, value in values.items():
        config_rules.check(name, value, origin[name])
    config_rules.check_certificate(values, origin)
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
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in (int, float, config_rules.NUMBER_OR_AUTO):
        try:
            return float(text) if kind is float else int(text)
        except ValueError:
            return text
    return text


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *groups, leaf = name.split(".")
        place = tree
        for group in groups:
            place = place.setdefault(group, {})
        place[leaf] = value
    return tree
