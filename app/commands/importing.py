"""`chatadmin import`: conversations that were held elsewhere, with their times and who said what."""

import sys
from pathlib import Path

from app.chat.shop import Shop
from app.commands import owner
from app.commands.error import CommandError
from app.commands.opened import with_store
from app.commands.people import counted
from app.commands.progress import Progress
from app.commands.said import reason
from app.config import Settings
from app.importing.chatwoot import Chatwoot
from app.importing.jsonl import Jsonl
from app.importing.lines import Source, Unsound
from app.importing.taking import Figures, Taking
from app.privacy.ledger import Ledger
from app.store.hashes import salted
from app.store.store import Store


def take_over(path: Path, kind: str, settings: Settings) -> int:
    """Take over what is at `path`, as `kind` has it: `jsonl` or `chatwoot`. Returns the exit status.

    Raises CommandError, which names lines, or pages; then nothing was written."""
    source = _source(path, kind)
    owner.become(settings)

    async def work(store: Store) -> Figures:
        ledger = await Ledger.in_store(store)
        shop = (await store.shop.read(Shop(settings.shop_name))).name

        async def since(uid: str) -> bool:
            return await store.erased.has(ledger.salt, salted(ledger.salt, uid))

        taking = Taking(store, shop, settings.limits.message_chars, ledger.holds, since)
        with Progress("importing", "people", total=source.people) as progress:
            await taking.all(source, progress.at)
        return taking.figures

    _tell(with_store(settings, work), source.notes)
    return 0


def _source(path: Path, kind: str) -> Source:
    try:
        return Jsonl(path) if kind == "jsonl" else Chatwoot(path)
    except Unsound as unsound:
        for fault in unsound.faults[:-1]:
            print(f"chatadmin: {path}: {fault}", file=sys.stderr)
        raise CommandError(f"{path}: {unsound.faults[-1]}; nothing was imported") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({reason(error)})") from None


def _tell(figures: Figures, notes: list[str]) -> None:
    print(
        f"Imported: {counted(figures.messages, 'message')}, "
        f"{counted(figures.people, 'person who was', 'people who were')} not here before."
    )
    for count, what in (
        (figures.here, "Messages that were here already"),
        (figures.late, "Messages that are older than what is here of the same person, and were left out"),
        (figures.touched, "Messages of people who have talked here since, which were left out"),
        (figures.erased, "People who were erased here, and stay so"),
        (figures.known, "People who are known here as somebody else by their `sub`, and stand beside them"),
        (figures.agents, "Who answered and is new here, listed as an agent who cannot log in"),
    ):
        if count:
            print(f"{what}: {count:,}.")
    for note in notes:
        print(f"{note}.")
