"""Whether somebody can log in and is told of who waits, and where the chat may be shown."""

from app.chat import alerts, sites
from app.chat.widget import Widget
from app.checks.finding import Finding
from app.config import Settings
from app.store.store import Store


async def look(settings: Settings, store: Store) -> list[Finding]:
    """The team, and the sites."""
    return [await _agents(settings, store), await _sites(settings, store)]


async def _agents(settings: Settings, store: Store) -> Finding:
    if not await store.people.has_admin():
        return Finding("warn", "agents", "there is no administrator yet: chatadmin agent add NAME --role admin")
    told = not (settings.sends_mail and settings.alerts.after) or alerts.on_duty(await store.people.agents())
    if not told:
        says = "nobody is told by mail who waits too long: who takes conversations confirms an address (Settings, You)"
        return Finding("warn", "agents", says)
    return Finding("ok", "agents", "an administrator can log in")


async def _sites(settings: Settings, store: Store) -> Finding:
    """The configuration's, and those that administrators added."""
    listed = sites.together(sites.listed(settings.sites), (await store.widget.read(Widget())).sites)
    return Finding("ok", "sites", f"the chat may be shown by {', '.join(listed) or 'no site but its own'}")
