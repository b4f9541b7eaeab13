"""What a domain says of the mail that comes in its name: SPF (RFC 7208) and DMARC (RFC 7489)."""

import dns.exception
import dns.resolver
from dns.resolver import Resolver

from app.chat.mail_providers import provider_of
from app.trial.finding import Finding, one_line

# Seconds for one question; and how many names SPF may have looked up (RFC 7208, 4.6.4).
_PATIENCE = 3.0
_MOST_LOOKUPS = 10


class Silent(Exception):
    """The DNS does not answer."""


class Domain:
    """The one behind the @ of an address, as `resolver` knows it; without one, as this machine's does."""

    def __init__(self, name: str, resolver: Resolver | None = None) -> None:
        self._name, self._given = name.lower().rstrip("."), resolver

    def findings(self, host: str) -> list[Finding]:
        """Whether the mail server `host` may send in its name, and what becomes of mail that may not come from it."""
        try:
            resolver = self._given or Resolver()
            return [self._spf(resolver, host), self._dmarc(resolver)]
        except (Silent, dns.resolver.NoResolverConfiguration):
            return [Finding("spf", "warn", "silent")]

    def _spf(self, resolver: Resolver, host: str) -> Finding:
        provider = provider_of(host)
        needed = f"include:{provider.spf}" if provider and provider.spf else ""
        if provider and provider.own_bounces:
            return Finding("spf", "ok", "elsewhere", provider.name)
        records = _texts(resolver, self._name, "v=spf1")
        if len(records) > 1:
            return Finding("spf", "warn", "twice", one_line(" | ".join(records)))
        if not records:
            record = f"v=spf1 {needed} ~all" if needed else ""
            return Finding("spf", "warn", "missing" if needed else "missing_own", needed=record)
        if provider is None:
            return Finding("spf", "ok", "there", one_line(records[0]))
        named = any(provider.serves(name) for name in _included(resolver, records[0]))
        return (
            Finding("spf", "ok", "ok", one_line(records[0]))
            if named
            else Finding("spf", "warn", "lacks" if needed else "lacks_own", one_line(records[0]), needed)
        )

    def _dmarc(self, resolver: Resolver) -> Finding:
        """Its own, or that of a domain above it, which speaks for it."""
        labels = self._name.split(".")
        for start in range(len(labels) - 1):
            records = _texts(resolver, "_dmarc." + ".".join(labels[start:]), "v=DMARC1")
            if len(records) > 1:
                return Finding("dmarc", "warn", "twice", one_line(" | ".join(records)))
            if records:
                return Finding("dmarc", "ok", "ok", one_line(records[0]))
        return Finding("dmarc", "warn", "missing", needed="v=DMARC1; p=none")


def _texts(resolver: Resolver, name: str, kind: str) -> list[str]:
    """Records of a kind. Raises Silent."""
    try:
        answer = resolver.resolve(name, "TXT", lifetime=_PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.exception.SyntaxError, ValueError):
        return []
    except dns.exception.DNSException:
        raise Silent from None
    found = [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
    return [text for text in found if text.split(" ")[0].rstrip(";").lower() == kind.lower()]


def _included(resolver: Resolver, record: str) -> set[str]:
    """The names that it includes, and those that they do. Raises Silent."""
    todo, known = [record], set[str]()
    while todo:
        for term in todo.pop().lower().split():
            name = term.lstrip("+").removeprefix("include:").removeprefix("redirect=")
            if name == term.lstrip("+") or name in known or len(known) >= _MOST_LOOKUPS:
                continue
            known.add(name)
            todo += _texts(resolver, name, "v=spf1")
    return known
