"""Whose word a new version is taken for: that of the keys built into this one, by minisign's signatures.

A build gets its keys from CHATADMIN_RELEASE_KEY (tools/bundle.py): one or, while one takes another's place, several.
The source has none.
"""

from pathlib import Path

from app import resources
from app.unpacked import use
from app.upgrade.failure import UpgradeError

KEYS_FILE = "release.pub"  # in the frozen program: a public key of minisign's a line, without its comment
LARGEST = 4096  # bytes of a signature's file; one is about 350


def keys() -> list[str]:
    """The public keys of which any may have signed; none in a build without."""
    return resources.text(KEYS_FILE).split() if resources.exists(KEYS_FILE) else []


def check(file: Path, signature: bytes, trusted: list[str]) -> str:
    """What the signer says of `file` (the trusted comment). Raises UpgradeError where none of `trusted` signed it."""
    use("minisign")
    import minisign

    try:
        found = minisign.Signature.from_bytes(signature)
    except minisign.ParseError as error:
        raise UpgradeError(f"its signature cannot be read ({error}): nothing was changed") from None
    for key in trusted:
        try:
            minisign.PublicKey.from_base64(key).verify_file(file, found)
        except minisign.VerifyError:
            continue
        return "".join(sign if sign.isprintable() else "?" for sign in found.trusted_comment)
    says = "it was not signed by the key that this version trusts, or was changed since: do not use it"
    raise UpgradeError(f"{says}. Nothing was changed")
