"""Secrets in clients' hands, and who was erased: what the store keeps of them."""

from hashlib import sha256


def hash_of(token: str) -> str:
    """The SHA-256 of a token, hex."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def salted(salt: str, word: str) -> str:
    """What stands, with that salt, for a word of somebody who was erased: in ledgers, and in what nodes hear."""
    return hash_of(f"{salt}{word}")
