"""What is mailed to the team: that an address be confirmed, an invitation, a link for who forgot the password."""

from app.chat.agent_email import MailedLink, clean, same
from app.chat.errors import Refusal
from app.live.team import Team
from app.store.agent_mail import MOST_ASKED, MOST_HELP
from app.store.passwords import SHORTEST_PASSWORD
from app.store.people import Agent, Role
from app.store.sessions import Session
from app.store.store import Store

# Milliseconds after which somebody may have mail sent again for certain.
_HOUR_MS = 3600 * 1000


class TeamMail:
    """`sends`: whether this shop can send mail; who asks for one else is refused `mail_not_set_up`."""

    def __init__(self, store: Store, team: Team, *, sends: bool) -> None:
        self._store, self._mail, self._team, self.sends = store, store.agent_mail, team, sends

    def check(self) -> None:
        """Raises Refusal mail_not_set_up."""
        if not self.sends:
            raise Refusal("mail_not_set_up")

    def address(self, typed: str) -> str:
        """One to write to, as it is kept. Raises Refusal bad_form, mail_not_set_up."""
        self.check()
        if email := clean(typed):
            return email
        raise Refusal("bad_form", field="email")

    async def name(self, uid: str, email: str, language: str) -> Agent:
        """Another address for an agent: a mail there, in that language, asks to confirm it, and again each time it is
        named until then; for who was invited, it is the invitation. "" takes it away.

        Raises Refusal unknown_agent, bad_form, mail_not_set_up, slow_down.
        """
        agent = await self._store.people.agent(uid)
        if agent is None:
            raise Refusal("unknown_agent")
        if email.strip():
            self.address(email)
            if not await self._mail.may_send(uid, MOST_ASKED):
                raise Refusal("slow_down", retry_ms=_HOUR_MS)
        elif agent.invited:  # else nobody could ever come
            raise Refusal("bad_form", field="email")
        box = await self._mail.change(uid, lambda box: box.asking(email, language))
        if box.asked:
            await self._mail.send("join" if agent.invited else "confirm", uid, language)
        await self._tell(uid)
        return self._team.agents[uid]

    async def invite(self, nickname: str, email: str, role: Role, language: str) -> Agent:
        """One more in the team, who chooses a password by the link that is mailed to them.

        Raises Refusal bad_form, mail_not_set_up and what People.add_agent does.
        """
        self.address(email)
        agent = await self._store.people.add_agent(nickname, "", role, invited=True)
        return await self.name(agent.uid, email, language)

    async def find(self, secret: str) -> tuple[MailedLink, Agent]:
        """What a link is for, and whose it is. Raises Refusal link_over."""
        link = await self._mail.find(secret)
        agent = await self._store.people.agent(link.uid)
        if agent is None or agent.disabled:
            raise Refusal("link_over")
        return link, agent

    async def confirm(self, secret: str, language: str) -> tuple[MailedLink, Agent]:
        """The address is theirs, and who it is. Raises Refusal link_over."""
        link, agent = await self.find(secret)
        if link.purpose != "confirm":
            raise Refusal("link_over")
        await self._mail.use(secret, language)
        await self._tell(agent.uid)
        return link, agent

    async def let_in(self, secret: str, password: str, language: str) -> tuple[str, Session]:
        """A session, and its token, for who comes by a link that lets in, from now on with that password, or with ""
        with the one they have: whoever was invited has none. Every other session of theirs has ended.

        Raises Refusal link_over, weak_password.
        """
        link, agent = await self.find(secret)
        if link.purpose == "confirm":
            raise Refusal("link_over")
        if (password or agent.invited) and len(password) < SHORTEST_PASSWORD:
            raise Refusal("weak_password")
        await self._mail.use(secret, language)
        if password:
            agent = await self._store.team.change(agent.uid, password=password)
        else:
            await self._store.sessions.revoke_all(agent.uid)
        await self._tell(agent.uid)
        token, session = await self._store.sessions.create(agent)
        now = await self._store.people.agent(agent.uid)
        if now is None or now.disabled or now.role != agent.role:  # since this was looked at
            await self._store.sessions.revoke(session)
            raise Refusal("link_over")
        return token, session

    async def help(self, email: str, language: str) -> None:
        """Whoever of the team has that address is sent a link that lets them in; nobody learns whether anybody has."""
        meant = [one for one in self._team.agents.values() if same(one.mail.email, email) and not one.disabled]
        if meant and await self._mail.may_send(email, MOST_HELP):
            for agent in meant:
                await self._mail.send("help", agent.uid, language)

    async def _tell(self, uid: str) -> None:
        await self._store.people.tell_changed(uid)
        await self._team.load()
