"""What each route may be asked, by whom, and what its answer may be used for: one table, by endpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# anybody; whoever has a session; a visitor; an agent; an administrator; whoever runs the product (loopback, or the
# metrics token).
Who = Literal["anybody", "session", "visitor", "agent", "admin", "operator"]

_SOURCES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
)


@dataclass(frozen=True)
class Policy:
    """Of one route. What is not said of its answer and its body is the strictest."""

    who: Who
    sources: str = _SOURCES  # the Content-Security-Policy, but for who may frame the answer
    framed_by: Literal["nobody", "us", "sites"] = "nobody"  # whose pages may show it in a frame: sites' and ours
    for_sites: bool = False  # whether pages of the shop's sites may ask for it, and read the answer
    embedded_by: str = "same-origin"  # Cross-Origin-Resource-Policy
    largest_body: int = 64 * 1024  # bytes; of all there is, a log-in is the largest
    slowest_body: int = 60  # seconds it may take to arrive
    streamed: bool = False  # whether its route takes the body piece by piece, by bounds of its own
    any_host: bool = False  # whether it is answered whatever `Host` was asked for: nothing of anybody's is in it
    teams_page: bool = False  # whether it is a page of the team's, or its set-up, that anybody may ask for

    @property
    def for_team(self) -> bool:
        """Whether who asks is spoken to as the shop's own people are, whoever they turn out to be."""
        return self.teams_page or self.who in ("agent", "admin", "operator")

    def headers(self, sites: Iterable[str]) -> dict[str, str]:
        """What every answer of the route says in a shop with these sites."""
        ancestors = {"nobody": ("'none'",), "us": ("'self'",), "sites": ("'self'", *sites)}[self.framed_by]
        told = {
            "Content-Security-Policy": f"{self.sources}; frame-ancestors {' '.join(ancestors)}",
            "Cross-Origin-Resource-Policy": self.embedded_by,
        }
        # A site that lets in only what allows it (require-corp) shows no frame that does not say the same.
        return told | ({"Cross-Origin-Embedder-Policy": "require-corp"} if self.framed_by == "sites" else {})


# Of the chat's pages, in which audio and video play.
_PLAYING = "; media-src 'self'"

# Of the console, which shows what its shop's page would look like, and of that page, which has the chat in it.
_FRAMING = "; frame-src 'self'"

# Of a file that somebody sent: opened as a page of its own it is nothing, and may do nothing.
_BY_ITSELF = "sandbox; default-src 'none'"

# Where there is no route.
NOWHERE = Policy("anybody")

POLICIES = {
    endpoint: policy
    for policy, endpoints in (
        (Policy("anybody"), "static.file conversations.desk unsubscribe.page unsubscribe.stop"),
        (Policy("anybody", teams_page=True), "pages.set_up setup.set_up"),
        (Policy("anybody", teams_page=True), "login_help.help login_help.look login_help.enter login_help.confirm"),
        (Policy("anybody", sources=_SOURCES + _PLAYING), "pages.visitor"),
        (Policy("anybody", sources=_SOURCES + _PLAYING + _FRAMING, teams_page=True), "pages.console"),
        (Policy("anybody", sources=_SOURCES + _FRAMING, framed_by="us"), "pages.preview"),
        (Policy("anybody"), "login.login login.login_by_link login_widget.login contact.login_by_mail"),
        (
            Policy("anybody", sources=_SOURCES + _PLAYING, framed_by="sites", embedded_by="cross-origin"),
            "pages.widget",
        ),
        (Policy("anybody", embedded_by="cross-origin"), "widget_script.script widget_script.panel widget_script.types"),
        (Policy("anybody", for_sites=True, largest_body=2048, slowest_body=10), "widget.seen"),
        (Policy("anybody", sources="default-src 'none'; sandbox"), "faces.face"),
        (Policy("anybody", any_host=True), "operator.healthz operator.readyz"),
        (Policy("operator"), "operator.metrics"),
        (
            Policy("session"),
            "login.me login.logout chat.chat messages.messages transcript.transcript files.ticket",
        ),
        (Policy("session", streamed=True), "files.upload"),
        (Policy("session", sources=_BY_ITSELF), "files.file"),
        (Policy("visitor"), "login_widget.link contact.own rating.rating rating.rate"),
        (Policy("agent"), "login.status stream.stream search.search search.people reports.reports reports.episodes"),
        (Policy("agent"), "files.sent messages.notes"),
        (
            Policy("agent"),
            "login.password login_help.name look.change faces.put_face faces.drop_face token_code.token_code",
        ),
        (Policy("agent"), "conversations.users conversations.claim conversations.release conversations.transfer"),
        (Policy("agent"), "conversations.resolve conversations.snooze conversations.tag conversations.block"),
        (Policy("agent"), "visitors.visitors visitors.visitor visitors.link visitors.free_name visitors.labels"),
        (Policy("agent"), "browsing.invite contact.visitors"),
        (Policy("agent"), "replies.replies replies.add replies.change replies.delete"),
        (Policy("agent"), "agents.agents shop.shop shop.palette widget.widget"),
        (Policy("admin"), "identity_keys.make identity_keys.end mail_setup.mail mail_setup.trial"),
        (Policy("admin"), "delivery.delivery delivery.retry delivery.give_up backups.backups backups.make"),
        (Policy("admin"), "agents.add agents.change shop.change widget.change faces.put_logo faces.drop_logo"),
    )
    for endpoint in endpoints.split()
}
