"""What customers get by mail, from the log in a real store to their mailbox behind a real mail server."""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import config
from app.chat import contact, protocol
from app.chat.deliveries import Told
from app.chat.files import FileInfo, new_id
from app.chat.mail_when import GONE_MS, HERE_MS, SILENCE_MS
from app.chat.shop import Change
from app.config import mail_server
from app.courier.drivers import Done, Failed, Later, Outcome
from app.courier.mail import enclosed
from app.courier.mail.driver import MailDriver
from app.courier.mail.smtp import Smtp
from app.files.directory import Directory
from app.store.changes import Event
from app.store.errors import StoreAway
from app.store.mail_tokens import MOST_A_DAY, stop_code
from app.store.messages import Stored, stored
from app.store.outbox import Job, Lane
from app.store.people import Visitor
from app.store.resp import Reply
from app.store.store import Store
from tests.courier.test_letters import PNG, body
from tests.mail.post_office import SHOP, PostOffice

ANNA, URL = "a" + "n" * 25, "https://chat.shop.test"
HOUR_MS = 3600 * 1000


class Desk:
    """A shop whose agents write to who has left. The courier looks an hour later, when nobody is here."""

    def __init__(self, store: Store, office: PostOffice, files: Path) -> None:
        self.store, self.office, self.files = store, office, files
        self.connect(office.url())

    def connect(self, url: str) -> None:
        """To which mail server letters go from now on."""
        flags = {"url": URL, "mail.smtp": url, "mail.from": SHOP, "files.directory": str(self.files)}
        self.settings = config.load(flags, {}, None).settings
        self.smtp = Smtp(mail_server.parse(url), SHOP, "chat.shop.test")
        self.driver = MailDriver(self.settings, self.store, self.smtp)

    async def visitor(self, email: str = "", language: str = "", **more: object) -> Visitor:
        """Somebody who agreed to be written to, and left."""
        uid = (await self.store.people.login_anonymous()).uid
        email = email or f"{uid}@customer.test"
        mail = contact.agreed(email, 1, before={}) | {"language": language}
        await self.store.contacts.put(uid, email, mail | more)
        event = Event(secrets.token_hex(8), b"{}")
        await self.store.changes.claim(uid, ANNA, take_over=False, claimed=event, released=event)
        found = await self.store.people.visitor(uid)
        assert found is not None
        return found

    async def say(self, visitor: Visitor, text: str, *, who: str = "Anna", file: FileInfo | None = None) -> int:
        """An agent writes; its seq."""
        if file is not None:
            await self.store.files.keep(visitor.uid, ANNA, False, file)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        user = protocol.encode(protocol.user(ANNA, who, "agent", 0))
        writer = self.store.messages.writer(visitor.uid, ANNA, "a")
        said = protocol.message_body(user, text)
        writer.append("message", 1, secrets.token_hex(8), 1, text, said, file.id if file else "", answer.set_result)
        found = stored(await answer)
        assert isinstance(found, Stored)
        return found.seq

    async def lane(self, visitor: Visitor, *seqs: int, later_ms: int = HOUR_MS, left_ms: int = 1) -> Lane:
        """Its messages wait, all written now."""
        epoch, now = await self.store.conversations.epoch(visitor.uid), int(time.time() * 1000)
        jobs = [Job(f"{seq}", "mail", visitor.uid, epoch, seq, "message", now) for seq in seqs]
        shard, now = self.store.keys.shard_of(visitor.uid), now + later_ms
        return Lane(f"mail:{visitor.uid}", "mail", visitor.uid, shard, 1, jobs, 0, False, left_ms, 0, 0, now)

    async def mail(self, visitor: Visitor, *seqs: int) -> EmailMessage:
        """Deliver these messages; what came of it."""
        before = len(self.office.world.mails(visitor.email))
        outcome = await self.driver.deliver(await self.lane(visitor, *seqs))
        assert isinstance(outcome, Done), outcome
        return self.office.world.wait(visitor.email, before + 1)[-1]


def told(outcome: Outcome) -> tuple[str, dict[str, object]]:
    """The event of an outcome."""
    entry = outcome.entry if isinstance(outcome, Done | Failed) else None
    assert isinstance(entry, Told)
    return entry.kind, protocol.decode(entry.body)


@pytest.fixture
async def desk(store_url: str, post_office: PostOffice, tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store(store_url, 1, 30, 30, 168)
    await store.open()
    made = Desk(store, post_office, tmp_path)
    yield made
    await made.smtp.close()
    await store.close()


async def test_what_was_said_meanwhile_comes_in_one_mail_with_the_way_back_and_the_way_out(desk: Desk) -> None:
    await desk.store.shop.save(0, Change(name="Täehaus <b>", accent="#ffd000").checked(), "a")
    await desk.store.faces.put("shop", PNG)
    lena = await desk.visitor(language="de")
    seqs = [await desk.say(lena, "Ja, <b>morgen</b>."), await desk.say(lena, "https://t.example/?a&b", who="Ben")]
    outcome = await desk.driver.deliver(await desk.lane(lena, *seqs))
    assert isinstance(outcome, Done)
    assert outcome.ids == [str(seq) for seq in seqs]
    kind, event = told(outcome)
    assert (kind, event["first"], event["through"]) == ("mail.sent", *seqs)
    (mail,) = desk.office.world.wait(lena.email)
    assert (str(mail["From"]), str(mail["Reply-To"])) == (f'"Ben von Täehaus <b>" <{SHOP}>', SHOP)
    assert (mail["Subject"], mail["Content-Language"]) == ("Ihr Gespräch mit Täehaus <b>", "de")
    assert "Auto-Submitted" not in mail
    text, html = body(mail, "plain"), body(mail, "html")
    (token,) = re.findall(rf"{re.escape(URL)}/#mail=([a-z2-7]{{20}})\n", text)
    assert f'href="{URL}/#mail={token}"' in html
    found = await desk.store.mail.whose(token)
    assert found is not None
    assert (found.uid, found.address, found.since) == (lena.uid, lena.email, seqs[0])
    stop = f"{URL}/mail/stop/{stop_code(token)}"
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (stop in text, f'href="{stop}"' in html) == (True, True)
    assert token not in "".join(f"{name}: {value}\n" for name, value in mail.items())
    assert "Anna:\n\nJa, <b>morgen</b>.\n\nBen:\n\nhttps://t.example/?a&b\n" in text
    assert "Ja, &lt;b&gt;morgen&lt;/b&gt;." in html
    assert '"https://t.example/?a&amp;b"' in html
    assert ("#ffd000" in html, "cid:logo" in html, "<b>" in html) == (True, True, False)


async def test_the_mails_of_a_conversation_are_one_thread_and_each_has_one_name(desk: Desk) -> None:
    lena = await desk.visitor()
    one, two, three = [await desk.say(lena, text) for text in ("one", "two", "three")]
    first, second = await desk.mail(lena, one), await desk.mail(lena, three, two)  # planned anew
    assert "two\n\nthree\n" in body(second, "plain")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Subject"] == second["Subject"] == "Your conversation with us"
    assert first["References"] == first["In-Reply-To"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"].split() == [first["References"], first["Message-ID"]]
    host = urlsplit(URL).hostname
    assert all(re.fullmatch(rf"<[a-z2-7]{{20}}\.\d+@{host}>", mail["Message-ID"]) for mail in (first, second))
    # The courier was killed before it could say that it had sent them, and more was said.
    again = await desk.mail(lena, two, three, await desk.say(lena, "four"))
    assert (again["Message-ID"], body(again, "plain")) == (second["Message-ID"], body(second, "plain"))


async def test_a_mail_that_went_has_gone_whatever_becomes_of_the_store(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(address: str) -> None:
        raise StoreAway

    lena = await desk.visitor()
    seq = await desk.say(lena, "Yes.")
    monkeypatch.setattr(desk.store.mail, "count", away)
    assert isinstance(await desk.driver.deliver(await desk.lane(lena, seq)), Done)


async def test_files_go_along_as_far_as_mailboxes_take_them_and_else_are_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enclosed, "MOST_BYTES", 3000)
    lena = await desk.visitor()
    directory, seqs = Directory(desk.files), []
    for name, size, kept in (
        ("Größe ü.png", 2048, True),
        ("big.bin", 2048, True),
        ("a.txt", 900, True),
        ("gone", 1, False),
    ):
        file = FileInfo(
            new_id(lena.uid), name, "image/png" if name.endswith("png") else "application/octet-stream", size
        )
        if kept:
            draft = directory.draft(file.id)
            draft.file.write(b"x" * size)
            directory.put(draft, file.id)
        seqs.append(await desk.say(lena, "", file=file))
    mail = await desk.mail(lena, *seqs)
    found = [(part.get_filename(), len(part.get_content())) for part in mail.iter_attachments()]
    assert found == [("Größe ü.png", 2048), ("a.txt", 900)]
    lines = [line for line in body(mail, "plain").splitlines() if "kB" in line]
    assert lines == [
        "Größe ü.png (2 kB), attached",
        "big.bin (2 kB), in the chat",
        "a.txt (1 kB), attached",
        "gone (1 kB), in the chat",
    ]


async def test_an_address_may_be_of_any_letters(desk: Desk) -> None:
    lena = await desk.visitor("léna@customer.test")
    mail = await desk.mail(lena, await desk.say(lena, "x"))
    assert (str(mail["To"]), mail["Subject"]) == ("léna@customer.test", "Your conversation with us")


async def test_nothing_is_mailed_before_its_time_or_to_who_wants_none(desk: Desk) -> None:
    lena = await desk.visitor()
    seq = await desk.say(lena, "x")
    lane = await desk.lane(lena, seq, later_ms=0)
    assert await desk.driver.deliver(lane) == Later(lane.now_ms + SILENCE_MS)
    lane = await desk.lane(lena, seq, left_ms=(await desk.lane(lena, seq)).now_ms)
    assert await desk.driver.deliver(lane) == Later(lane.left_ms + GONE_MS)
    lane = (await desk.lane(lena, seq))._replace(here=True)
    assert await desk.driver.deliver(lane) == Later(lane.now_ms + HERE_MS)
    for _ in range(MOST_A_DAY):
        await desk.store.mail.count(lena.email)
    lane = await desk.lane(lena, seq)
    full = await desk.driver.deliver(lane)
    assert isinstance(full, Later)
    assert 23 * HOUR_MS < full.at_ms - lane.now_ms <= 24 * HOUR_MS
    await desk.store.mail.stop(lena.email.upper())
    assert await desk.driver.deliver(lane) == Done([str(seq)])
    nobody = await desk.visitor()
    seq = await desk.say(nobody, "x")
    await desk.store.contacts.put(nobody.uid, "", {})
    assert await desk.driver.deliver(await desk.lane(nobody, seq)) == Done([str(seq)])
    out = await desk.visitor()
    lane = await desk.lane(out, await desk.say(out, "x"))
    events = (Event(secrets.token_hex(8), b"{}") for _ in range(2))
    await desk.store.changes.block(out.uid, ANNA, ANNA, on=True, released=next(events), blocked=next(events))
    assert isinstance(await desk.driver.deliver(lane), Done)
    assert desk.office.world.mails(out.email) == []
    assert await desk.driver.deliver(await desk.lane(await desk.visitor(), 4711)) == Done(["4711"])  # kept no more
    assert desk.office.world.mails(lena.email) == desk.office.world.mails(nobody.email) == []


async def test_what_a_server_refuses_is_told_apart_and_a_bounced_address_gets_nothing_more(desk: Desk) -> None:
    ada, bob, eve = [await desk.visitor() for _ in range(3)]
    desk.office.answer(ada.email, "451 4.7.1 Later")
    desk.office.answer(bob.email, "550 5.1.1 Nobody here")
    desk.office.answer(eve.email, "552 5.3.4 Too big", at="whole")
    lanes = [await desk.lane(one, await desk.say(one, "x")) for one in (ada, bob, eve)]
    later, bounced, refused = [await desk.driver.deliver(lane) for lane in lanes]
    assert isinstance(later, Failed)
    assert isinstance(bounced, Failed)
    assert isinstance(refused, Failed)
    assert (later.reason, later.again, later.whose, told(later)[0]) == (
        "451 4.7.1 Later",
        True,
        "address",
        "mail.delayed",
    )
    assert (bounced.again, bounced.whose, told(bounced)[0]) == (False, "address", "mail.failed")
    event = told(bounced)[1]
    assert [event[key] for key in ("reason", "told", "email")] == ["bounced", "550 5.1.1 Nobody here", bob.email]
    assert (refused.again, refused.whose, told(refused)[1]["reason"]) == (False, "server", "refused")
    assert "email" not in told(refused)[1]
    again = await desk.driver.deliver(lanes[0]._replace(since_ms=1, tries=1))
    assert isinstance(again, Failed)
    assert again.entry is None  # it was told
    known = await desk.store.people.visitors([ada.uid, bob.uid, eve.uid])
    assert [contact.address(known[one.uid]) for one in (ada, bob, eve)] == [ada.email, "", eve.email]
    # What was certainly not sent may come with more.
    desk.office.answer(ada.email, "")
    mail = await desk.mail(ada, lanes[0].jobs[0].seq, await desk.say(ada, "and y"))
    assert "and y" in body(mail, "plain")


async def test_while_the_server_is_left_alone_nothing_is_tried_and_agents_are_told_so(desk: Desk) -> None:
    lena = await desk.visitor()
    lane = await desk.lane(lena, await desk.say(lena, "x"))
    lane = lane._replace(shut="connection refused")
    outcome = await desk.driver.deliver(lane)
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.again, told(outcome)[0]) == ("connection refused", True, "mail.delayed")
    assert await desk.driver.deliver(lane._replace(now_ms=0)) == Later(lane.jobs[0].at_ms + SILENCE_MS)
    assert desk.office.world.mails(lena.email) == []


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ({"password": "wrong"}, "535"),
        ({"host": "127.0.1"}, "certificate"),
        ({"scheme": "smtps", "host": "127.0.1"}, "certificate"),
        ({"port": 1}, "Error connecting"),
    ],
)
async def test_a_server_that_lets_nobody_in_is_no_customers_fault(
    desk: Desk, where: dict[str, str], reason: str
) -> None:
    desk.connect(desk.office.url(**where))  # type: ignore[arg-type]
    lena = await desk.visitor()
    outcome = await desk.driver.deliver(await desk.lane(lena, await desk.say(lena, "x")))
    assert isinstance(outcome, Failed)
    assert (outcome.again, outcome.whose, told(outcome)[0]) == (True, "server", "mail.delayed")
    assert reason in outcome.reason
    assert "wrong" not in outcome.reason


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_elsewhere_is_spoken_to_in_secret_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", desk.office.env["SSL_CERT_FILE"])
    desk.connect(desk.office.url(scheme, host="127.1"))
    lena = await desk.visitor()
    mails = [await desk.mail(lena, await desk.say(lena, text)) for text in ("one", "two")]
    assert all("with esmtpsa" in mail["Received"] for mail in mails)
    with PostOffice(starttls=False) as open_one:
        desk.connect(open_one.url(host="127.1"))
        outcome = await desk.driver.deliver(await desk.lane(lena, await desk.say(lena, "x")))
        assert isinstance(outcome, Failed)
        assert "STARTTLS" in outcome.reason
        assert "AUTH" not in open_one.log
