"""The settings that hold passwords, and how they are shown to people: in `config`, in errors, in logs."""

from urllib.parse import parse_qsl, urlencode

# `redis` is an address with a password in it; of the others nothing may be seen.
SECRETS = frozenset({"redis", "metrics_token"})


def holds_secret(name: str, value: str) -> bool:
    """Whether there is something in the value that people must not see."""
    if name != "redis":
        return name in SECRETS and bool(value)
    place, _, query = value.partition("://")[2].partition("?")
    login, at, _ = place.rpartition("@")
    return bool(at and login.partition(":")[2]) or any("password" in key for key, _ in parse_qsl(query))


def masked(name: str, value: object) -> str:
    """The value for people to see: no passwords."""
    text = str(value)
    if name not in SECRETS:
        return text
    if name != "redis":
        return "***" if text else ""
    scheme, _, rest = text.partition("://")
    login, at, place = rest.rpartition("@")
    if at:
        rest = f"{login.partition(':')[0]}:***@{place}"
    path, mark, query = rest.partition("?")
    pairs = [(key, "***" if "password" in key else value) for key, value in parse_qsl(query)]
    return f"{scheme}://{path}{mark}{urlencode(pairs, safe='*/:')}" if scheme != text else text
