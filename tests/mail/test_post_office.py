"""The mail servers of the tests do what tests of the product rely on; spoken to by the standard library alone."""

import smtplib
import ssl
from email.message import EmailMessage

import pytest

from tests.mail.post_office import NAME, OTHER_NAME, PASSWORD, SHOP, PostOffice


def _send(office: PostOffice, to: str, password: str = PASSWORD) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"], mail["Subject"] = SHOP, to, "<1@shop.test>", "Grüße"
    mail.set_content("我们发货了\n")
    with smtplib.SMTP(NAME, office.smtp_port) as link:
        link.starttls(context=ssl.create_default_context(cafile=office.env["SSL_CERT_FILE"]))
        link.login(SHOP, password)
        link.send_message(mail)


def test_a_mail_is_sent_and_read_back(post_office: PostOffice) -> None:
    _send(post_office, "lin@customer.test")
    (mail,) = post_office.world.wait("lin@customer.test")
    assert (mail["Subject"], mail["Message-ID"], mail["Return-Path"]) == ("Grüße", "<1@shop.test>", f"<{SHOP}>")
    body = mail.get_body()
    assert body is not None
    assert body.get_content() == "我们发货了\n"


def test_a_wrong_password_is_refused(post_office: PostOffice) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        _send(post_office, "lin@customer.test", password="wrong")


def test_its_certificate_is_known_to_nobody_else_and_for_one_name(post_office: PostOffice) -> None:
    for trusted, host in ((None, NAME), (post_office.env["SSL_CERT_FILE"], OTHER_NAME)):
        with pytest.raises(ssl.SSLCertVerificationError):
            smtplib.SMTP_SSL(host, post_office.smtps_port, context=ssl.create_default_context(cafile=trusted))


def test_an_address_is_refused_for_a_while_or_for_good(post_office: PostOffice) -> None:
    post_office.answer("busy@customer.test", "451 4.7.1 Come back later")
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="451"):
        _send(post_office, "busy@customer.test")
    post_office.answer("busy@customer.test", "552 5.2.2 Mailbox full", at="whole")
    post_office.answer("busy@customer.test", "")
    with pytest.raises(smtplib.SMTPDataError, match="552"):
        _send(post_office, "busy@customer.test")
    assert post_office.refusals("busy@customer.test") == 2
    post_office.answer("busy@customer.test", "", at="whole")
    _send(post_office, "busy@customer.test")
    post_office.world.wait("busy@customer.test")


def test_what_goes_nowhere_comes_back_to_the_shop(post_office: PostOffice) -> None:
    _send(post_office, "who@nowhere.test")
    (bounce,) = post_office.shop.wait()
    assert bounce.get_content_type() == "multipart/report"
    assert (bounce["X-Failed-Recipients"], bounce["Return-Path"]) == ("who@nowhere.test", "<>")


def test_a_killed_server_comes_back_with_what_it_had(post_office: PostOffice) -> None:
    post_office.kill()
    with pytest.raises(ConnectionRefusedError):
        _send(post_office, "lin@customer.test")
    post_office.restart()
    _send(post_office, "after@customer.test")
    post_office.world.wait("after@customer.test")
