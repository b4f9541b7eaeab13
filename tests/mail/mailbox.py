"""What lies in a mailbox, read by IMAP."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from imaplib import IMAP4

from tests.running import PATIENCE, wait_until


class Mailbox:
    """One mailbox of a server on loopback; mails stay in it, unread."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self._imap = IMAP4("127.0.0.1", port, PATIENCE)
        self._imap.login(user, password)
        self._imap.select(readonly=True)
        self._read: dict[str, EmailMessage] = {}

    def mails(self, to: str = "") -> list[EmailMessage]:
        """All there are, as they came; of one address (`Envelope-To`), if it is named."""
        self._imap.noop()  # which tells the client of new ones
        uids = self._imap.uid("SEARCH", "ALL")[1][0].decode().split()
        for uid in uids:
            if uid not in self._read:
                part = self._imap.uid("FETCH", uid, "(BODY.PEEK[])")[1][0]
                assert isinstance(part, tuple)
                self._read[uid] = message_from_bytes(part[1].replace(b"\r\n", b"\n"), policy=policy.default)
        return [mail for mail in self._read.values() if to in ("", mail["Envelope-To"])]

    def wait(self, to: str = "", count: int = 1) -> list[EmailMessage]:
        """The same, once there are `count`."""

        def enough() -> list[EmailMessage]:
            found = self.mails(to)
            return found if len(found) >= count else []

        found: list[EmailMessage] = wait_until(enough, f"{count} mails to {to or 'the mailbox'}")
        return found

    def close(self) -> None:
        self._imap.shutdown()
