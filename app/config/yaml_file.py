"""A configuration file, read so that whatever is wrong with it can be named by file, line and key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

# Ten milliseconds faster, where it is there; but a file nested very deeply ends the process: for our own alone.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ConfigError(Exception):
    """A setting is wrong: one line that names where and what to do. Exit status 2."""


def read(path: Path, grammar: Mapping[str, Any], *, trusted: bool = False) -> dict[str, tuple[Any, int]]:
    """Dotted name -> (value, line) of what a YAML file sets; `grammar`: the names there are. Raises ConfigError.

    A `trusted` file is read faster.
    """
    try:
        text = path.read_text("utf-8")
        if text.startswith("\ufeff"):
            raise ConfigError(f"{path}:1: starts with a byte order mark; save it as UTF-8 without one")
        root = yaml.compose(text, Loader=_FAST if trusted else yaml.SafeLoader)
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
