"""Who somebody is, against a model: pages that write first, that their shop vouches for, that log out; on one device
and on two, one after another and at once; while agents take conversations and close them.

Nobody ever gets another's words: what is adopted or linked is what the same page began, once and for one customer only.
"""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients import api
from tests.clients.api import Answer, ask
from tests.clients.customers import Key, Page
from tests.clients.sockets import open_chat
from tests.running import Chatadmin

PAGES, AGENTS = 2, 2
_numbers = itertools.count()


@dataclass
class Shop:
    """The running product, its key and its agents."""

    url: str
    admin: str
    key: Key
    agents: list[tuple[str, str]]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    limits = {"logins_per_minute": 0, "connections_per_address": 0}
    with Chatadmin(config={"limits": limits, "workers": 2}) as running:
        admin, agents = api.set_up(running.url, running.setup_secret), []
        for name in ("Ben", "Cleo"):
            api.add_agent(running, name)
            agents.append(api.login(running.url, name, api.PASSWORD))
        yield Shop(running.url, admin, Key.made(running.url, admin), agents)
        assert "Traceback" not in running.output


@dataclass
class Log:
    """A conversation, as the model has it. `waiting`: since when; `sub`: whose, where somebody is known."""

    said: list[str] = field(default_factory=list)
    status: str = "here"
    waiting: str | None = None
    holder: str = ""
    asked: bool = False
    sub: str = ""
    linked_to: str = ""
    linked: list[str] = field(default_factory=list)

    def say(self, text: str, time: str) -> None:
        self.said.append(text)
        self.asked, self.waiting = True, self.waiting or time
        if self.status != "held":
            self.status = "waiting"

    def end(self) -> None:
        self.status, self.waiting, self.holder, self.asked = "resolved", None, "", False

    def link(self, uid: str, other: "Log") -> None:
        """What `uid` wrote, `other`, goes on here."""
        self.linked.append(uid)
        self.waiting = min(filter(None, (self.waiting, other.waiting)), default=None)
        self.asked |= other.asked
        if not self.holder and other.holder:
            self.status, self.holder = "held", other.holder
        elif not self.holder and other.status == "waiting":
            self.status = "waiting"
        other.end()


@dataclass
class Session:
    """What a token is good for: whose it is, and by which of the shop's tokens it was proven."""

    uid: str
    jwts: set[str] = field(default_factory=set)


class Story:
    """One example as it runs, and what the model expects of it; some customers are `known` before it begins."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.number = shop, next(_numbers)
        self.logs: dict[str, Log] = {}
        self.subs: dict[str, str] = {}  # whom the shop knows so -> uid
        self.sessions: dict[str, Session] = {}
        self.ended: set[str] = set()
        self.jwts: dict[str, str] = {}
        self.pages = [Page(shop.url) for _ in range(PAGES)]
        self.attempts: dict[str, str] = {}  # id of a log-in -> uid

    def run(self, known: str, steps: list[tuple[str, int, int]]) -> None:
        for name in known:
            self._identify(Page(self.shop.url), f"{name}{self.number}", "", writes=True)
        for action, who, amount in steps:
            getattr(self, action)(who % PAGES, amount)
        for uid in self.logs:
            self.check(uid)
        for token in self.ended:
            assert ask(self.shop.url, "/v1/me", Authorization=token).status == 401, "a session outlived its end"

    # -- what pages do ----------------------------------------------------------------------------------------------

    def open(self, who: int, amount: int) -> None:
        """Another tab, or device: it knows nothing of what the former had."""
        self.pages[who] = Page(self.shop.url)

    def begin(self, who: int, amount: int) -> None:
        """Somebody writes first; or the same log-in again, whose answer was lost."""
        page = self.pages[who]
        if page.token in self.sessions:
            return
        page.token = page.adopt = ""
        former = self.attempts.get(page.id, "")
        answer = page.begin()
        assert answer.status == 200, answer.body
        anonymous = former and not self.logs[former].sub and not self.logs[former].linked_to
        assert (page.uid == former) if anonymous else (page.uid not in self.logs)
        self.attempts.setdefault(page.id, page.uid)  # whom that log-in made stays known by it, and nobody after them
        self.logs.setdefault(page.uid, Log())
        self.sessions[page.token] = Session(page.uid)

    def say(self, who: int, amount: int) -> None:
        """A message, where there is anybody to write it."""
        page = self.pages[who]
        if page.token not in self.sessions:
            return
        with_whom = open_chat(self.shop.url, page.token)
        joined = with_whom.hear(type="joined")
        uid = self.sessions[page.token].uid
        assert joined["conversation"] == uid
        text = f"word {next(_numbers)}"
        with_whom.tell(type="send", id=f"t{next(_numbers)}.1", content=text)
        self.logs[uid].say(text, with_whom.hear(type="ack")["msg_time"])
        with_whom.close()

    def identify(self, who: int, amount: int) -> None:
        """The shop vouches for them: with what proves that this page began, without, or with something else."""
        page, sub = self.pages[who], f"{'XY'[amount % 2]}{self.number}"
        proof = ("wrong" * 8, "")[amount % 2] if amount in (4, 5, 6) else page.adopt
        self._identify(page, sub, proof, writes=amount > 6)

    def _identify(self, page: Page, sub: str, proof: str, *, writes: bool) -> None:
        before, kept, jwt = page.token, page.adopt, self._jwt(sub, anew=writes)
        proven = bool(kept) and proof == kept
        page.adopt = proof
        answer = page.login(identity=jwt, **({"id": page.id} if writes else {}))
        assert answer.status == 200, answer.body
        if not answer.value["uid"]:
            page.adopt = kept  # and the page goes on as it was
        self._arrived(answer, page, before, sub, jwt, proven=proven, writes=writes)

    def _jwt(self, sub: str, *, anew: bool) -> str:
        """One of the shop's tokens: as a page that is loaded again has it, or another."""
        if anew or sub not in self.jwts:
            self.jwts[sub] = self.shop.key.sign(sub, nonce=next(_numbers))
        return self.jwts[sub]

    def _arrived(
        self, answer: Answer, page: Page, before: str, sub: str, jwt: str, *, proven: bool, writes: bool
    ) -> None:
        """What must have come of it."""
        session, known = self.sessions.get(before), self.subs.get(sub)
        if session and session.jwts and self.logs[session.uid].sub != sub:
            self._end(before)  # the page presents somebody else now
            session = None
        if session and session.jwts:
            assert (answer.value["uid"], answer.value["token"]) == (known, before)
            session.jwts.add(jwt)
            return
        mine = session.uid if session and proven and not self.logs[session.uid].sub else ""
        uid = answer.value["uid"]
        if known or mine:
            assert uid == (known or mine)
        elif not writes:
            assert (uid, answer.value["token"]) == ("", "")
            return
        else:
            assert uid not in self.logs
        self.logs.setdefault(uid, Log()).sub = sub
        self.subs[sub] = uid
        self.sessions[answer.value["token"]] = Session(uid, {jwt})
        if mine:
            self._taken(mine, uid)
        assert answer.value["verified"]
        assert ("linked" in answer.value) == bool(mine and mine != uid)

    def _taken(self, mine: str, uid: str) -> None:
        """What `mine` wrote is that of `uid` from now on, and nobody has it by the sessions of before."""
        for token in [token for token, one in self.sessions.items() if one.uid == mine and not one.jwts]:
            self._end(token)
        if mine != uid:
            self.logs[mine].linked_to = uid
            self.logs[uid].link(mine, self.logs[mine])

    def _end(self, token: str) -> None:
        del self.sessions[token]
        self.ended.add(token)

    def logout(self, who: int, amount: int) -> None:
        """All that was made of the same token of the shop's ends with it."""
        page = self.pages[who]
        if page.token not in self.sessions:
            return
        mine = self.sessions[page.token]
        assert page.ask("/logout", {}).status == 200
        for token, other in list(self.sessions.items()):
            if token == page.token or mine.jwts & other.jwts:
                self._end(token)
        page.token = page.adopt = ""

    # -- at once ----------------------------------------------------------------------------------------------------

    def together(self, who: int, amount: int) -> None:
        """Two pages of anonymous visitors say at once that they are the same customer: one becomes them, or both are
        linked to who is known."""
        first, second = (self.pages[(who + n) % PAGES] for n in range(2))
        uids = [self.sessions[one.token].uid for one in (first, second) if self._began(one)]
        if len(set(uids)) < 2:
            return
        sub = f"{'XY'[amount % 2]}{self.number}"
        jwt, before = self._jwt(sub, anew=True), [first.token, second.token]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda page: page.login(identity=jwt), (first, second)))
        assert [answer.status for answer in answers] == [200, 200], [answer.body for answer in answers]
        assert answers[0].value["uid"] == answers[1].value["uid"]
        adopted = [uid == answers[0].value["uid"] for uid in uids]
        for index in sorted((0, 1), key=lambda index: not adopted[index]):
            page = (first, second)[index]
            self._arrived(answers[index], page, before[index], sub, jwt, proven=True, writes=False)

    def torn(self, who: int, amount: int) -> None:
        """One page says at once that it is two customers: what it began goes to one of them, and to one only."""
        page = self.pages[who]
        if not self._began(page):
            return
        uid, subs = self.sessions[page.token].uid, [f"{name}{self.number}" for name in "XY"]
        pages = [replace(page) for _ in subs]
        jwts = [self._jwt(sub, anew=True) for sub in subs]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda one, jwt: one.login(identity=jwt), pages, jwts))
        assert [answer.status for answer in answers] == [200, 200], [answer.body for answer in answers]
        whose = self._row(uid)["linked_to"] or uid
        won = [answer.value["uid"] == whose for answer in answers]
        assert sum(won) == 1, "it went to both, or to neither"
        for index in sorted((0, 1), key=lambda index: not won[index]):
            before = page.token if won[index] else ""
            self._arrived(answers[index], page, before, subs[index], jwts[index], proven=won[index], writes=False)
        self.pages[who] = pages[won.index(True)]

    def _began(self, page: Page) -> bool:
        """Whether the page has an anonymous conversation that it can prove to have begun."""
        session = self.sessions.get(page.token)
        return bool(session and not session.jwts and page.adopt)

    # -- what agents do -----------------------------------------------------------------------------------------------

    def claim(self, who: int, amount: int) -> None:
        self._act("claim", who, amount)

    def release(self, who: int, amount: int) -> None:
        self._act("release", who, amount)

    def resolve(self, who: int, amount: int) -> None:
        self._act("resolve", who, amount)

    def _act(self, what: str, who: int, amount: int) -> None:
        if not self.logs:
            return
        (token, agent), uid = self.shop.agents[who % AGENTS], list(self.logs)[amount % len(self.logs)]
        log = self.logs[uid]
        answer = ask(self.shop.url, f"/v1/conversations/{uid}/{what}", {}, Authorization=token)
        allowed = {
            "claim": not log.linked_to and log.holder in ("", agent),
            "release": log.holder == agent,
            "resolve": log.holder in ("", agent),
        }[what]
        assert (answer.status == 200) == allowed, (what, log, answer.body)
        if not allowed:
            assert log.linked_to == "" or what != "claim" or answer.code == "linked"
        elif what == "claim":
            log.status, log.holder = "held", agent
        elif what == "release":
            log.status, log.holder = "waiting" if log.asked else "here", ""
        elif not log.linked_to:
            log.end()

    # -- and then -----------------------------------------------------------------------------------------------------

    def _row(self, uid: str) -> dict[str, Any]:
        found: dict[str, Any] = api.call(self.shop.url, f"/v1/visitors/{uid}", self.shop.admin)
        return found

    def check(self, uid: str) -> None:
        log, row = self.logs[uid], self._row(uid)
        entries = api.history(self.shop.url, self.shop.admin, uid)
        assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry["content"] for entry in entries if entry["type"] == "message"] == log.said
        holder = row["holder"] and row["holder"]["uid"]
        assert (row["status"], row["waiting_since"], holder or "") == (log.status, log.waiting, log.holder)
        assert (row["verified"], row["linked_to"]) == (bool(log.sub), log.linked_to)
        told = [entry for entry in entries if entry.get("kind") == "linked" and "again" not in entry]
        froms = [entry["from"] for entry in told if "from" in entry]
        assert sorted(froms) == sorted(row["linked"]) == sorted(log.linked)  # of two at once either may be first
        assert [entry["to"] for entry in told if "to" in entry] == [log.linked_to] * bool(log.linked_to)
        if log.sub:
            self._check_reader(uid, [{"uid": entry["from"], "seq": entry["seq"]} for entry in told])

    def _check_reader(self, uid: str, linked: list[dict[str, Any]]) -> None:
        """Who is known reads what is theirs, on whichever device, and nothing of others."""
        page, log = Page(self.shop.url), self.logs[uid]
        assert page.login(identity=self.shop.key.sign(log.sub)).value["uid"] == uid
        assert sorted(page.ask("/v1/me").value["linked"], key=lambda one: one["seq"]) == linked
        for other in self.logs:
            answer = page.ask(f"/v1/msgs?linked={other}")
            if other == uid or other in log.linked:
                assert [message["content"] for message in answer.value] == self.logs[other].said
            else:
                assert answer.refusal == (404, "unknown_client")


ACTIONS = ("begin", "begin", "say", "say", "identify", "identify", "identify", "open", "logout")
AT_ONCE, AGENTS_DO = ("together", "torn"), ("claim", "claim", "release", "resolve")
_step = st.tuples(st.sampled_from((*ACTIONS, *AT_ONCE, *AGENTS_DO)), st.integers(0, 5), st.integers(0, 9))


@settings(max_examples=40, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(known=st.sampled_from(("", "X", "XY", "XY")), steps=st.lists(_step, min_size=15, max_size=40))
def test_nobody_ever_gets_the_words_of_another(shop: Shop, known: str, steps: list[tuple[str, int, int]]) -> None:
    Story(shop).run(known, steps)
