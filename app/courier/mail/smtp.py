"""How a letter is given to the shop's mail server: by SMTP, encrypted, or not beyond this machine."""

import asyncio
import ssl
from contextlib import suppress

import aiosmtplib

from app import trust
from app.config.mail_server import MailServer
from app.courier.mail.letter import Letter, NoAddress
from app.courier.mail.trouble import SmtpTrouble, trouble_of

# Letters that go over one connection, and seconds that it is kept for the next one.
_LETTERS, _IDLE = 20, 10.0
_FAREWELL = 5.0  # seconds for a goodbye
# Seconds that the server may take for one answer: less than a whole delivery may last (courier/lanes.py).
_PATIENCE = 40.0


class Smtp:
    """Letters of `sender` (an address, with or without a name before it) by the shop's `server`, which we greet as
    `host`. One after the other, over one connection as long as more follow."""

    def __init__(self, server: MailServer, sender: str, host: str) -> None:
        self._server, self._sender, self._host = server, sender, host
        self._client: aiosmtplib.SMTP | None = None
        self._sent, self._turn = 0, asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Future[None] | None = None

    async def send(self, letter: Letter) -> None:
        """Returns once the server answers for the letter. Raises SmtpTrouble."""
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            try:
                await self._send(letter)
            except BaseException:
                self._hang_up()
                raise
            self._idle = asyncio.get_running_loop().call_later(_IDLE, self._leave)

    def _leave(self) -> None:
        self._leaving = asyncio.ensure_future(self.close())

    async def _send(self, letter: Letter) -> None:
        try:
            message = letter.message(self._sender)
        except NoAddress as error:
            raise SmtpTrouble(str(error), again=False, whose="address") from error
        sender, to = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        content = message.as_bytes()
        client = await self._connected()
        said = False
        try:
            if to.isascii():
                await client.mail(sender)
                await client.rcpt(to)
            elif not client.supports_extension("smtputf8"):
                raise SmtpTrouble("SMTPUTF8 not supported", again=False, whose="address")
            else:
                await client.mail(sender, options=["SMTPUTF8"], encoding="utf-8")
                await client.rcpt(to, encoding="utf-8")
            said = True
            await client.data(content)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise trouble_of(error, unsure=said) from error
        self._sent += 1

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected and self._sent < _LETTERS:
            return self._client
        self._hang_up()
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            local_hostname=self._host,
            timeout=_PATIENCE,
            use_tls=server.tls,
            start_tls=False if server.tls else None if server.loopback else True,
            tls_context=_certificates(server),
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise trouble_of(error) from error
        self._client, self._sent = client, 0
        return client

    def _hang_up(self) -> None:
        """At once: it may be in the middle of something."""
        if self._client is not None:
            self._client.close()
        self._client = None

    async def close(self) -> None:
        """Take leave of the server, if it still listens."""
        async with self._turn:
            if self._client is not None and self._client.is_connected:
                with suppress(aiosmtplib.SMTPException, OSError):  # what it was given it has answered for
                    await self._client.quit(timeout=_FAREWELL)
            self._hang_up()


def _certificates(server: MailServer) -> ssl.SSLContext:
    """By what it is known that the server is the one meant; nobody poses as one on this machine."""
    context = trust.context()
    if server.loopback and not server.tls:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
