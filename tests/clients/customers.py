"""A shop that vouches for its customers: its key, the tokens it signs, and the log-in of its pages."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.clients import tokens
from tests.clients.api import Answer, ask


@dataclass(frozen=True)
class Key:
    """A key of the shop's."""

    kid: str
    secret: str

    @classmethod
    def made(cls, url: str, admin: str) -> "Key":
        """One more, by an administrator's hands."""
        answer = ask(url, "/v1/widget/keys", b"", method="POST", Authorization=admin)
        return cls(answer.value["kid"], answer.value["secret"])

    def sign(self, sub: str, **more: Any) -> str:
        """The shop's word for the customer `sub`; `more` as of tokens.claims."""
        return tokens.signed(self.secret, tokens.claims(sub, **more), kid=self.kid)

    def end(self, url: str, admin: str) -> Answer:
        """It counts no more, nor does who was let in by it; a shop has two at most."""
        return ask(url, f"/v1/widget/keys/{self.kid}", method="DELETE", Authorization=admin)


@dataclass
class Page:
    """A page of the shop's in one tab: what it keeps of its visitor, and how it logs them in."""

    url: str
    token: str = ""
    adopt: str = ""
    uid: str = ""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def ask(self, path: str, body: Any = None, **headers: str) -> Answer:
        """A request as whoever the page has."""
        return ask(self.url, path, body, **({"Authorization": self.token} if self.token else {}), **headers)

    def login(self, **entered: Any) -> Answer:
        """Log in, as whoever the page says, going on from whom it has; what comes of it is kept."""
        known = {"adopt": self.adopt} if self.adopt else {}
        answer = self.ask("/login/widget", {**known, **entered})
        if answer.status == 200 and answer.value["uid"]:
            found = answer.value
            self.token, self.uid, self.adopt = found["token"], found["uid"], found.get("adopt", "")
        return answer

    def begin(self, **entered: Any) -> Answer:
        """Write first: log in as somebody new, who says nothing of themselves; a repeat of this page's is the same."""
        return self.login(id=self.id, **entered)
