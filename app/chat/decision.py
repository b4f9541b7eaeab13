"""What administrators decide of something that is kept as one document: some of its fields at a time."""

from typing import Any

import msgspec


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fields of a document, as they are asked for and as the store keeps them; None: not decided."""

    def decided(self) -> dict[str, Any]:
        """Those that say something."""
        fields = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in fields if value is not None}
