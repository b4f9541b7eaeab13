"""What the settings by which mail is sent may be."""

from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.config import mail_server
from app.config.hosts import may_be_address

# Nothing of what stands there is repeated to whoever is told of it: the server's address has a password in it.
EXPECTED = {
    "url": "the address by which people reach this server, nothing behind its name, such as https://chat.example.com",
    "mail.smtp": "an address such as smtp://user:password@mail.example.com:587, or smtps://, in whose log-in a % is "
    "written %25 and a user's : is %3A",
    "mail.from": "one address of the shop's, such as chat@example.com",
}


def fits(name: str, value: str) -> bool:
    """Whether the setting can be used, or is left empty."""
    if not value:
        return True
    try:
        if name == "url":
            return may_be_address(value, "http", "https")
        if name == "mail.smtp":
            mail_server.parse(value)
            return True
        Entered(email=value).checked()
        return value.rpartition("@")[0].isascii()  # else every server on the way has to speak SMTPUTF8
    except (Refusal, ValueError):
        return False
