"""`chatadmin licenses`: the licences of everything inside."""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from app import resources

_RULE = "=" * 80


def licenses() -> int:
    """Print every text, each under the name of what it covers; returns the exit status."""
    for name, text in _collected() if resources.FROZEN else _from_source():
        print(f"{_RULE}\n{name}\n{_RULE}\n\n{text.strip()}\n")
    return 0


def _collected() -> Iterator[tuple[str, str]]:
    """What the build put into the program: one file a component, ours first."""
    names = [name.removesuffix(".txt") for name in resources.names("licenses")]
    for name in sorted(names, key=lambda name: (name != "chatadmin", name)):
        yield name, resources.text(f"licenses/{name}.txt")


def _from_source() -> Iterator[tuple[str, str]]:
    """Ours, and those of the Python packages and browser modules that are installed for running it."""
    yield "chatadmin", resources.text("LICENSE")
    for package in sorted(metadata.distributions(), key=lambda found: found.name.lower()):
        texts = [
            Path(str(package.locate_file(file))).read_text("utf-8", errors="replace")
            for file in package.files or ()
            if ".dist-info" in str(file) and file.name.lower().startswith(("licen", "copying", "notice"))
        ]
        facts = package.metadata.json
        named = facts.get("license_expression") or facts.get("license") or "see its project page"
        yield f"{package.name} {package.version}", "\n\n".join(texts) or f"Licence: {named}"
    for name in ("preact", "@preact/signals", "@preact/signals-core", "htm", "uqr", "emojibase-data"):
        if (file := resources.path("node_modules", *name.split("/"), "LICENSE")).is_file():
            yield name, file.read_text("utf-8")
