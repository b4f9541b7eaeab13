"""The trial of mail settings: what each step says of a real server, and of one that says what others would."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import outbound, trust
from app.config import MailServer
from app.config.mail_server import parse
from app.trial.finding import Asked, Finding
from app.trial.run import trial
from tests.cli.program import run
from tests.clients.api import PASSWORD, ask, log_in
from tests.mail.post_office import NAME, OTHER_NAME, SHOP, PostOffice
from tests.mail.post_office import PASSWORD as MAIL_PASSWORD
from tests.prepared import Prepared
from tests.running import Chatadmin

Scripted = Callable[..., MailServer]
SENT = ["resolve.ok", "connect.ok", "encrypt.ok", "login.ok", "send.ok"]


def findings(server: MailServer, *, to: str = "lin@customer.test", **more: Any) -> list[Finding]:
    """Of the steps of sending."""
    asked = Asked(server, SHOP, to, "chat.shop.test", "Tea & Kettle", "en", **{"anywhere": True, **more})

    async def collect() -> list[Finding]:
        return [finding async for finding in trial(asked) if finding.step not in ("spf", "dmarc")]

    found = asyncio.run(collect())
    assert len({one.step for one in found}) == len(found), "each step comes to one end"
    return found


def told(found: list[Finding]) -> list[str]:
    return [f"{one.step}.{one.outcome}" for one in found]


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A server that greets, and answers each command (EHLO, AUTH ...) of one connection as it is told to."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(answers: dict[str, str]) -> None:
        link, _ = listener.accept()
        with link, link.makefile("rwb") as lines:
            lines.write(answers.get("", "220 mail ESMTP").encode() + b"\r\n")
            lines.flush()
            for line in lines:
                answer = answers.get(line[:4].decode().strip().upper())
                if answer is None:
                    return
                lines.write(answer.encode() + b"\r\n")
                lines.flush()

    def script(host: str = "localhost", **answers: str) -> MailServer:
        usual = {"EHLO": "250-mail\r\n250 AUTH PLAIN", "AUTH": "235 in", "MAIL": "250 ok", "RCPT": "250 ok"}
        threading.Thread(target=serve, args=({**usual, **answers},), daemon=True).start()
        return MailServer(host, listener.getsockname()[1], "anna@shop.test", "s3cret", tls=False)

    yield script
    listener.close()


def test_a_mail_is_sent_step_by_step(post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", post_office.env["SSL_CERT_FILE"])
    found = findings(parse(post_office.url("smtps")), to="steps@customer.test")
    assert told(found) == SENT
    assert found[2].said == "TLSv1.3"
    assert told(findings(parse(post_office.url(host=NAME)), to="köchin@customer.test")) == SENT
    (mail,) = post_office.world.wait("steps@customer.test")
    assert mail["Subject"] == "The chat of Tea & Kettle can send mail"
    assert told(findings(parse(post_office.url(host=NAME)))) == SENT
    assert told(findings(parse(post_office.url()))) == [*SENT[:2], "encrypt.here", *SENT[3:]]


def test_each_failure_is_told_apart(post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(findings(parse(post_office.url("smtps")))) == [*SENT[:2], "encrypt.certificate"]
    monkeypatch.setenv("SSL_CERT_FILE", post_office.env["SSL_CERT_FILE"])
    for scheme in ("smtp", "smtps"):
        assert told(findings(parse(post_office.url(scheme, host=OTHER_NAME))))[-1] == "encrypt.name"
    assert told(findings(parse(post_office.url("smtps", port=post_office.smtp_port))))[-1] == "encrypt.broken"
    assert told(findings(parse(post_office.url(port=post_office.imap_port))))[-1] == "connect.mute"
    assert told(findings(parse(post_office.url(port=1)))) == ["resolve.ok", "connect.refused"]
    assert told(findings(parse("smtp://nowhere.invalid"))) == ["resolve.unknown"]
    wrong = findings(parse(post_office.url(password="wrong")))
    assert (told(wrong)[-1], wrong[-1].said) == ("login.refused", "535 Incorrect authentication data")
    assert told(findings(parse(f"smtp://localhost:{post_office.smtp_port}")))[-2:] == ["login.none", "send.log_in"]
    for reply, outcome in (("451 4.7.1 Later", "send.later"), ("550 5.1.1 Nobody", "send.recipient")):
        post_office.answer("odd@customer.test", reply)
        refused = findings(parse(post_office.url()), to="odd@customer.test")
        assert (told(refused)[-1], refused[-1].said) == (outcome, reply)
    post_office.answer("odd@customer.test", "")
    post_office.answer("odd@customer.test", "552 5.2.3 Too large", at="whole")
    assert told(findings(parse(post_office.url()), to="odd@customer.test"))[-1] == "send.whole"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"": "554 5.7.1 You are on a list"}, "connect.turned_away"),
        ({"host": NAME}, "encrypt.none"),
        ({"EHLO": "250-mail\r\n250 STARTTLS", "STAR": "454 4.7.0 TLS is not available"}, "encrypt.broken"),
        ({"EHLO": "250-" + "x" * 40_000}, "encrypt.broken"),
        ({"EHLO": "250 mail"}, "login.not_offered"),
        ({"AUTH": "534 5.7.9 Application-specific password required"}, "login.app_password"),
        ({"AUTH": "535 5.7.139 Authentication unsuccessful, basic authentication is disabled"}, "login.passwords_off"),
        ({"AUTH": "454 4.7.0 Temporary authentication failure"}, "login.later"),
        ({"MAIL": "553 5.7.1 Sender address rejected: not owned by user"}, "send.sender"),
    ],
)
def test_what_other_servers_say_is_known(scripted: Scripted, answers: dict[str, str], outcome: str) -> None:
    assert told(findings(scripted(**answers)))[-1] == outcome


def test_a_server_that_repeats_the_password_is_not_quoted(scripted: Scripted) -> None:
    (*_, last) = findings(scripted(AUTH="535 not s3cret\x07 \x1b[2J" + "x" * 400))
    assert last.said.startswith("535 not *** [2Jx")
    assert len(last.said) <= 200


PUBLIC = ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34")
PRIVATE = (
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "127.0.0.1",
    "::1",
    "fd12::1",
    "100.64.0.1",
    "::ffff:10.0.0.1",
    "fec0::1",
)
NEVER = (
    *("169.254.169.254", "fe80::1%eth0", "0.0.0.0", "::", "224.0.0.1", "240.0.0.1", "100.100.100.200"),
    *("168.63.129.16", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"),
    *("::7f00:1", "64:ff9b:1::a9fe:a9fe"),
)


def test_where_administrators_may_have_us_connect_to() -> None:
    for address in PUBLIC:
        assert outbound.may_connect(address, private=False), address
    for address in PRIVATE:
        assert [outbound.may_connect(address, private=private) for private in (False, True)] == [False, True], address
    for address in NEVER:
        assert not outbound.may_connect(address, private=True), address


def test_no_connection_is_made_where_nobody_may_go(post_office: PostOffice) -> None:
    for server in (parse(post_office.url()), parse(post_office.url(host=NAME)), parse("smtp://169.254.169.254")):
        (only,) = findings(server, anywhere=False)
        assert (only.step, only.outcome) == ("resolve", "forbidden")
    assert told(findings(parse(post_office.url()), anywhere=False, private=True))[-1] == "send.ok"


def test_authorities_are_found_where_the_system_keeps_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    assert trust.context().get_ca_certs()


def test_operators_try_what_is_in_force(post_office: PostOffice, tmp_path: Path) -> None:
    unset = run("mail", "anna@shop.test", home=tmp_path)
    assert (unset.status, unset.complaint) == (1, "mail.smtp and mail.from must be set first: README says how")
    given = {"CHATADMIN_MAIL__SMTP": post_office.url(), "CHATADMIN_MAIL__FROM": SHOP}
    assert run("mail", "anna", home=tmp_path, env=given).complaint == "'anna' is no address to send a mail to"
    done = run("mail", "operator@customer.test", home=tmp_path, env=given)
    assert (done.status, done.err) == (0, "")
    assert "ok    send: The server took the mail." in done.out
    post_office.world.wait("operator@customer.test")
    given["CHATADMIN_MAIL__SMTP"] = post_office.url(password="wrong")
    done = run("mail", "operator@customer.test", home=tmp_path, env=given)
    assert (done.status, done.err) == (1, "")
    assert "fail  login: User or password are wrong." in done.out


def test_check_says_whether_mail_would_be_sent(post_office: PostOffice, tmp_path: Path) -> None:
    given: dict[str, str] = {}

    def says(**more: str) -> str:
        given.update({f"CHATADMIN_{name.upper()}": value for name, value in more.items()})
        done = run("check", "--server", "127.0.0.1:0", home=tmp_path, env=given)
        assert (done.status, done.err) == (0, "")
        assert MAIL_PASSWORD not in done.out
        (line,) = [line for line in done.out.splitlines() if line[4:].startswith("  mail: ")]
        return line

    assert says() == "ok    mail: none is sent: README says how to set it up"
    assert says(mail__from=SHOP) == "warn  mail: none is sent without mail.smtp and url"
    sent = says(mail__smtp=post_office.url(), url="https://chat.shop.test")
    assert sent == "ok    mail: localhost takes it; its links lead to https://chat.shop.test"
    assert says(url="http://chat.shop.test").endswith("links lead to http://chat.shop.test, which is not encrypted")
    assert says(mail__smtp=post_office.url(password="wrong")).startswith("warn  mail: User or password are wrong.")
    assert says(mail__smtp=post_office.url(port=1)).startswith("warn  mail: The machine is there, but nothing listens")


@pytest.fixture(scope="module")
def shop(prepared: Prepared, post_office: PostOffice) -> Iterator[Chatadmin]:
    """A shop that sends mail by the post office, in which Olga decides and Anna answers."""
    config = {"mail": {"smtp": post_office.url(), "from": SHOP}, "url": "https://chat.shop.test"}
    with Chatadmin(config=config, data_dir=prepared("Olga", "Anna")) as running:
        yield running
        assert MAIL_PASSWORD not in running.output
        assert "s3cret" not in running.output


def test_administrators_try_it_in_the_console(shop: Chatadmin, post_office: PostOffice) -> None:
    olga, anna = (log_in(shop.url, name, PASSWORD) for name in ("Olga", "Anna"))
    for method, path in (("GET", "/v1/mail"), ("POST", "/v1/mail/trial")):
        assert ask(shop.url, path, method=method, Authorization=anna).refusal == (403, "forbidden")
    known = ask(shop.url, "/v1/mail", Authorization=olga)
    assert known.value["server"] == {"host": "localhost", "port": post_office.smtp_port, "tls": False, "user": True}
    assert MAIL_PASSWORD.encode() not in known.body

    def tried(**asked: Any) -> list[str]:
        found = ask(shop.url, "/v1/mail/trial", asked, Authorization=olga).value
        return [f"{one['step']}.{one['outcome']}" for one in found if one["step"] not in ("spf", "dmarc")]

    assert tried(to="console@customer.test")[-1] == "send.ok"
    post_office.world.wait("console@customer.test")
    typed = {"host": "localhost", "tls": False, "user": SHOP, "password": "s3cret", "sender": SHOP}
    assert tried(to="x@customer.test", typed={**typed, "port": post_office.smtp_port})[-1] == "login.refused"
    assert tried(to="x@customer.test", typed={**typed, "port": post_office.smtps_port}) == ["resolve.forbidden"]
    for asked, field in (({"to": "x"}, "to"), ({"to": SHOP, "typed": {**typed, "port": 0}}, "typed")):
        refused = ask(shop.url, "/v1/mail/trial", asked, Authorization=olga)
        assert (refused.refusal, refused.json["field"]) == ((400, "bad_request"), field)


def test_nobody_tries_without_end(shop: Chatadmin) -> None:
    olga = log_in(shop.url, "Olga", PASSWORD)
    typed = {"host": "nowhere.invalid", "port": 25, "tls": False, "sender": SHOP}
    answers = [
        ask(shop.url, "/v1/mail/trial", {"to": SHOP, "typed": typed}, Authorization=olga).status for _ in range(7)
    ]
    assert answers[-1] == 429
