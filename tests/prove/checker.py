"""The verdict on a run, from the journals and the logs alone. It knows the contract, and nothing of the product."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.prove.journal import Customer, Evidence, Expected, Frame, Heard, Journal, Login, content, mark

# What a run can be guilty of.
RULES = {
    "lost": "acknowledged, and not in the log at that place",
    "false_ack": "acknowledged at two places, or before it was stored",
    "doubled": "an id twice in a log, or an entry twice at a receiver",
    "reordered": "the messages of a tab out of order, or a receiver told backwards",
    "gap": "a seq missing in a log or at a receiver",
    "disagreement": "told something else than what the log holds at that place",
    "two_holders": "claimed while another agent held it",
    "late_write": "a message of an agent who did not hold the conversation at that place",
    "refused_stored": "refused to its author, and stored",
    "unsettled": "neither acknowledged nor refused in the end",
    "file_lost": "a message whose file is not there",
    "file_changed": "a file that is not what was sent",
    "orphan": "a file that no message has, after the sweep",
    "presence": "here or gone against the promised times",
    "mixed_up": "a customer who is two visitors, or a visitor who is two customers",
    "unlinked": "written before a log-in, and not found with what its customer has",
    "forgotten": "waiting before a log-in, and nowhere after it",
    "outlived": "a session that was to end with a log-in, and did not",
    "traceback": "an error that a node did not expect, in its log",
    "protocol": "an answer that no correct server gives to a correct client",
}


@dataclass
class Verdict:
    """How many times each rule was broken, and the first few examples of it."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, rule: str, what: str) -> None:
        assert rule in RULES
        self.counts[rule] += 1
        examples = self.examples.setdefault(rule, [])
        if len(examples) < 5:
            examples.append(what)

    def add_all(self, other: "Verdict") -> None:
        """What was found elsewhere, too."""
        self.counts.update(other.counts)
        self.examples |= other.examples

    @property
    def clean(self) -> bool:
        return not self.counts

    def __str__(self) -> str:
        if self.clean:
            return "clean"
        lines = (f"{n} {rule} ({RULES[rule]}): " + "; ".join(self.examples[rule]) for rule, n in self.counts.items())
        return "\n".join(lines)


def check(evidence: Evidence) -> Verdict:
    """Judge a run."""
    verdict = Verdict()
    for uid, log in evidence.logs.items():
        _log(verdict, uid, log)
        _hands(verdict, uid, log)
        presence_events(verdict, uid, log)
    places = {uid: {(entry["epoch"], entry["seq"]): entry for entry in log} for uid, log in evidence.logs.items()}
    stored = {(uid, e["id"]): e for uid, log in evidence.logs.items() for e in log if e["type"] == "message"}
    for journal in evidence.journals:
        for complaint in journal.complaints:
            verdict.add("protocol", f"{journal.tab}: {complaint}")
        for moved in journal.moved:
            verdict.add("false_ack", moved)
        _sender(verdict, journal, places, stored)
        for uid, heard in journal.heard.items():
            _receiver(
                verdict, journal, uid, heard, places.get(uid, {}), complete=evidence.complete and journal.complete
            )
    for line in evidence.errors:
        verdict.add("traceback", line)
    for expected in evidence.expected:
        _presence(verdict, expected, evidence.logs.get(expected.uid, []), evidence.online)
    return verdict


def _log(verdict: Verdict, uid: str, log: list[Frame]) -> None:
    """A log counts 1, 2, 3; no id twice; every tab of every author counts 1, 2, 3."""
    if [entry["seq"] for entry in log] != list(range(1, len(log) + 1)):
        verdict.add("gap", f"the log of {uid} does not count 1 to {len(log)}")
    if len({entry["epoch"] for entry in log}) > 1:
        verdict.add("disagreement", f"the log of {uid} is of several epochs")
    for id, times in Counter(entry["id"] for entry in log).items():
        if times > 1:
            verdict.add("doubled", f"{id} is {times} times in the log of {uid}")
    tabs: dict[tuple[str, str], list[int]] = {}
    for entry in _messages(log):
        tab, _, n = entry["id"].rpartition(".")
        tabs.setdefault((entry["user"]["uid"], tab), []).append(int(n))
    for (_, tab), numbers in tabs.items():
        unique = list(dict.fromkeys(numbers))  # what is there twice was counted above
        if unique != list(range(1, len(unique) + 1)):
            verdict.add("reordered", f"{tab} in the log of {uid}: {_around(unique)}")


def _around(numbers: list[int]) -> list[int]:
    at = next(i for i, n in enumerate(numbers) if n != i + 1)
    return numbers[max(0, at - 2) : at + 4]


def _hands(verdict: Verdict, uid: str, log: list[Frame]) -> None:
    """One holder at a time, and nobody else among the agents writes."""
    holder = ""
    for entry in log:
        author, kind = entry["user"]["uid"], entry.get("kind", "message")
        if kind == "message":
            if entry["user"]["role"] != "visitor" and author != holder:
                verdict.add("late_write", f"{entry['id']} at {uid}/{entry['seq']} by {author}, held by {holder!r}")
        elif kind == "claimed":
            if holder not in ("", author):
                verdict.add("two_holders", f"{uid}/{entry['seq']}: {author} beside {holder}")
            holder = author
        elif kind == "transferred":
            if not holder:  # an administrator may hand on what a colleague holds
                verdict.add("two_holders", f"{uid}/{entry['seq']}: {author} gave away what nobody held")
            holder = entry["to"]["uid"]
        elif kind in ("released", "resolved"):
            holder = ""


def _sender(
    verdict: Verdict,
    journal: Journal,
    places: dict[str, dict[tuple[int, int], Frame]],
    stored: dict[tuple[str, str], Frame],
) -> None:
    """What was promised to this tab is so, and everything it sent has an answer."""
    for id, uid in journal.offered.items():
        place, entry = journal.acked.get(id), stored.get((uid, id))
        file, _ = journal.attached.get(id, (None, ""))
        if entry is not None and (
            entry["user"]["uid"] != journal.uid
            or entry["content"] != content(id)
            or entry.get("file", {}).get("id") != file
        ):
            verdict.add("disagreement", f"{id} in the log of {uid} is not what was sent")
        if place is not None:
            there = places[uid].get(place)
            if entry is None:
                verdict.add("lost", f"{id} of {uid}, acknowledged at {place[1]}")
            elif there is None or there.get("id") != id:
                verdict.add("false_ack", f"{id} of {uid}, acknowledged at {place[1]}, is at {entry['seq']}")
        elif id in journal.refused:
            if entry is not None:
                verdict.add("refused_stored", f"{id} of {uid}: {journal.refused[id]}, and at {entry['seq']}")
        elif id not in journal.abandoned:
            verdict.add("unsettled", f"{id} of {uid}")


def _receiver(
    verdict: Verdict,
    journal: Journal,
    uid: str,
    heard: list[Heard],
    places: dict[tuple[int, int], Frame],
    *,
    complete: bool,
) -> None:
    """Every seq once, none missing, and what the log says."""
    where, last, epoch = f"{journal.tab} in {uid}", 0, heard[0].epoch if heard else 0
    for entry in heard:
        if entry.epoch != epoch:
            last, epoch = 0, entry.epoch  # after a reset: from the beginning
        if entry.seq == last:
            verdict.add("doubled", f"{where}: {entry.seq} twice")
        elif entry.seq < last:
            verdict.add("reordered", f"{where}: {entry.seq} after {last}")
        elif entry.seq > last + 1:
            verdict.add("gap", f"{where}: {entry.seq} after {last}")
        last = max(last, entry.seq)
        there = places.get((entry.epoch, entry.seq))
        if there is None or not _same(entry, there):
            verdict.add("disagreement", f"{where}: {entry.id!r} at {entry.seq}")
    newest = max((seq for _, seq in places), default=0)
    if complete and last != newest:
        verdict.add("gap", f"{where}: ends at {last} of {newest}")


def _same(heard: Heard, there: Frame) -> bool:
    if not heard.id:  # hidden
        return bool(there["type"] == "event")
    return bool(heard.id == there["id"]) and heard.mark in (0, mark(there))


# -- files ----------------------------------------------------------------------------------------------------------


def check_files(
    journals: Iterable[Journal], logs: Mapping[str, list[Frame]], kept: Mapping[str, str], left: Iterable[str]
) -> Verdict:
    """Judge the files of a run by what is there after the sweep: `kept`, the digests of those that messages have, as
    they are given out, and `left`, the ids of all that lies there."""
    verdict = Verdict()
    sent = {file: digest for journal in journals for file, digest in journal.attached.values()}
    had = Counter(entry["file"]["id"] for log in logs.values() for entry in log if "file" in entry)
    for file, times in had.items():
        if times > 1:
            verdict.add("doubled", f"the file {file} is in {times} messages")
        if file not in kept:
            verdict.add("file_lost", file)
        elif kept[file] != sent.get(file):
            verdict.add("file_changed", file)
    for file in set(left) - set(had):
        verdict.add("orphan", file)
    return verdict


# -- customers ------------------------------------------------------------------------------------------------------


def check_customers(
    logins: Sequence[Login], customers: Iterable[Customer], outlived: Iterable[str], logs: Mapping[str, list[Frame]]
) -> Verdict:
    """Judge who became whom: every log-in as it was answered, what each customer finds in the end, and the logs."""
    verdict = Verdict()
    for one, other in (("sub", "uid"), ("uid", "sub")):
        found: dict[str, set[str]] = {}
        for login in logins:
            found.setdefault(getattr(login, one), set()).add(getattr(login, other))
        for key, several in found.items():
            if len(several) > 1:
                verdict.add("mixed_up", f"{key} is {sorted(several)}")
    for uid in outlived:
        verdict.add("outlived", uid)
    by_sub = {customer.sub: customer for customer in customers}
    for login in logins:
        customer = by_sub[login.sub]
        if customer.uid != login.uid:
            verdict.add("mixed_up", f"{login.sub} was {login.uid}, and is {customer.uid}")
        if not login.uid:
            verdict.add("mixed_up", f"{login.sub} logged in, and was nobody")
        elif login.anonymous != login.uid:
            _linked(verdict, login, customer, logs[login.anonymous], logs[login.uid])
    return verdict


def _linked(verdict: Verdict, login: Login, customer: Customer, former: list[Frame], log: list[Frame]) -> None:
    """One log ends where the other tells of it, once in each, nothing is said behind that, and all of it is read."""
    ends = [entry for entry in former if entry.get("kind") == "linked"]
    told = [entry for entry in log if entry.get("kind") == "linked" and entry.get("from") == login.anonymous]
    first = [entry for entry in told if "again" not in entry]
    if [entry.get("to") for entry in ends] != [login.uid] or len(first) != 1:
        verdict.add("unlinked", f"{login.anonymous}, {len(ends)} times, to {login.uid}, {len(first)} times")
        return
    said = list(_messages(former))
    if said and said[-1]["seq"] > ends[0]["seq"]:
        verdict.add("late_write", f"{said[-1]['id']} at {login.anonymous}/{said[-1]['seq']}, behind its end")
    if customer.linked.get(login.anonymous) != [entry["id"] for entry in said]:
        verdict.add("unlinked", f"{login.sub} reads something else of {login.anonymous}")
    if _unanswered(former) and login.status not in WAITED_FOR and not _cared_for(log[first[0]["seq"] :]):
        verdict.add("forgotten", f"{login.anonymous}, linked to {login.uid}, which is {login.status}")


WAITED_FOR = ("waiting", "held", "snoozed")


def _unanswered(log: list[Frame]) -> bool:
    """Whether the last that was said, and not closed since, is a visitor's."""
    waits = False
    for entry in log:
        if entry["type"] == "message":
            waits = entry["user"]["role"] == "visitor"
        elif entry["kind"] == "resolved":
            waits = False
    return waits


def _cared_for(log: list[Frame]) -> bool:
    """Whether an agent has answered in it, or closed it."""
    return any(
        entry.get("kind") == "resolved" or (entry["type"] == "message" and entry["user"]["role"] != "visitor")
        for entry in log
    )


# -- presence -------------------------------------------------------------------------------------------------------


def presence_events(verdict: Verdict, uid: str, log: list[Frame]) -> None:
    """Entered, left, entered, left: told once each."""
    before = "left"
    for entry in _presences(log):
        if entry["kind"] == before:
            verdict.add("presence", f"{uid} {before} twice, again at {entry['seq']}")
        before = entry["kind"]


def _presence(verdict: Verdict, expected: Expected, log: list[Frame], online: set[str] | None) -> None:
    events = list(_presences(log))
    last = events[-1] if events else None
    gone = last is None or last["kind"] == "left"
    if online is not None and (expected.uid in online) != (expected.state == "here"):
        verdict.add("presence", f"{expected.uid} ({expected.how}) is {expected.state}, and the list says otherwise")
    if expected.state == "here":
        left = [e for e in events if e["kind"] == "left" and unix(e) > expected.since]
        if gone or left:
            verdict.add("presence", f"{expected.uid} is here, and the log says left")
    elif not gone or last is None:
        verdict.add("presence", f"{expected.uid} is a ghost ({expected.how})")
    elif unix(last) > expected.since + expected.within:
        took = unix(last) - expected.since
        verdict.add("presence", f"{expected.uid} gone after {took:.1f} s, not {expected.within:.0f} ({expected.how})")


def _presences(log: list[Frame]) -> Iterator[Frame]:
    return (entry for entry in log if entry.get("kind") in ("entered", "left"))


def _messages(log: list[Frame]) -> Iterator[Frame]:
    return (entry for entry in log if entry["type"] == "message")


def unix(entry: Frame) -> float:
    """When an entry was stored, unix seconds."""
    return datetime.fromisoformat(entry["msg_time"]).timestamp()
