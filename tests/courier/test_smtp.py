"""How letters share connections to a mail server, and how those end."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from app.config import mail_server
from app.courier.mail import smtp as module
from app.courier.mail.smtp import Smtp
from app.courier.mail.trouble import SmtpTrouble
from tests.courier.test_letters import letter
from tests.mail.post_office import SHOP, PostOffice

TO = "lena@customer.test"


class Line:
    """What is said to a mail server, on each connection; `cuts`: each is cut once a whole letter was heard."""

    def __init__(self, port: int) -> None:
        self.said, self.cuts, self.farewell = list[bytes](), False, asyncio.Event()
        self._port, self._open = port, list[asyncio.StreamWriter]()
        self._tasks = set[asyncio.Future[object]]()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, to = await asyncio.open_connection("127.0.0.1", self._port)
        self._open += [writer, to]
        self.said.append(b"")
        self._tasks |= {asyncio.ensure_future(self._pipe(*way)) for way in ((reader, to, True), (back, writer, False))}

    async def _pipe(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, ours: bool) -> None:
        number = len(self.said) - 1
        while data := await source.read(65536):
            if ours:
                self._hear(number, data)
            target.write(data)
        target.close()

    def _hear(self, number: int, data: bytes) -> None:
        self.said[number] += data
        if self.cuts and self.said[number].endswith(b"\r\n.\r\n"):
            self._cut()
        if self.said[number].endswith(b"QUIT\r\n"):
            self.farewell.set()

    def _cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def close(self) -> None:
        self._cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    """One that offers no encryption: what is said can be heard."""
    with PostOffice(starttls=False) as opened:
        yield opened


@pytest.fixture
async def line(office: PostOffice) -> Line:
    return Line(office.smtp_port)


@pytest.fixture
async def smtp(line: Line, office: PostOffice) -> AsyncIterator[Smtp]:
    async with await asyncio.start_server(line.connected, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        made = Smtp(mail_server.parse(office.url(port=port)), SHOP, "chat.shop.test")
        yield made
        await made.close()
        await line.close()


async def test_letters_that_follow_each_other_go_over_one_connection_as_far_as_servers_like(
    smtp: Smtp, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LETTERS", 3)
    await asyncio.gather(*(smtp.send(letter(TO)) for _ in range(4)))
    assert [said.count(b"DATA\r\n") for said in line.said] == [3, 1]
    assert line.said[0].startswith(b"EHLO chat.shop.test\r\n")
    await smtp.close()
    assert line.said[1].endswith(b"QUIT\r\n")


async def test_what_one_letter_is_refused_is_not_held_against_the_next(smtp: Smtp, office: PostOffice) -> None:
    office.answer("nobody@customer.test", "550 5.1.1 Nobody here")
    with pytest.raises(SmtpTrouble, match="Nobody here"):
        await smtp.send(letter("nobody@customer.test"))
    await smtp.send(letter(TO))


async def test_a_connection_that_nobody_uses_is_given_back(
    smtp: Smtp, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_IDLE", 0.0)
    await smtp.send(letter(TO))
    await asyncio.wait_for(line.farewell.wait(), 60)


async def test_who_was_cut_off_connects_again_and_says_so_where_a_letter_may_have_gone(smtp: Smtp, line: Line) -> None:
    await smtp.send(letter(TO))
    line.cuts = True
    with pytest.raises(SmtpTrouble) as caught:
        await smtp.send(letter(TO))
    assert (caught.value.again, caught.value.whose, caught.value.unsure) == (True, "server", True)
    line.cuts = False
    await smtp.send(letter(TO))
    assert len(line.said) == 2
