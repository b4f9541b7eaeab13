"""A configuration file, read so that whatever is wrong with it can be named by file, line and key."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.config.secrets import SECRET_KEYS

if TYPE_CHECKING:  # it takes as long to load as all the rest of a command that needs no file
    import yaml


class ConfigError(Exception):
    """A setting is wrong: one line that names where and what to do. Exit status 2."""


class Found(NamedTuple):
    """What a file says of a setting: as what YAML takes it, in which line, and how it is written there."""

    value: Any
    line: int
    written: str


def read(path: Path, grammar: Mapping[str, Any], *, trusted: bool = False) -> dict[str, Found]:
    """What a YAML file sets, by dotted name; `grammar`: the names there are. Raises ConfigError.

    A `trusted` file is read faster, where it can be; but one nested very deeply would end the process.
    """
    import yaml

    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = path.read_text("utf-8")
        if text.startswith("\ufeff"):
            raise ConfigError(f"{path}:1: starts with a byte order mark; save it as UTF-8 without one")
        root = yaml.compose(text, Loader=fast if trusted else yaml.SafeLoader)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except RecursionError:
        raise ConfigError(f"{path}: not valid YAML: nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be read"
        line = mark.line + 1 if mark else 1
        key, advice = _unquoted(text.splitlines(), getattr(error, "context_mark", None) or mark, grammar)
        said = "" if key in SECRET_KEYS else f": {problem}"  # which may repeat a part of it
        raise ConfigError(f"{path}:{line}: not valid YAML{said}{advice}") from None
    found: dict[str, Found] = {}
    if root is not None:
        _walk(path, text, root, "", grammar, found)
    return found


def _unquoted(lines: list[str], mark: "yaml.Mark | None", grammar: Mapping[str, Any]) -> tuple[str, str]:
    """The setting, and what helps, where a text without quotes has signs that mean something in YAML: [::]:9090."""
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    found = re.match(r" *(\w+): +([^'\"#\s].*)", line)
    kinds = [kind for name, kind in grammar.items() if found and name.rpartition(".")[2] == found[1]]
    if found and str in kinds:
        return found[1], f"; the value of {found[1]} needs quotes" + quoted(found[1], found[2])
    if found and list[str] in kinds:
        return found[1], f"; each entry of {found[1]} needs quotes"
    return "", ""


def quoted(name: str, written: str) -> str:
    """How a setting is written with quotes, as a sentence's end; nothing for a secret, or where quotes do not help."""
    shown = re.sub(r"\s+#.*", "", written).strip()
    fits = 0 < len(shown) < 60 and shown.isprintable() and not {'"', "\\"} & set(shown)
    key = name.rpartition(".")[2]
    return f': {key}: "{shown}"' if fits and key not in SECRET_KEYS else ""


def _walk(
    path: Path, text: str, node: "yaml.Node", prefix: str, grammar: Mapping[str, Any], found: dict[str, Found]
) -> None:
    import yaml

    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}:{line}: {prefix[:-1] or 'the file'}: expected settings, as in `name: value`")
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise ConfigError(f"{path}:{line}: expected the name of a setting, as in `name: value`")
        name = prefix + "".join(c if c.isprintable() else "?" for c in key.value[:80])
        if any(known.startswith(f"{name}.") for known in grammar):
            _walk(path, text, value, f"{name}.", grammar, found)
        elif name not in grammar:
            raise ConfigError(f"{path}:{line}: {name}: there is no such setting; `chatadmin config` lists them all")
        elif name in found:
            raise ConfigError(f"{path}:{line}: {name}: is set twice")
        else:
            written = text[value.start_mark.index : value.end_mark.index]
            found[name] = Found(_constructed(path, name, value), line, written)


def _constructed(path: Path, name: str, node: "yaml.Node") -> Any:
    import yaml

    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, RecursionError):  # an unknown tag, a date that is none, a list in itself
        raise ConfigError(f"{path}:{node.start_mark.line + 1}: {name}: the value cannot be read") from None
