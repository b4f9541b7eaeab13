"""What a letter is once it is bytes, and whose fault it is when a server does not take one."""

import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import aiosmtplib
import pytest

from app.chat.shop import Shop
from app.courier.mail import look
from app.courier.mail.letter import Attachment, Letter, NoAddress
from app.courier.mail.trouble import trouble_of

PNG = b"\x89PNG\r\n\x1a\n"


def letter(to: str = "lena@example.org", **more: object) -> Letter:
    said = {"subject": "Grüße 茶", "text": "Tee?\n", "html": "<p>Tee?</p>\n", "language": "de", "message_id": "<a.1@h>"}
    return Letter(to, **{**said, **more})  # type: ignore[arg-type]


def read(letter: Letter, sender: str = "Teehaus <chat@shop.example>") -> EmailMessage:
    """As a mailbox has it."""
    found = message_from_bytes(letter.message(sender).as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    said: str = part.get_content()
    return said.replace("\r\n", "\n")


def test_a_letter_is_text_and_html_with_its_pictures_inside_and_its_files_beside() -> None:
    files = [Attachment("logo.png", "image/png", PNG, "logo"), Attachment("Rechnung ü.pdf", "application/pdf", b"%PDF")]
    mail = read(letter(sender="Anna bei Teehaus", headers={"References": "<a.0@h>"}, attachments=files))
    assert str(mail["From"]) == "Anna bei Teehaus <chat@shop.example>"
    assert (str(mail["Reply-To"]), str(mail["To"])) == ("Teehaus <chat@shop.example>", "lena@example.org")
    assert [mail[name] for name in ("Subject", "Message-ID", "References", "Content-Language")] == [
        *("Grüße 茶", "<a.1@h>", "<a.0@h>", "de")
    ]
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png", "application/pdf"]
    assert (body(mail, "plain"), body(mail, "html")) == ("Tee?\n", "<p>Tee?</p>\n")
    (beside,) = mail.iter_attachments()
    assert (beside.get_filename(), beside.get_content()) == ("Rechnung ü.pdf", b"%PDF")
    (inside,) = [part for part in mail.walk() if part["Content-ID"]]
    assert (inside["Content-ID"], inside.get_content(), inside.get_content_disposition()) == ("<logo>", PNG, "inline")


def test_a_long_line_and_letters_of_every_kind_pass_through_servers_of_seven_bits() -> None:
    for said in ("茶" * 3000 + "\n.\nFrom here\n", "Grüße\n"):
        raw = letter(text=said, html=said).message("chat@shop.example").as_bytes()
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert body(read(letter(text=said)), "plain") == said


@pytest.mark.parametrize(
    ("typed", "written"),
    [("lena@täe.example", "lena@xn--te-via.example"), ("léna@example.org", "léna@example.org")],
)
def test_an_address_may_be_of_any_script(typed: str, written: str) -> None:
    message = letter(typed).message("chat@shop.example")
    assert message["To"].addresses[0].addr_spec == written
    assert message.as_bytes().isascii() == written.isascii()


@pytest.mark.parametrize(
    "to", ["nobody", "", "a b@example.org", "a@example.org\r\nBcc: b@example.org", f"a@{'x' * 70}.org"]
)
def test_what_is_no_address_is_told_before_any_server_is_asked(to: str) -> None:
    with pytest.raises(NoAddress):
        letter(to).message("chat@shop.example").as_bytes()


@pytest.mark.parametrize("name", ["subject", "message_id", "language", "sender"])
def test_nothing_that_is_said_becomes_a_header_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|CR"):
        letter(**{name: "x\r\nBcc: all@example.org"}).message("chat@shop.example")


@pytest.mark.parametrize(
    "hidden", ["=?utf-8?q?x=0D=0ABcc:_all@example.org?=", "=?utf-8?b?DQoNCnBoaXNo?=", "==??q?=0a?="]
)
def test_nothing_that_is_said_is_taken_for_what_it_encodes(hidden: str) -> None:
    files = [Attachment(f"{hidden}.txt", "text/plain", b"x")]
    mail = read(letter(subject=hidden, sender=hidden, attachments=files))
    assert {"Bcc"}.isdisjoint(mail.keys())
    (file,) = mail.iter_attachments()
    named = [str(mail["Subject"]), mail["From"].addresses[0].display_name, str(file.get_filename())]
    assert [name.replace("= ?", "=?") for name in named] == [hidden, hidden, f"{hidden}.txt"]
    for to in (f"{hidden}@example.org", f"a@{hidden}.example"):
        with pytest.raises(NoAddress):
            letter(to).message("chat@shop.example")


REFUSED, DATA = aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError


@pytest.mark.parametrize(
    ("error", "again", "whose"),
    [
        (REFUSED(550, "5.1.1 User unknown", ""), False, "address"),
        (REFUSED(451, "4.7.1 Greylisted", ""), True, "address"),
        (REFUSED(550, "relay not permitted", ""), True, "server"),
        (REFUSED(554, "5.7.1 Relay access denied", ""), True, "server"),
        (REFUSED(530, "Authentication required", ""), True, "server"),
        (DATA(554, "5.7.1 Looks like spam"), False, "server"),
        (DATA(451, "Try later"), True, "server"),
        (aiosmtplib.SMTPSenderRefused(550, "Not your address", ""), True, "server"),
        (aiosmtplib.SMTPAuthenticationError(535, "5.7.8 Wrong password"), True, "server"),
        (aiosmtplib.SMTPConnectError("refused"), True, "server"),
        (aiosmtplib.SMTPException("STARTTLS extension not supported by server."), True, "server"),
        (TimeoutError(), True, "server"),
        (ssl.SSLError("wrong version number"), True, "server"),
    ],
)
def test_no_address_is_blamed_for_what_the_server_does_to_all(error: Exception, again: bool, whose: str) -> None:
    found = trouble_of(error)
    assert (found.again, found.whose, found.unsure) == (again, whose, False)
    assert found.reason
    assert found.bounced == (whose == "address" and not again)


@pytest.mark.parametrize("error", [REFUSED(552, "Over quota", ""), REFUSED(550, "5.2.2 Mailbox full", "")])
def test_an_address_is_not_given_up_because_its_mailbox_is_full(error: Exception) -> None:
    found = trouble_of(error)
    assert (found.again, found.whose, found.bounced) == (False, "address", False)


def test_a_reason_is_one_short_line() -> None:
    assert trouble_of(DATA(554, "no\r\n" + "x" * 500)).reason == f"554 no {'x' * 193}"


def test_a_notice_says_the_same_in_both_parts_and_what_was_typed_is_text() -> None:
    said = {"title": "Hello", "paragraphs": ["<b>x</b> https://a.example/?a&b"], "foot": "Bye & thanks"}
    shop = Shop("Tea <script>", accent="#ffd000", logo="x")
    found = look.render("notice", "ar", shop, button=("Log in", "https://shop.example/#a=b"), **said)
    assert found.text.split("\n\n") == [
        *("Hello", "<b>x</b> https://a.example/?a&b", "Log in\nhttps://shop.example/#a=b", "-- \nBye & thanks\n")
    ]
    assert 'dir="rtl"' in found.html
    assert "Tea &lt;script&gt;" in found.html
    assert "&lt;b&gt;x&lt;/b&gt; " in found.html
    assert '"https://a.example/?a&amp;b"' in found.html
    assert 'href="https://shop.example/#a=b"' in found.html
    assert 'src="cid:logo"' in found.html
    assert look.logo(None) == []
    assert look.logo(PNG) == [Attachment("logo.png", "image/png", PNG, "logo")]
