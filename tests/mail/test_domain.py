"""What a shop's domain says of its mail, asked of a name server."""

import socket
import threading
from collections.abc import Callable, Iterator

import dns.message
import dns.rcode
import dns.rrset
import pytest
from dns.resolver import Resolver

from app.trial.domain import Domain
from app.trial.finding import Finding

Ask = Callable[..., dict[str, Finding]]

# Who sends for each of these is google, but for what is said otherwise.
ZONE = {
    "fits.example": ['"v=spf1 include:_spf.google.com ~all"', '"site-verification=x"'],
    "_dmarc.fits.example": ['"v=DMARC1; p=quarantine"'],
    "torn.example": ['"v=spf1 inc" "lude:_spf.google.com -all"'],
    "through.example": ['"v=spf1 redirect=_all.through.example"'],
    "_all.through.example": ['"v=spf1 a mx include:_spf.google.com -all"'],
    "other.example": ['"v=spf1 include:spf.messagingengine.com -all"'],
    "twice.example": ['"v=spf1 -all"', '"v=spf1 include:_spf.google.com -all"'],
    "_dmarc.twice.example": ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'],
    "round.example": ['"v=spf1 include:round.example -all"'],
    "_spf.google.com": ['"v=spf1 ip4:192.0.2.0/24 ~all"'],
}


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """What is found of a domain whose mail a server sends, by its step."""
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                data, peer = link.recvfrom(4096)
            except OSError:
                return
            question = dns.message.from_wire(data)
            answer = dns.message.make_response(question)
            name = question.question[0].name
            if texts := ZONE.get(name.to_text(omit_final_dot=True)):
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *texts))
            else:
                answer.set_rcode(dns.rcode.SERVFAIL if "broken" in name.to_text() else dns.rcode.NXDOMAIN)
            link.sendto(answer.to_wire(), peer)

    threading.Thread(target=serve, daemon=True).start()
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], link.getsockname()[1]

    def asking(name: str, host: str = "smtp.gmail.com") -> dict[str, Finding]:
        return {finding.step: finding for finding in Domain(name, resolver).findings(host)}

    yield asking
    link.close()


def test_a_domain_that_names_its_provider_fits(ask: Ask) -> None:
    found = ask("fits.example")
    assert (found["spf"].outcome, found["dmarc"].outcome) == ("ok", "ok")
    assert found["dmarc"].said == "v=DMARC1; p=quarantine"
    assert ask("torn.example")["spf"].outcome == ask("through.example")["spf"].outcome == "ok"
    assert ask("shop.fits.example")["dmarc"].outcome == "ok"  # which the domain above speaks for


def test_what_it_lacks_is_told_as_it_has_to_be_written(ask: Ask) -> None:
    nothing = ask("nothing.example")
    assert (nothing["spf"].outcome, nothing["spf"].needed) == ("missing", "v=spf1 include:_spf.google.com ~all")
    assert (nothing["dmarc"].outcome, nothing["dmarc"].needed) == ("missing", "v=DMARC1; p=none")
    other = ask("other.example")["spf"]
    assert (other.verdict, other.outcome, other.needed) == ("warn", "lacks", "include:_spf.google.com")
    assert ask("round.example")["spf"].outcome == "lacks"
    twice = ask("twice.example")
    assert (twice["spf"].outcome, twice["dmarc"].outcome) == ("twice", "twice")


def test_what_cannot_be_known_is_not_claimed(ask: Ask) -> None:
    assert ask("fits.example", "mail.example.com")["spf"].outcome == "there"
    assert ask("nothing.example", "mail.example.com")["spf"].outcome == "missing_own"
    assert ask("nothing.example", "smtppro.zoho.eu")["spf"].outcome == "missing_own"
    assert ask("fits.example", "smtp.ionos.de")["spf"].outcome == "lacks_own"
    assert ask("nothing.example", "smtp-relay.brevo.com")["spf"].outcome == "elsewhere"
    assert ask("broken.example") == {"spf": Finding("spf", "warn", "silent")}
