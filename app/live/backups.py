"""The shop's backups, as administrators see them: where they go, how the last one went; and one that is asked for."""

from app.chat import protocol
from app.chat.errors import Refusal
from app.config import BackupSettings
from app.store.store import Store


class Backups:
    """They are made elsewhere (app/courier/backups.py); here is what is known of them."""

    def __init__(self, store: Store, settings: BackupSettings) -> None:
        self._store, self._settings = store, settings

    async def view(self) -> dict[str, object]:
        """How it stands, as `/v1/backups` tells it."""
        known, now_ms = await self._store.backups.read(), await self._store.now_ms()
        last, failure = known.last, known.failure
        return {
            "to": self._settings.to,
            "at": self._settings.at,
            "keep": self._settings.keep,
            "busy": known.busy or bool(known.asked_ms),
            "overdue": bool(self._settings.at) and known.overdue(now_ms),
            "last": last
            and {
                "at": protocol.timestamp(last.at_ms),
                "name": last.name,
                "place": last.place,
                "bytes": last.bytes,
                "verified": last.verified,
                "encrypted": last.encrypted,
            },
            "failure": failure and {"at": protocol.timestamp(failure.at_ms), "reason": failure.reason},
        }

    async def ask(self) -> None:
        """Have one made now. Raises Refusal not_found where it is not said where to."""
        if not self._settings.to:
            raise Refusal("not_found")
        await self._store.backups.ask(await self._store.now_ms())
