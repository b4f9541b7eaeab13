"""What is inside the file, and what is not."""

from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]


def modules(file: Path) -> set[str]:
    """The names of its Python modules."""
    archive = CArchiveReader(str(file))
    return {
        module for name in archive.toc if name.startswith("PYZ") for module in archive.open_embedded_archive(name).toc
    }


def test_http_2_is_not_in_the_file(file: Path) -> None:
    found = modules(file)
    assert "hypercorn.protocol.h11" in found
    absent = {"h2", "hpack", "hyperframe", "priority"}
    assert {name for name in found if name.partition(".")[0] in absent or name == "hypercorn.protocol.h2"} == set()
