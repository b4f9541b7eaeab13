"""Mails to the team: each says one thing, in the language and with the look of the shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from app import words
from app.chat.shop import Shop
from app.config import Settings
from app.courier.mail import look
from app.courier.mail.letter import Letter
from app.courier.mail.smtp import Smtp
from app.store.store import Store

# Nobody's machine answers it, and none is told of it as of a customer (RFC 3834).
_HEADERS = {"Auto-Submitted": "auto-generated"}
# What a shop is called that has no name.
_UNNAMED = "chatadmin"


@dataclass(frozen=True)
class Notice:
    """`button`: a label and where it leads to. `foot`: why they get it."""

    subject: str
    title: str
    paragraphs: Sequence[str]
    button: tuple[str, str]
    foot: str


class Notices:
    """Sends them to one address after another."""

    def __init__(self, settings: Settings, store: Store, smtp: Smtp) -> None:
        self._store, self._smtp = store, smtp
        self._initial, self._url = Shop(name=settings.shop_name), settings.url

    async def shop(self) -> Shop:
        """As it stands; with a name to call it by."""
        shop = await self._store.shop.read(self._initial)
        return shop if shop.name else msgspec.structs.replace(shop, name=_UNNAMED)

    def console(self, fragment: str = "") -> str:
        """The address of the console, with something behind the #."""
        return f"{self._url}/admin{fragment and '#'}{fragment}"

    async def send(self, to: str, language: str, id: str, shop: Shop, notice: Notice) -> None:
        """Returns once the mail server has it. `id`: the same whenever the same is sent. Raises SmtpTrouble."""
        said = look.render(
            "notice",
            language,
            shop,
            title=notice.title,
            paragraphs=notice.paragraphs,
            button=notice.button,
            foot=notice.foot,
        )
        letter = Letter(
            to,
            notice.subject,
            said.text,
            said.html,
            words.section("language", language)["tag"],
            f"<{id}@{urlsplit(self._url).hostname}>",
            headers=_HEADERS,
            attachments=look.logo(await self._store.faces.picture(shop.logo) if shop.logo else None),
        )
        await self._smtp.send(letter)
