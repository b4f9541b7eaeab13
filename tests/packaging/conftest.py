"""What is packed and shipped is the file that tests/frozen run."""

import shutil
from pathlib import Path

import pytest

from tests.frozen.conftest import file
from tests.packaging.machine import Packages, packed

__all__ = ["file"]


@pytest.fixture(scope="session")
def packages(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Packages, Packages]:
    """Those of that file, and the same as a newer version; passed over where their tools are not."""
    tools = ("lintian", "mmdebstrap", "rpm")
    if missing := [tool for tool in tools if not shutil.which(tool)]:
        pytest.skip(f"not on this machine: apt-get install {' '.join(missing)}")
    folder = tmp_path_factory.mktemp("packages")
    return packed("0.1.0", folder / "first"), packed("0.1.1", folder / "second")
