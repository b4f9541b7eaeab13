"""What is packed and shipped is the file that tests/frozen run."""

from tests.frozen.conftest import file

__all__ = ["file"]
