"""The settings that hold passwords, and how they are shown to people: in `config`, in errors, in logs."""

from urllib.parse import parse_qsl, urlencode

# Addresses with a password in them; of the other secrets nothing may be seen.
_ADDRESSES = frozenset({"redis", "mail.smtp"})
SECRETS = _ADDRESSES | {"metrics_token", "backup.s3.access_key", "backup.s3.secret_key"}
# The same, as they are called inside their group: all that is known of a line which is no YAML.
SECRET_KEYS = frozenset(name.rpartition(".")[2] for name in SECRETS)


def holds_secret(name: str, value: str) -> bool:
    """Whether there is something in the value that people must not see."""
    if name not in _ADDRESSES:
        return name in SECRETS and bool(value)
    rest = value.partition("://")[2]
    place, _, query = rest.partition("?") if name == "redis" else (rest, "", "")
    login, at, _ = place.rpartition("@")
    return bool(at and login.partition(":")[2]) or any("password" in key for key, _ in parse_qsl(query))


def masked(name: str, value: object) -> str:
    """The value for people to see: no passwords."""
    text = str(value)
    if name not in SECRETS:
        return text
    if name not in _ADDRESSES:
        return "***" if text else ""
    scheme, _, rest = text.partition("://")
    login, at, place = rest.rpartition("@")
    if at:
        rest = f"{login.partition(':')[0]}:***@{place}"
    path, mark, query = rest.partition("?")
    pairs = [(key, "***" if "password" in key else value) for key, value in parse_qsl(query)]
    return f"{scheme}://{path}{mark}{urlencode(pairs, safe='*/:')}" if scheme != text else text
