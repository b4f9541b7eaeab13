"""Templates of pages and mail: files in the source tree, code in the frozen program, compiled when that was made."""

import marshal
from collections.abc import MutableMapping
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, Template, TemplateNotFound

from app import resources

PAGES = "templates"  # the folder of those of pages
_COMPILED = "compiled"  # the folder of code: compiled/templates/page.html


def loader(folder: str) -> BaseLoader:
    """What finds the templates of a folder by their names in it."""
    return _Compiled(folder) if resources.FROZEN else FileSystemLoader(resources.path(folder))


def place(folder: str, name: str) -> str:
    """Where the code of a template lies."""
    return f"{_COMPILED}/{folder}/{name}"


def compiled(environment: Environment, folder: str, name: str) -> bytes:
    """The code of a template, as it lies there."""
    code = environment.compile(resources.text(f"{folder}/{name}"), name, f"{folder}/{name}")
    return marshal.dumps(code, 2)  # of the version that does not ask who else has an object: two builds are the same


class _Compiled(BaseLoader):
    has_source_access = False

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        try:
            code = marshal.loads(resources.read(place(self._folder, name)))
        except FileNotFoundError:
            raise TemplateNotFound(name) from None
        return environment.template_class.from_code(environment, code, {} if globals is None else globals)

    def list_templates(self) -> list[str]:
        return resources.names(f"{_COMPILED}/{self._folder}")
