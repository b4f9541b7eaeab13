"""The settings there are. `default_config.yaml` explains every one; the types here are its grammar."""

from collections.abc import Iterator
from typing import Any, Literal, get_type_hints

import msgspec

from app.config.hosts import name_of
from app.config.mail_server import MailServer, parse


class Tls(msgspec.Struct, frozen=True):
    """HTTPS: by a certificate of the shop's own, as paths of PEM files; or by those that `automatic`ally come from the
    authority whose ACME `directory` that is, to which `email` is said ("" for none), and which asks at `http`."""

    certificate: str
    key: str
    automatic: bool
    email: str
    directory: str
    http: str

    @property
    def on(self) -> bool:
        """Whether HTTPS is spoken."""
        return self.automatic or bool(self.certificate)


class FileSettings(msgspec.Struct, frozen=True):
    """Where the bytes of files are kept, and which program looks at each before that; "" for the usual place, and for
    none."""

    directory: str
    scan: str


class MailSettings(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """By which server mail is sent, and as whose; "" for none."""

    smtp: str
    sender: str

    @property
    def server(self) -> MailServer:
        """The server that `smtp` names; there has to be one."""
        return parse(self.smtp)


class Alerts(msgspec.Struct, frozen=True):
    """Minutes that somebody waits until agents are told by mail, 0 for never; and those until they are told again."""

    after: int
    repeat: list[int]


class S3Settings(msgspec.Struct, frozen=True):
    """How a bucket is reached: `endpoint`, as https://s3.example.com, "" for Amazon's of the `region`; and as whom."""

    endpoint: str
    region: str
    access_key: str
    secret_key: str


class BackupSettings(msgspec.Struct, frozen=True):
    """When the shop is backed up each day, `03:30` or `03:30 Europe/Berlin`, "" for never by itself; to which directory
    or `s3://bucket/prefix`, "" for none; how many are kept there; and to which public key of age they are encrypted."""

    at: str
    to: str
    keep: int
    encrypt_to: str
    s3: S3Settings


class Outbound(msgspec.Struct, frozen=True):
    """Whether what people type may make this server connect to `private` networks, or to itself."""

    private: bool


class SessionSettings(msgspec.Struct, frozen=True):
    """How long log-ins last, unused."""

    visitor_days: int
    agent_hours: int


class Acknowledge(msgspec.Struct, frozen=True):
    """What must have happened to a message before it is acknowledged, beyond an external store having taken it."""

    on_disk: bool
    replicas: int


class Limits(msgspec.Struct, frozen=True):
    """Bounds on what one client may do; 0 is none, but for `unacknowledged` and `file_bytes`."""

    frame_bytes: int
    message_chars: int
    messages_per_second: float
    burst: int
    unacknowledged: int
    connections_per_session: int
    connections_per_address: int
    logins_per_minute: int
    file_bytes: int
    files_per_minute: int
    uploads_at_once: int
    conversation_bytes: int
    files_total_bytes: int

    def public(self) -> dict[str, float]:
        """Those that a client should know."""
        names = ("frame_bytes", "message_chars", "messages_per_second", "burst", "unacknowledged")
        return {name: getattr(self, name) for name in names}


class Settings(msgspec.Struct, frozen=True):
    """Everything that can be set. `demo` is set by the command of that name alone."""

    server: str
    url: str
    redis: str
    data_dir: str
    shop_name: str
    workers: int | Literal["auto"]
    shards: int | Literal["auto"]
    acknowledge: Acknowledge
    hosts: list[str]
    origins: list[str]
    sites: list[str]
    trusted_proxies: list[str]
    tls: Tls
    metrics_token: str
    log_level: Literal["debug", "info", "warning", "error"]
    log_format: Literal["lines", "json"]
    nickname_days: int
    sessions: SessionSettings
    files: FileSettings
    mail: MailSettings
    alerts: Alerts
    backup: BackupSettings
    outbound: Outbound
    limits: Limits
    demo: bool = False

    @property
    def sends_mail(self) -> bool:
        """Whether mail can be sent: there is a server, an address of the shop's, and what its links begin with."""
        return bool(self.mail.smtp and self.mail.sender and self.url)

    @property
    def needs_courier(self) -> bool:
        """Whether there is something for the courier to do: mail to send, backups to make, or certificates to fetch."""
        return self.sends_mail or bool(self.backup.to) or self.tls.automatic

    @property
    def certified(self) -> list[str]:
        """The names for which certificates come by themselves, in the order of `hosts`."""
        found = map(name_of, self.hosts) if self.tls.automatic else ()
        return list(dict.fromkeys(filter(None, found)))

    @property
    def files_directory(self) -> str:
        """Where files lie; "" where none are taken: beside a store of the operator's own nobody said where."""
        return self.files.directory or ("" if self.redis else f"{self.data_dir}/files")


class Loaded(msgspec.Struct, frozen=True):
    """The settings in force, and for each (`limits.burst`) where it came from."""

    settings: Settings
    origin: dict[str, str]


def names(kind: type[msgspec.Struct] = Settings, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting by its dotted name, with its type."""
    hints = get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        if field.name == "demo":
            continue
        hint = hints[field.name]
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from names(hint, f"{prefix}{field.encode_name}.")
        else:
            yield prefix + field.encode_name, hint


def flat(settings: Settings) -> dict[str, object]:
    """Every setting in force by its dotted name."""
    values: dict[str, object] = {}
    tree = msgspec.to_builtins(settings)
    for name, _ in names():
        value: Any = tree
        for part in name.split("."):
            value = value[part]
        values[name] = value
    return values
