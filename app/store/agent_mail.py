"""Where mail reaches agents; and the links in it, whose secrets are in the mail alone, their hashes in the store."""

import secrets
from collections.abc import Callable

import msgspec

from app.chat.agent_email import LIFE_MS, Mailbox, MailedLink, Purpose
from app.chat.errors import Refusal
from app.store import scripts
from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.outbox import Outbox
from app.store.pipeline import Pipeline

_CHANGE, _COUNT = map(scripts.load, ("mailbox", "count"))
# How often in an hour somebody may have a mail sent: who forgot the password, to an address; an agent, to any.
MOST_HELP, MOST_ASKED = 3, 10
_HOUR_MS = 3600 * 1000


class AgentMail:
    """Mailboxes by uid of the agent. Whoever changes one tells the nodes (`People.tell_changed`)."""

    def __init__(self, pipeline: Pipeline, outbox: Outbox) -> None:
        self._pipeline, self._outbox = pipeline, outbox

    async def of(self, uid: str) -> Mailbox:
        """An agent's."""
        return _mailbox(await self._pipeline.call("HGET", Keys.mailboxes(), uid))

    async def change(self, uid: str, change: Callable[[Mailbox], Mailbox]) -> Mailbox:
        """Make an agent's mailbox what `change` makes of it. Raises what that raises."""
        changed, _ = await self._change(uid, change)
        return changed

    async def end_links(self, uid: str) -> None:
        """No link that was mailed lets this agent in any more."""
        await self.change(uid, lambda box: msgspec.structs.replace(box, used=box.used + 1))

    async def send(self, purpose: Purpose, uid: str, language: str) -> None:
        """Have a mail sent with such a link, in that language; the courier makes it (courier/account.py)."""
        await self._outbox.post("account", uid, purpose, {"language": language})
        if purpose == "help":  # is not held up by a mail to another address of theirs, which waits for its next try
            await self._outbox.prod(f"account:{uid}", though_it_failed=True)

    async def make(self, purpose: Purpose, uid: str) -> tuple[str, str]:
        """The secret of a link, good once and for as long as that purpose has, and the address it is to be mailed to;
        both "" where the mailbox has none for it."""
        box = await self.of(uid)
        email = box.email if purpose == "help" else box.asked
        if not email:
            return "", ""
        secret = secrets.token_urlsafe(24)
        link = msgspec.json.encode(MailedLink(purpose, uid, email, box.used))
        await self._pipeline.call("SET", Keys.mailed_link(hash_of(secret)), link, "PX", LIFE_MS[purpose])
        return secret, email

    async def find(self, secret: str) -> MailedLink:
        """Of the link with that secret. Raises Refusal link_over."""
        found = await self._pipeline.call("GET", Keys.mailed_link(hash_of(secret)))
        link = msgspec.json.decode(found, type=MailedLink) if found else None
        if link is None or not (await self.of(link.uid)).admits(link):
            raise Refusal("link_over")
        return link

    async def use(self, secret: str, language: str) -> MailedLink:
        """Use a link up: its address is confirmed, in that step. Raises Refusal link_over."""
        link = await self.find(secret)
        _, word = await self._change(link.uid, lambda box: box.after(link, language), hash_of(secret))
        if word == b"over":
            raise Refusal("link_over")
        return link

    async def _change(self, uid: str, change: Callable[[Mailbox], Mailbox], link: str = "") -> tuple[Mailbox, bytes]:
        keys = (Keys.mailboxes(), Keys.mailed_link(link))
        while True:
            kept = await self._pipeline.call("HGET", Keys.mailboxes(), uid)
            wanted = change(_mailbox(kept))
            args = (uid, kept or b"", msgspec.json.encode(wanted), "1" if link else "")
            # Given again, a link that was used in this step would seem to have been used before.
            word = await self._pipeline.eval(_CHANGE, keys, args, repeat=not link)
            if word != b"changed":
                return wanted, word

    async def may_send(self, who: str, most: int) -> bool:
        """Whether `who`, an agent or an address, may have one more mail sent in this hour."""
        key = Keys.mailed(hash_of(who.casefold()))
        return int(await self._pipeline.eval(_COUNT, (key,), (_HOUR_MS,))) <= most


def _mailbox(kept: bytes | None) -> Mailbox:
    return msgspec.json.decode(kept, type=Mailbox) if kept else Mailbox()
