"""Who sends mail for shops: where their servers are, and what a domain has to say of them."""

import msgspec


class Provider(msgspec.Struct, frozen=True):
    """One of them. `labels`: parts of names by which its servers are known, and what SPF says of them.

    `spf`: what a domain's SPF record includes, "" where the provider tells each customer. `own_bounces`: it sends in
    its own name on the envelope, so that SPF of the shop's domain is not asked, and DKIM alone vouches for it.
    """

    id: str
    name: str
    host: str
    port: int
    tls: bool
    labels: frozenset[str]
    spf: str = ""
    own_bounces: bool = False

    def serves(self, name: str) -> bool:
        """Whether a server's name, or the one that an SPF record includes, is one of theirs."""
        return not self.labels.isdisjoint(name.lower().split("."))


def _provider(id: str, name: str, host: str, port: int, labels: str, spf: str = "", own: bool = False) -> Provider:
    return Provider(id, name, host, port, port == 465, frozenset(labels.split()), spf, own)


PROVIDERS = (
    _provider("google", "Google Workspace, Gmail", "smtp.gmail.com", 465, "google gmail", "_spf.google.com"),
    _provider(
        "microsoft", "Microsoft 365", "smtp.office365.com", 587, "office365 outlook", "spf.protection.outlook.com"
    ),
    _provider("fastmail", "Fastmail", "smtp.fastmail.com", 465, "fastmail messagingengine", "spf.messagingengine.com"),
    _provider("zoho", "Zoho Mail", "smtppro.zoho.com", 465, "zoho zohomail"),
    _provider("ionos", "IONOS", "smtp.ionos.com", 465, "ionos kundenserver perfora"),
    _provider("brevo", "Brevo", "smtp-relay.brevo.com", 587, "brevo sendinblue", own=True),
    _provider("mailgun", "Mailgun", "smtp.mailgun.org", 587, "mailgun", "mailgun.org"),
    _provider("ses", "Amazon SES", "email-smtp.eu-central-1.amazonaws.com", 587, "amazonaws amazonses", own=True),
)


def provider_of(host: str) -> Provider | None:
    """The one whose server it is, if it is known."""
    return next((provider for provider in PROVIDERS if provider.serves(host)), None)
