"""Tells the chat who a customer is: a token signed by your shop. Python 3.6 or newer, with its own library alone.

    CHATADMIN_KEY=... python3 chat_token.py

prints one for the customer below. In your shop, call `chat_token` on the server for whoever is logged in, and hand the
token to their page. The key stays on the server.
"""

import base64
import hashlib
import hmac
import json
import os
import time

KEY_ID = "your-key-id"  # which of the shop's keys CHATADMIN_KEY is


def chat_token(customer, name, email, attributes):
    """`customer`: what your shop knows them by, as text: one that never changes, and is never another's."""
    header = {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}
    claims = {
        "sub": customer,
        "exp": int(time.time()) + 5 * 60,
        "name": name,
        "email": email,  # one that your shop has confirmed
        "attributes": attributes,  # at most 20 texts, numbers, or yes and no: what whoever answers should know
    }
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    key = os.environ["CHATADMIN_KEY"].encode()
    return signed + "." + encoded(hmac.new(key, signed.encode(), hashlib.sha256).digest())


def encoded(part):
    """In the letters that an address may have."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


if __name__ == "__main__":
    print(chat_token("1024", "Zoë Müller", "zoe@example.com", {"plan": "gold", "orders": 12, "cart": 129.9}))
