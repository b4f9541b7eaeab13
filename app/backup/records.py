"""The lines of a backup: each is a JSON object, and its `is` says which of these it is. No I/O.

Times are unix ms, digests SHA-256 in hex. What the store keeps of somebody in fields that may grow in number is in a
dictionary here, by the store's names and as it stands there (app/store/keys.py says what each is), so that a backup
keeps what a later version added, and a restore compares with nothing converted twice.
"""

import msgspec

# The format this build writes, and the newest that it reads. A field that older builds may leave out needs no other.
FORMAT = 1


class BackupError(Exception):
    """A backup cannot be made or is not sound: one line, which names the member or the version."""


class Version(msgspec.Struct, frozen=True):
    """`version.json`, the first member: what the rest is. `format`: see FORMAT. `chatadmin`: the version that wrote it;
    `at`: when it began, by the store's clock."""

    format: int
    chatadmin: str
    at: int


class Listed(msgspec.Struct, frozen=True):
    """A member as the manifest lists it: how many `bytes`, and their digest."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """`manifest.json`, the last member: without it a backup is torn.

    `counts`: how many lines of each kind, by their tags. `members`: every member before it, in order. `warnings`: what
    is not in it that should be, a line each. `shards`: of the store it was made of; another may have other ones.
    """

    at: int
    counts: dict[str, int]
    members: list[Listed]
    warnings: list[str]
    shards: int


class _Line(msgspec.Struct, frozen=True, tag_field="is"):
    """What all lines have in common: a tag."""


# -- c/<n>.jsonl: conversations, each one run of lines: itself, its entries by seq, its files --------------------------


class Conversation(_Line, frozen=True, tag="conversation"):
    """A conversation at one moment; the entries that follow are those of its log, `floor` + 1 to `seq`, each once.

    `uid`: of the conversation, and of its visitor. `epoch`: of the log it was read from; a restored one gets another.
    `state`: status|unanswered since|holder|fence|unread. `activity`: when somebody last came, left or changed its
    status. `meta`: all else of its meta, but what belongs to open connections (`t:`, `T:`, `plain`, `changes`).
    `tagged`: its tags, and since when it has each. `pages`: those of the shop its visitor looked at, JSON, the oldest
    first, to be forgotten at `pages_until`, 0 where there are none. `counted`: how far its log is in the counts of
    reports (store/reports.py, `Place`), "" for not at all. `episodes`: the finished ones, JSON, newest first.
    """

    uid: str
    epoch: int
    seq: int
    floor: int
    state: str
    activity: int
    meta: dict[str, str] = {}
    tagged: dict[str, int] = {}
    pages: list[str] = []
    pages_until: int = 0
    counted: str = ""
    episodes: list[str] = []


class Entry(_Line, frozen=True, gc=False, tag="entry"):
    """One of its entries. `author`: uid; `role`: v visitor, a agent, s the system; `id`: `<tab>.<n>` of a message, any
    unique text of an event; `at`: when it was stored. `last`, of a message: the seq of its tab's last one, and a
    checksum of what it says. `body`: what it says, a JSON object, byte for byte as it was stored."""

    seq: int
    kind: str
    author: str
    role: str
    id: str
    at: int
    body: msgspec.Raw
    last: str = ""


class File(_Line, frozen=True, gc=False, tag="file"):
    """What is known of one of its files; the bytes are the member `files/<id>`. `by`: uid of who uploaded it; `note`:
    for a private note; `seq`: of the message that has it, 0 while none does; `info`: what frames show of it, JSON."""

    id: str
    by: str
    at: int
    note: bool
    seq: int
    info: msgspec.Raw


# -- people.jsonl: people, the team, and what the shop has decided ---------------------------------------------------


class Visitor(_Line, frozen=True, tag="visitor"):
    """A customer. `owns`: whether the nickname is theirs still. `known`: `people.Visitor`, by its fields."""

    uid: str
    owns: bool
    known: dict[str, str]


class Session(_Line, frozen=True, tag="session"):
    """A session of a visitor, who has no other key to their conversation: neither an agent's, nor one that the shop
    vouches for, who log in anew. `hash`: of its token. `until`: when it ends. `known`: its fields."""

    hash: str
    until: int
    known: dict[str, str]


class Agent(_Line, frozen=True, tag="agent"):
    """One of the team. `agent`: `people.Agent`, JSON. `away`: takes no conversations. `mailbox`: where mail reaches
    them (chat/agent_email.py, JSON), null where it does not."""

    uid: str
    agent: msgspec.Raw
    away: bool = False
    mailbox: msgspec.Raw = msgspec.Raw(b"null")


class Face(_Line, frozen=True, tag="face"):
    """A picture. `whose`: an agent's uid, or `shop`, whose logo it is. `picture`: JPEG or PNG, in base64."""

    whose: str
    id: str
    picture: bytes


class Document(_Line, frozen=True, tag="document"):
    """What administrators decided together. `name`: `shop` or `widget`; `known`: the fields of store/document.py."""

    name: str
    known: dict[str, str]


class Reply(_Line, frozen=True, tag="reply"):
    """A canned reply. `owner`: an agent's uid, "" for the shop's. `reply`: JSON."""

    owner: str
    id: str
    reply: msgspec.Raw


class Key(_Line, frozen=True, tag="key"):
    """A key that the shop signs with, by its `kid`. `key`: JSON with the secret."""

    kid: str
    key: msgspec.Raw


class Site(_Line, frozen=True, tag="site"):
    """A site by its origin that was `seen` with the chat or `refused` it (`fate`), and when last."""

    fate: str
    origin: str
    at: int


class Letter(_Line, frozen=True, tag="letter"):
    """Whose the letters with a token are (store/mail_tokens.py), forgotten at `until`. `known`: its fields, of which
    `epoch` is the one its conversation had."""

    token: str
    until: int
    known: dict[str, str]


class StopLink(_Line, frozen=True, tag="stop_link"):
    """A link by which letters are stopped, forgotten at `until`. `of`: `<uid> <address>`."""

    code: str
    until: int
    of: str


class Stopped(_Line, frozen=True, tag="stopped"):
    """The digest of an address that no letter goes to any more."""

    digest: str


class Erased(_Line, frozen=True, tag="erased"):
    """Somebody who was erased before, by the digest of salt and uid (privacy/ledger.py): none of theirs is in it."""

    salt: str
    digest: str
    at: int


# -- reports.jsonl: counts of what may be in no log any more --------------------------------------------------------


class Counts(_Line, frozen=True, tag="counts"):
    """What happened on a `day` (UTC, since 1970) in one of the shards: those of a day are to be added up. `counts`:
    `<half hour 0..47>|<agent>|<metric>` -> how often. Forgotten at `until`."""

    day: int
    until: int
    counts: dict[str, int]


class Pace(_Line, frozen=True, tag="pace"):
    """How long visitors wait for a first answer, ms: a moving average of one of the shards."""

    answer_ms: float


OfConversations = Conversation | Entry | File
OfPeople = Visitor | Session | Agent | Face | Document | Reply | Key | Site | Letter | StopLink | Stopped | Erased
OfReports = Counts | Pace
Record = OfConversations | OfPeople | OfReports
