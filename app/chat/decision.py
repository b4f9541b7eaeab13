"""What administrators decide of something that is kept as one document: some of its fields at a time."""

from typing import Any

import msgspec


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fields of a document, as they are asked for and as the store keeps them; one left as it is: not decided."""

    def decided(self) -> dict[str, Any]:
        """Those that say something."""
        fields = zip(self.__struct_fields__, self.__struct_defaults__, strict=True)
        return {name: getattr(self, name) for name, default in fields if getattr(self, name) is not default}
