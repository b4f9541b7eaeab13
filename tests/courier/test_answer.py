"""What a mail to a customer says, to whom: in their language and by their clock."""

import re
from typing import Any

import pytest

from app import words
from app.chat import protocol
from app.chat.conversation import Entry
from app.chat.shop import Shop
from app.courier.mail.answer import Answer
from app.courier.mail.letter import Letter
from app.store.people import Visitor

NOW = protocol.milliseconds("2026-11-29T10:02:00+00:00")
DAY_MS = 24 * 3600 * 1000
SHOP = Shop("Tea & Co")


def letter(language: str = "", ago_ms: int = 0, shop: Shop = SHOP, who: str = "Anna", **context: Any) -> Letter:
    visitor = Visitor("v", "n", 0, context=context, mail={"language": language})
    file = {"id": "f", "name": "bill.pdf", "type": "application/pdf", "size": 2048}
    body = protocol.encode({"user": protocol.user("a", who, "agent", 0), "content": "Yes.\n<No>", "file": file})
    entry = Entry("v", 5, 1, "message", "a", "a", "t.1", NOW - ago_ms, body, None)
    answer = Answer(shop, visitor, [entry], {}, "a" * 20, 5, 0, "https://chat.test", NOW)
    return answer.letter("lena@customer.test", [])


@pytest.mark.parametrize("language", words.languages())
def test_a_mail_is_whole_in_every_language(language: str) -> None:
    mail, about = letter(language, tz="Asia/Tokyo"), words.section("language", language)
    assert mail.language == about["tag"]
    assert f'<html lang="{about["tag"]}" dir="{about["dir"]}">' in mail.html
    assert ("Tea & Co" in mail.subject, "Anna" in mail.sender, "Tea & Co" in mail.sender) == (True, True, True)
    for said in (*(words.section("mail", language)[key] for key in ("answer", "hint", "why", "stop")), "19:02"):
        assert said in mail.text
        assert said in mail.html
    assert re.findall("https://[^ \n]+", mail.text) == re.findall('href="([^"]+)"', mail.html)
    assert "Yes.\n<No>\n" in mail.text
    assert "Yes.<br>&lt;No&gt;" in mail.html
    assert not re.search(r"\{\w+\}", mail.text + mail.subject + mail.sender)
    assert not re.search("\n\n\n", mail.text)


def test_who_agreed_without_a_page_is_spoken_to_as_their_browser_asks() -> None:
    assert [letter(languages=said).language for said in (["xx", "pt-PT", "de"], ["zh-Hant"], [])] == [
        "pt-BR",
        "zh-CN",
        "en",
    ]
    assert letter("de", languages=["fr"]).language == "de"


def test_when_is_told_by_the_readers_clock_or_not_at_all() -> None:
    assert "Anna, 11:02:\n" in letter(tz="Europe/Berlin").text
    assert "Anna, Saturday, 28 November 2026, 11:02:\n" in letter(tz="Europe/Berlin", ago_ms=DAY_MS).text
    assert [said.partition("\n")[0] for said in (letter().text, letter(tz="Mars/Olympus").text)] == ["Anna:", "Anna:"]


def test_a_shop_without_a_name_says_who_writes() -> None:
    mail = letter(shop=Shop(), who="An\u202ena")
    assert (mail.subject, mail.sender) == ("Your conversation with us", "Anna")
