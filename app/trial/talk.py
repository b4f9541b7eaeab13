"""What is said to a mail server, one step after the other."""

import socket
import ssl
from collections.abc import AsyncIterator
from email.utils import make_msgid

import aiosmtplib

from app import trust, words
from app.chat.shop import Shop
from app.courier.mail.letter import Letter
from app.courier.mail.look import render
from app.trial.finding import Asked, Failed, Finding, one_line
from app.trial.place import PATIENCE
from app.trial.troubles import not_let_in, untrusted

# The port at which encryption comes first (RFC 8314), so that a server there waits for it.
_ENCRYPTED_PORT = 465
_LOG_IN_FIRST = 530


class Talk:
    """With the server behind `link`."""

    def __init__(self, asked: Asked, link: socket.socket) -> None:
        self._asked = asked
        self._client = aiosmtplib.SMTP(
            hostname=asked.server.host,
            sock=link,
            use_tls=asked.server.tls,
            start_tls=False,
            tls_context=_context(asked),
            timeout=PATIENCE,
            local_hostname=_plain(asked.host),
        )

    async def greet(self) -> AsyncIterator[Finding]:
        """Connected, and encrypted where that is to be. Raises Failed."""
        server = self._asked.server
        try:
            hello = await self._client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            failed = self._unheard(error)
            if failed.finding.step == "encrypt":  # so it was reached
                yield Finding("connect", "ok", "ok")
            raise failed from error
        yield Finding("connect", "ok", "ok", self._said(hello.message))
        if server.tls or await self._turns_to_tls():
            yield self._encrypted()
        elif server.loopback:
            yield Finding("encrypt", "ok", "here")
        else:
            raise Failed("encrypt", "none")

    async def _turns_to_tls(self) -> bool:
        """Whether the server offers it, and now it is. Raises Failed."""
        try:
            await self._client.ehlo()
            if not self._client.supports_extension("starttls"):
                return False
            await self._client.starttls()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise untrusted(error) or Failed("encrypt", "broken", self._said(error)) from error
        return True

    def _encrypted(self) -> Finding:
        link, server = self._client.get_transport_info("ssl_object"), self._asked.server
        unproven = server.loopback and not server.tls
        return Finding("encrypt", "ok", "here" if unproven else "ok", link.version() if link else "")

    def _unheard(self, error: Exception) -> Failed:
        if failed := untrusted(error):
            return failed
        if isinstance(error, aiosmtplib.SMTPTimeoutError) and not self._asked.server.tls:
            return Failed("connect", "encrypted" if self._asked.server.port == _ENCRYPTED_PORT else "mute")
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0:  # else it is none of SMTP
            return Failed("connect", "turned_away", self._said(f"{error.code} {error.message}"))
        return Failed("connect", "mute")

    async def log_in(self) -> Finding:
        """As the settings say. Raises Failed."""
        server = self._asked.server
        if not server.user:
            return Finding("login", "ok", "none")
        try:
            await self._client.login(server.user, server.password)
        except aiosmtplib.SMTPResponseException as error:
            raise Failed("login", not_let_in(error), self._said(f"{error.code} {error.message}")) from error
        except (aiosmtplib.SMTPException, ValueError) as error:
            raise Failed("login", "cut" if isinstance(error, OSError) else "not_offered") from error
        return Finding("login", "ok", "ok")

    async def send(self) -> Finding:
        """The mail. Raises Failed."""
        asked, refused = self._asked, "sender"
        message = _letter(asked).message(asked.sender)
        sender, to = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        try:
            options = [] if (sender + to).isascii() else ["SMTPUTF8"]
            await self._client.mail(sender, options=options, encoding="utf-8")
            refused = "recipient"
            await self._client.rcpt(to, encoding="utf-8")
            refused = "whole"
            said = await self._client.data(message.as_bytes())
        except aiosmtplib.SMTPResponseException as error:
            outcome = "log_in" if error.code == _LOG_IN_FIRST else "later" if error.code < 500 else refused
            raise Failed("send", outcome, self._said(f"{error.code} {error.message}")) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise Failed("send", "cut") from error
        return Finding("send", "ok", "ok", self._said(f"{said.code} {said.message}"))

    def close(self) -> None:
        """At once."""
        self._client.close()

    def _said(self, text: object) -> str:
        """What the server said, should it have repeated the password."""
        password = self._asked.server.password
        return one_line(text).replace(password, "***") if password else one_line(text)


def _context(asked: Asked) -> ssl.SSLContext:
    context = trust.context()
    if asked.server.loopback and not asked.server.tls:  # as it is when mail is sent (courier/mail/smtp.py)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _plain(host: str) -> str:
    """A name as machines write it."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "localhost"


def _letter(asked: Asked) -> Letter:
    said = words.section("team_mail", asked.language)
    title = said["trial.title"].format(shop=asked.shop)
    rendered = render(
        "notice",
        asked.language,
        Shop(name=asked.shop),
        title=title,
        paragraphs=[said["trial.arrived"], said["trial.look"]],
        button=None,
        foot="",
    )
    return Letter(asked.to, title, *rendered, asked.language, make_msgid(domain=_plain(asked.host)))
