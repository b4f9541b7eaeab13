"""The verdict on mails: what agents said to people who are away, against the mails they got. It knows the contract, and
nothing of the product."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

# What a run can be guilty of.
RULES = {
    "lost": "acknowledged to an agent, and in no mail",
    "doubled": "in two mails of different Message-IDs",
    "changed": "a mail sent again under its Message-ID, that says something else",
    "reordered": "in a mail before one that holds what was said earlier",
    "stranger": "in a mail to somebody else, or never said",
    "repeated": "more mails handed in again than there were faults with one in flight",
    "mistold": "in a mail, and not told so in its conversation, once and in order",
    "waiting": "a job that waits, or was given up, in the end",
    "traceback": "an error that the product did not expect, in its log",
}


class Mail(NamedTuple):
    """A mail as a mail server took it: its Message-ID, how the server knows it (in the order of taking), and the ids of
    the messages it holds."""

    to: str
    id: str
    taken: tuple[str, ...]
    says: tuple[str, ...]


class Told(NamedTuple):
    """What a conversation tells of a mail: the seqs of the first and last message it held."""

    first: int
    through: int


@dataclass
class Evidence:
    """All there is to judge a run by. `said`: what agents said to an address, id by seq; `told`: what of that was told
    to have been sent; `in_flight`: how many mails may have been handed in again, one a process that failed."""

    said: dict[str, dict[int, str]]
    mails: list[Mail]
    told: dict[str, list[Told]]
    in_flight: int
    waiting: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass
class Verdict:
    """How many times each rule was broken, and the first few examples of it."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rule: str, what: str, times: int = 1) -> None:
        assert rule in RULES
        self.counts[rule] += times
        if len(self.examples[rule]) < 5:
            self.examples[rule].append(what)

    @property
    def clean(self) -> bool:
        return not self.counts

    def __str__(self) -> str:
        lines = (f"{n} {rule} ({RULES[rule]}): " + "; ".join(self.examples[rule]) for rule, n in self.counts.items())
        return "\n".join(lines) or "clean"


def check(evidence: Evidence) -> Verdict:
    """Judge a run."""
    verdict = Verdict()
    got: Mapping[str, list[Mail]] = defaultdict(list)
    for mail in sorted(evidence.mails, key=lambda mail: mail.taken):
        got[mail.to].append(mail)
    for to in got.keys() - evidence.said.keys():
        verdict.add("stranger", f"a mail to {to}")
    again = 0
    for to, said in evidence.said.items():
        once = _once(verdict, got[to])
        again += len(got[to]) - len(once)
        _each(verdict, to, list(said.values()), once)
        _told(verdict, to, said, once, evidence.told.get(to, []))
    if again > evidence.in_flight:
        verdict.add("repeated", f"{again} in {evidence.in_flight} faults", again - evidence.in_flight)
    if evidence.waiting:
        verdict.add("waiting", f"{evidence.waiting} jobs", evidence.waiting)
    for line in evidence.errors:
        verdict.add("traceback", line)
    return verdict


def repeats(evidence: Evidence) -> int:
    """Mails that were handed in again."""
    return len(evidence.mails) - len({mail.id for mail in evidence.mails})


def _once(verdict: Verdict, mails: Sequence[Mail]) -> list[Mail]:
    """One of each Message-ID, as their readers keep them."""
    kept: dict[str, Mail] = {}
    for mail in mails:
        if mail.says != kept.setdefault(mail.id, mail).says:
            verdict.add("changed", f"{mail.id} to {mail.to}: {kept[mail.id].says}, then {mail.says}")
    return list(kept.values())


def _each(verdict: Verdict, to: str, said: Sequence[str], mails: Sequence[Mail]) -> None:
    """Everything that was said is in one mail, and they are in the order in which it was."""
    found = Counter(id for mail in mails for id in mail.says)
    for id in said:
        if not found[id]:
            verdict.add("lost", f"{id} to {to}")
        elif found[id] > 1:
            verdict.add("doubled", f"{id} to {to}: {[mail.id for mail in mails if id in mail.says]}")
    place = {id: n for n, id in enumerate(said)}
    for id in found.keys() - place.keys():
        verdict.add("stranger", f"{id} to {to}")
    order = [place[id] for mail in mails for id in mail.says if id in place]
    for before, after in pairwise(order):
        if after < before:
            verdict.add("reordered", f"{said[after]} behind {said[before]} to {to}")


def _told(verdict: Verdict, to: str, said: Mapping[int, str], mails: Sequence[Mail], told: Sequence[Told]) -> None:
    """The conversation tells of each mail once."""
    sent = Counter(id for one in told for seq, id in said.items() if one.first <= seq <= one.through)
    for id in {id for mail in mails for id in mail.says}:
        if sent[id] != 1:
            verdict.add("mistold", f"{id} to {to}: {sent[id]} times")
    if list(told) != sorted(told):
        verdict.add("mistold", f"to {to} out of order: {told}")
