"""The team: who answers, with which role, and who of them is here, as this node knows it."""

from collections.abc import Callable

from app.chat import names, protocol
from app.chat.conversation import Entry, State
from app.chat.errors import Refusal
from app.store.passwords import SHORTEST_PASSWORD
from app.store.people import Agent, Role
from app.store.store import Store

# What the feed tells of an agent who comes or goes.
PRESENCE_KINDS = frozenset({"agent.online", "agent.offline"})


def attend(online: set[str], entry: Entry) -> None:
    """Let `online`, a set of agents, follow an entry of those kinds; any other changes nothing."""
    if entry.kind == "agent.online":
        online.add(entry.author)
    elif entry.kind == "agent.offline":
        online.discard(entry.author)


def shown(agent: Agent, *, online: bool) -> dict[str, object]:
    """An agent, for agents."""
    return {
        "uid": agent.uid,
        "nickname": agent.nickname,
        "name": agent.nickname,
        "role": agent.role,
        "online": online,
        "accepting": not agent.away,
        "disabled": agent.disabled,
        "invited": agent.invited,
        "face": agent.face,
    }


def where_mailed(agent: Agent) -> dict[str, object]:
    """Where mail reaches an agent, for themselves and for administrators."""
    return {"email": agent.mail.email, "email_asked": agent.mail.asked}


class Team:
    """`agents` by uid, those who are locked out too. `changed()` is called whenever they were read again; `moved(uid)`
    whenever one of them has come or gone."""

    def __init__(self, store: Store) -> None:
        self._people, self._team, self._faces = store.people, store.team, store.faces
        self.agents: dict[str, Agent] = {}
        self._looks: frozenset[str] = frozenset()
        self.changed: Callable[[], object] = dict
        self.online: set[str] = set()  # with a connection, on any node
        self.moved: Callable[[str], object] = str

    async def load(self) -> None:
        """Read them again. Raises what the store raises."""
        self.agents = {agent.uid: agent for agent in await self._people.agents()}
        self._looks = frozenset().union(*(names.looks(agent.nickname) for agent in self.agents.values()))
        self.changed()

    def has_namesake(self, name: str) -> bool:
        """Whether an agent, one who is locked out too, is called so, or may be taken for who is."""
        return not self._looks.isdisjoint(names.looks(name))

    def name(self, uid: str) -> str:
        """An agent's name; empty for nobody."""
        agent = self.agents.get(uid)
        return agent.nickname if agent else ""

    def user(self, uid: str) -> dict[str, str]:
        """An agent as events show them; nameless where they are known no more."""
        agent = self.agents.get(uid) or Agent(uid, "", "agent")
        return protocol.user(uid, agent.nickname, agent.role, agent.enter_at)

    @property
    def faces(self) -> dict[str, str]:
        """By uid the id of each agent's face who has one."""
        return {uid: agent.face for uid, agent in self.agents.items() if agent.face}

    def holder(self, state: State) -> dict[str, object] | None:
        """Who holds a conversation, and whether they are here, for a frame."""
        owner = state.owner
        return {"uid": owner, "nickname": self.name(owner), "here": owner in self.online} if owner else None

    def apply(self, entry: Entry) -> None:
        """Keep up with the feed: who has come or gone."""
        if entry.kind in PRESENCE_KINDS:
            attend(self.online, entry)
            self.moved(entry.author)

    def load_online(self, online: set[str]) -> None:
        """Begin from a snapshot of who is online."""
        before, self.online = self.online, online
        for uid in before ^ online:
            self.moved(uid)

    def find(self, who: str) -> Agent:
        """Who may be handed a conversation, by uid or name. Raises Refusal unknown_agent."""
        for agent in self.agents.values():
            if who in (agent.uid, agent.nickname) and not (agent.disabled or agent.invited):
                return agent
        raise Refusal("unknown_agent")

    async def all(self) -> list[Agent]:
        """Everybody, as the store has them now: another worker may have changed somebody just before."""
        return await self._people.agents()

    async def add(self, nickname: str, password: str, role: Role) -> Agent:
        """One more. Raises Refusal weak_password and what People.add_agent does."""
        if len(password) < SHORTEST_PASSWORD:  # which says nothing of the name; without one nobody could log in
            raise Refusal("weak_password")
        added = await self._people.add_agent(nickname, password, role)
        await self.load()
        return added

    async def change(
        self, uid: str, *, role: Role | None, password: str | None, disabled: bool | None, keep: str
    ) -> Agent:
        """Another role or password; locked out, or let in again; None stays. As the store's Team.change, which see.

        Raises Refusal weak_password, unknown_agent, last_admin.
        """
        if password is not None and len(password) < SHORTEST_PASSWORD:
            raise Refusal("weak_password")
        await self._team.change(uid, role=role, password=password or "", disabled=disabled, keep=keep)
        await self.load()
        return self.agents[uid]

    async def show(self, uid: str, picture: bytes) -> str:
        """Give an agent another face, or with no picture none; its id."""
        face = await self._faces.put(uid, picture)
        await self._people.tell_changed(uid)
        await self.load()
        return face
