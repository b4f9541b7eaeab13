"""PyJWT, for HS256 alone: without `cryptography`, 7 MB in each worker, which it loads where it finds it."""

import sys

_found = sys.modules.get("cryptography")
sys.modules["cryptography"] = None  # type: ignore[assignment]  # what import takes for "there is none"
try:
    import jwt
    from jwt.utils import base64url_decode
finally:
    del sys.modules["cryptography"]
    if _found:
        sys.modules["cryptography"] = _found

__all__ = ["base64url_decode", "jwt"]
