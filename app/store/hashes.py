"""Secrets in clients' hands: what the store keeps of them."""

from hashlib import sha256


def hash_of(token: str) -> str:
    """The SHA-256 of a token, hex."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
