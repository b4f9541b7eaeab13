"""Fixtures of this folder."""

from tests.cli.terminals import terminal

__all__ = ["terminal"]
