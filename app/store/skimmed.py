"""Messages that a feed brought, skimmed: of each conversation the latest of either side, undecoded.

Whoever keeps a view of all conversations needs no message but the last, and looks now and then. So the many that are
said in between are never decoded, nor those of conversations that nobody on the node has open.
"""

import logging
from collections.abc import Callable, Iterable

from app.chat.conversation import Entry
from app.store import entries

log = logging.getLogger("chatadmin.store")

# A head in a feed (store/entries.py): which words of it are looked at, and how many it has.
_UID, _KIND, _ROLE, _WORDS = 0, 3, 5, 13


class Skimmed:
    """What nobody has asked for yet. `changed`: the conversations of the messages that came since that was asked.

    `on_unread` is called where one cannot be read: how its conversation stands is then to be asked for.
    """

    def __init__(self) -> None:
        self.changed: set[bytes] = set()
        self.on_unread: Callable[[], None] = _nothing
        # Whether by the visitor, head and body of a message, or of two by different sides, in their order.
        self._latest: dict[bytes, list[tuple[bool, bytes, bytes]]] = {}

    def takes(self, head: bytes, body: bytes) -> bytes:
        """The uid of the conversation if that is a message, which is then kept here; else nothing."""
        words = head.split(b"|")
        if len(words) != _WORDS or words[_KIND] != b"message":
            return b""
        self.keep(words[_UID], words[_ROLE] == b"v", head, body)
        return words[_UID]

    def keep(self, uid: bytes, by_visitor: bool, head: bytes, body: bytes) -> None:
        """Keep a message."""
        self.changed.add(uid)
        latest = self._latest.get(uid)
        if latest is None:
            self._latest[uid] = [(by_visitor, head, body)]
        elif latest[-1][0] == by_visitor:
            latest[-1] = (by_visitor, head, body)
        else:
            if len(latest) > 1:
                del latest[0]
            latest.append((by_visitor, head, body))

    def __len__(self) -> int:
        return len(self._latest)

    def take_of(self, uid: str) -> list[Entry]:
        """The latest of one conversation: what comes next of it must not overtake them."""
        latest = self._latest.pop(uid.encode(), None) if self._latest else None
        return self._told(latest) if latest else []

    def take(self) -> list[Entry]:
        """The latest of all."""
        all, self._latest = self._latest, {}
        return [entry for latest in all.values() for entry in self._told(latest)]

    def take_changed(self) -> Iterable[str]:
        """In which conversations something was said since the last time. Whoever needs none of them decodes none."""
        changed, self.changed = self.changed, set()
        return map(bytes.decode, changed)

    def forget(self) -> None:
        """For who needs no message, but where some were."""
        self._latest.clear()

    def _told(self, latest: list[tuple[bool, bytes, bytes]]) -> list[Entry]:
        found = []
        for _, head, body in latest:
            try:
                found.append(entries.told(head, body))
            except ValueError:
                log.error("a message cannot be read: is another version at work on this store?")
                self.on_unread()
        return found


def _nothing() -> None:
    """Where nothing is shown of what is skimmed."""
