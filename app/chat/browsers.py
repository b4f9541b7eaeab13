"""A browser's User-Agent in few words, for the agent who helps the person behind it."""

import re

# The first that is found names it: those built on another's engine say the other's name as well.
_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("WeChat", r"MicroMessenger/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Version/[\d.]+.* Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows NT"),
    ("macOS", r"Mac OS X"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)
# Characters of a User-Agent that are looked at.
_HEADER_LENGTH = 400


def describe(user_agent: str) -> str:
    """ "Chrome, Android"; what is not known is left out, and a program is "" ."""
    text = user_agent[:_HEADER_LENGTH]
    if not text.startswith("Mozilla/"):
        return ""
    found = (next((name for name, sign in signs if re.search(sign, text)), "") for signs in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))
