"""Where each setting's value comes from: flags beat the environment, that beats the configuration file, that beats the
default."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from app import resources
from app.config import backup_rules, rules, tls_rules, yaml_file
from app.config.settings import Loaded, Settings, names
from app.config.yaml_file import ConfigError

# What Kubernetes puts into every pod beside a service whose name begins with "chatadmin": not meant for us.
_KUBERNETES = re.compile(r"CHATADMIN_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_.+)?)$")
# The settings of the machine's service, for the commands that its administrator runs beside it.
SYSTEM_FILE = Path("/etc/chatadmin/chatadmin.yaml")
READ_DEFAULTS = "default_config.json"  # made by tools/bundle.py
_OTHERS = ("CHATADMIN_TOKEN", "CHATADMIN_UNDER_TEST", "CHATADMIN_TIMINGS_SCALE")


def load(flags: Mapping[str, str], environment: Mapping[str, str], file: Path | None, *, demo: bool = False) -> Loaded:
    """The settings in force. `flags`: dotted name -> text. Raises ConfigError."""
    grammar = dict(names())
    values, origin = {}, {}
    default = "default_config.yaml"
    said: dict[Path | str, dict[str, yaml_file.Found]] = {default: defaults(grammar)}
    said |= {path: yaml_file.read(path, grammar) for path in _files(file, environment, demo=demo)}
    for path, settings in said.items():
        for name, found in settings.items():
            where = f"{path}:{found.line}"
            values[name] = rules.typed(name, found.value, grammar[name], where, found.written)
            origin[name] = where
    for name, variable, text in _variables(grammar, environment):
        values[name], origin[name] = (
            rules.typed(name, _parsed(text, grammar[name]), grammar[name], variable),
            variable,
        )
    for name, text in flags.items():
        flag = "--" + name.replace("_", "-")
        values[name], origin[name] = rules.typed(name, _parsed(text, grammar[name]), grammar[name], flag), flag
    if not demo:
        tls_rules.complete(values, origin, default)
    values["url"] = values["url"].removesuffix("/")
    for name, value in values.items():
        rules.check(name, value, origin[name])
    tls_rules.check_together(values, origin)
    backup_rules.check_together(values, origin)
    values["data_dir"] = values["data_dir"] or str(_data_dir(environment))
    if values["data_dir"].startswith("~/") and environment.get("HOME"):
        values["data_dir"] = environment["HOME"] + values["data_dir"][1:]
    return Loaded(msgspec.convert({**_nested(values), "demo": demo}, Settings), origin)


def defaults(grammar: Mapping[str, Any]) -> dict[str, yaml_file.Found]:
    """What `default_config.yaml` says; in the frozen program it is there as it was read when that was made."""
    if resources.exists(READ_DEFAULTS):
        return msgspec.json.decode(resources.read(READ_DEFAULTS), type=dict[str, yaml_file.Found])
    return yaml_file.read(resources.path("default_config.yaml"), grammar, trusted=True)


def _files(file: Path | None, environment: Mapping[str, str], *, demo: bool) -> list[Path]:
    if file is not None:
        return [file]
    home = environment.get("HOME", "")
    base = environment.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    usual = [Path("chatadmin.yaml"), *([Path(base) / "chatadmin" / "chatadmin.yaml"] if base else [])]
    if not demo:  # which anybody may start: neither that store nor its passwords are for it
        usual.append(SYSTEM_FILE)
    return [path for path in usual if os.path.exists(path)][:1]  # of a home that we may not look into, none is ours


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
    if kind in (list[str], list[int]):
        return [_parsed(part.strip(), kind.__args__[0]) for part in text.split(",") if part.strip()]
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in (int, float, rules.NUMBER_OR_AUTO):
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
