"""The people who answer, changed: by an administrator in the console, or by the command line."""

from app.store.agent_mail import AgentMail
from app.store.people import Agent, People, Role
from app.store.sessions import Sessions


class Team:
    """Changes of agents, together with the end of their sessions: those say who they were."""

    def __init__(self, people: People, sessions: Sessions, mail: AgentMail) -> None:
        self._people, self._sessions, self._mail = people, sessions, mail

    async def change(
        self,
        uid: str,
        *,
        role: Role | None = None,
        password: str = "",
        disabled: bool | None = None,
        even_last: bool = False,
        keep: str = "",
    ) -> Agent:
        """Give an agent another role or password, lock them out or let them in again.

        Ends their sessions, but for the one whose hash is `keep`; with another password also what was mailed to let
        them in. `even_last`: although no administrator may be left.
        Raises Refusal unknown_agent, weak_password, last_admin.
        """
        changed = await self._people.change_agent(
            uid, role=role, password=password, disabled=disabled, even_last=even_last
        )
        try:
            if password:
                await self._mail.end_links(uid)
            await self._people.tell_changed(uid)
        finally:  # whoever is locked out is out, whatever becomes of the news
            if role or password or disabled:
                await self._sessions.revoke_all(uid, keep=keep)
        return changed
