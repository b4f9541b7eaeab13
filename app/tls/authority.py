"""An authority that gives certificates by ACME (RFC 8555), and what is said to it. All of it blocks: the courier has it
in a thread.

Loaded by the courier alone, after `unpacked.use("https")`. Certificates are believed as app/trust.py has it, so
SSL_CERT_FILE may name those of an authority of one's own.
"""

import logging
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that it cannot guess in which letters an answer is written: nobody asks it to
    import requests
import josepy.errors
from acme import challenges, client, crypto_util, errors, messages
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy import jwa, jwk
from josepy.util import ComparableECKey
from requests.adapters import HTTPAdapter

from app import __version__, trust
from app.config import Tls
from app.store.errors import EmbeddedError
from app.tls.folder import Account, Folder, Order
from app.tls.trouble import AcmeTrouble
from app.tls.validity import Validity, validity

log = logging.getLogger("chatadmin.tls")

# How often one thing is said again: where a nonce is refused (pebble, told so, refuses one in five), and where nothing
# was heard or the authority is not itself; seconds before the latter.
_NONCES, _PAUSES = 12, (1.0, 3.0, 9.0)
# Seconds to wait for an answer; and for the authority to look at a name, and to make a certificate.
_TIMEOUT, _LONGEST = 30, 120.0
# What an authority says of an account that it does not have, or no longer.
_NO_ACCOUNT = ("accountDoesNotExist", "unauthorized")
# What an operator can do about what an authority found (RFC 8555, 6.7).
_ADVICE = {
    "connection": "open port 80 to everybody, and see that the name leads here",
    "dns": "see that the name is in the DNS, and leads here",
    "unauthorized": "something else answers at this name: see that it leads here, and no proxy stands before port 80",
    "caa": "the DNS says (CAA) that another authority gives certificates for this name",
    "rateLimited": "it is asked again once it allows it",
    "rejectedIdentifier": "this authority gives no certificate for such a name: leave it out of hosts:",
}


class _Trusting(HTTPAdapter):
    """Believes whom we believe, and not the library's own list."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=trust.context(), **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"


class _Network(client.ClientNetwork):
    """Says each thing again that was not taken: the library repeats a refused nonce once, and nothing else."""

    wait = 0.0
    """Seconds that the authority last asked us to wait."""

    def post(self, *args: Any, **options: Any) -> requests.Response:
        for left in reversed(range(_NONCES)):
            try:
                return self._post_once(*args, **options)
            except messages.Error as error:
                if error.code != "badNonce" or not left:
                    raise
                self._nonces.clear()  # they are of one age
        raise AssertionError  # the last one raises

    def _send_request(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        for pause in (*_PAUSES, None):
            try:
                found = super()._send_request(method, url, *args, **options)
            except (requests.ConnectionError, requests.Timeout):
                if pause is None:
                    raise
            else:
                if found.status_code not in (502, 503, 504) or pause is None:
                    with suppress(ValueError):
                        self.wait = float(found.headers.get("Retry-After", 0)) if not found.ok else 0.0
                    return found
            time.sleep(pause)
        raise AssertionError


class Authority:
    """The one that settings name, and who we are to it. `put(token, answer)` and `drop(token)` say what it is to find
    at this server."""

    def __init__(self, tls: Tls, folder: Folder, put: Callable[[str, str], None], drop: Callable[[str], None]) -> None:
        self._tls, self._folder, self._put, self._drop = tls, folder, put, drop
        self._network: _Network | None = None
        self._client: client.ClientV2 | None = None
        self._uri = ""  # of our account

    def fetch(self, name: str) -> Validity:
        """Bring a certificate for a name and put it in its place. Raises AcmeTrouble, and leaves what is there then."""
        try:
            return self._fetched(name)
        except errors.ValidationError as error:
            raise AcmeTrouble(_found(name, error)) from None
        except messages.Error as error:
            wait = self._network.wait if self._network else 0.0
            raise AcmeTrouble(_said(error), wait) from None
        except errors.TimeoutError:
            raise AcmeTrouble("the authority takes too long; it is asked again") from None
        except requests.RequestException as error:
            raise AcmeTrouble(_unreachable(self._tls.directory, error)) from None
        except (errors.Error, josepy.errors.Error, ValueError) as error:
            raise AcmeTrouble(f"the authority says what is not understood ({type(error).__name__}: {error})") from None
        except (OSError, EmbeddedError) as error:
            raise AcmeTrouble(f"{self._folder.path} takes none: {error}") from None

    def renewal(self, pem: bytes) -> tuple[float | None, float]:
        """When the authority would have this certificate renewed, None where it does not say, and when to ask again:
        unix seconds. Raises AcmeTrouble."""
        try:
            at, again = self._connected().renewal_time(pem)
        except x509.ExtensionNotFound:  # of who signed it, by which it would be asked for
            raise AcmeTrouble("no authority is asked about this certificate") from None
        except (errors.Error, messages.Error, josepy.errors.Error, EmbeddedError, OSError, ValueError) as error:
            raise AcmeTrouble(_unreachable(self._tls.directory, error)) from None
        return (at.timestamp() if at else None), again.timestamp()

    def _fetched(self, name: str) -> Validity:
        try:
            ordered, key = self._ordered(name)
        except messages.Error as error:
            if error.code not in _NO_ACCOUNT:
                raise
            log.warning("the authority no longer knows our account: a new one is made")
            self._folder.put_account(None)
            self._client = None
            ordered, key = self._ordered(name)
        acme = self._connected()
        until = datetime.now() + timedelta(seconds=_LONGEST)
        tokens = self._ask(ordered)
        ordered = acme.poll_authorizations(ordered, until)
        ordered = acme.finalize_order(ordered, until)
        for token in tokens:  # of one that fails they expire
            self._drop(token)
        chain = ordered.fullchain_pem
        self._folder.put_certificate(self._folder.certificate(name), chain, key)
        self._folder.put_order(name, None)
        return validity(chain.encode())

    def _connected(self) -> client.ClientV2:
        """Connected and with an account, the one we have or a new one."""
        if self._client:
            return self._client
        known = self._folder.account(self._tls.directory) or Account(self._tls.directory, _new_account_key())
        self._folder.put_account(known)  # the key first: who is killed now is known by it
        key = jwk.JWKEC.json_loads(known.key)
        self._network = _Network(key, alg=jwa.ES256, user_agent=f"chatadmin/{__version__}", timeout=_TIMEOUT)
        self._network.session.mount("https://", _Trusting())
        acme = client.ClientV2(client.ClientV2.get_directory(self._tls.directory, self._network), self._network)
        self._uri = known.uri or self._registered(acme)
        self._network.account = messages.RegistrationResource(uri=self._uri, body=messages.Registration())
        self._folder.put_account(Account(known.directory, known.key, self._uri))
        self._client = acme
        return acme

    def _registered(self, acme: client.ClientV2) -> str:
        who = messages.NewRegistration.from_data(email=self._tls.email or None, terms_of_service_agreed=True)
        try:
            return str(acme.new_account(who).uri)
        except errors.ConflictError as known:
            return str(known.location)

    def _ordered(self, name: str) -> tuple[messages.OrderResource, str]:
        """The order of a name, the one under way or a new one, and the key that its certificate is to be for."""
        acme, kept = self._connected(), self._folder.order(name)
        if kept and (kept.directory, kept.account) == (self._tls.directory, self._uri):
            with suppress(messages.Error, errors.ClientError):  # it has ended, or is not known any more
                found = self._resumed(acme, kept, name)
                if found.body.status != messages.STATUS_INVALID:
                    return found, kept.key
        key = _pem(ec.generate_private_key(ec.SECP256R1()))
        made = acme.new_order(crypto_util.make_csr(key.encode(), [name]))
        self._folder.put_order(name, Order(self._tls.directory, self._uri, made.uri, key))
        return made, key

    def _resumed(self, acme: client.ClientV2, kept: Order, name: str) -> messages.OrderResource:
        nonces = acme.directory["newNonce"]
        body = messages.Order.from_json(acme.net.post(kept.url, None, new_nonce_url=nonces).json())
        asked = [
            acme.poll(messages.AuthorizationResource(uri=url, body=messages.Authorization(identifier=which)))[0]
            for url, which in zip(body.authorizations, body.identifiers, strict=True)
        ]
        csr = crypto_util.make_csr(kept.key.encode(), [name])
        return messages.OrderResource(body=body, uri=kept.url, authorizations=asked, csr_pem=csr)

    def _ask(self, ordered: messages.OrderResource) -> list[str]:
        """Have the authority look here, for each name that it does not know yet; the tokens by which it asks."""
        acme, tokens = self._connected(), []
        for authorization in ordered.authorizations:
            if authorization.body.status != messages.STATUS_PENDING:
                continue
            for asked in authorization.body.challenges:
                if isinstance(asked.chall, challenges.HTTP01) and asked.status == messages.STATUS_PENDING:
                    answer, said = asked.response_and_validation(acme.net.key)
                    token = asked.chall.encode("token")
                    self._put(token, said)
                    tokens.append(token)
                    acme.answer_challenge(asked, answer)
        return tokens


def _new_account_key() -> str:
    return jwk.JWKEC(key=ComparableECKey(ec.generate_private_key(ec.SECP256R1()))).json_dumps()


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _said(error: messages.Error) -> str:
    advice = _ADVICE.get(error.code or "", "")
    return f"the authority refuses: {error.detail or error.typ}" + (f". What to do: {advice}" if advice else "")


def _found(name: str, error: errors.ValidationError) -> str:
    """What it found where it looked."""
    for authorization in error.failed_authzrs:
        for asked in authorization.body.challenges:
            if asked.error is not None:
                advice = _ADVICE.get(asked.error.code or "", "see that the name leads here, and port 80 is open")
                return f"the authority did not find this server at http://{name}: {asked.error.detail}: {advice}"
    return f"the authority did not find this server at http://{name}"


def _unreachable(directory: str, error: Exception) -> str:
    return f"the authority at {directory} cannot be asked ({type(error).__name__}: {error}): is the way there open?"
