"""The chat on the shop's own site: which sites may show it."""

from collections.abc import Iterable

from app.chat import sites


class WidgetSettings:
    """`fixed`: the sites of the configuration, which stay whatever administrators decide."""

    def __init__(self, fixed: Iterable[str]) -> None:
        self.fixed = sites.listed(fixed)

    @property
    def sites(self) -> tuple[str, ...]:
        """All that may show the chat in a frame, beside our own pages."""
        return self.fixed
