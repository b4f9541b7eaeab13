"""What an authority is asked, where the one that tests run (tests/tls/pebble.py) may be too old for it."""

from pathlib import Path
from typing import Any

import pytest
from acme import client, messages

from app.config import Tls
from app.tls.authority import Authority
from app.tls.folder import Folder
from app.tls.trouble import AcmeTrouble
from tests.tls.making import make


def test_a_certificate_of_no_authority_is_renewed_by_its_life(tmp_path: Path) -> None:
    """It is told by who signed it when an authority would have it renewed; a self-signed one need not say that."""
    nobody: Any = None  # who is asked only once it is known whom
    authority = Authority(Tls("", "", True, "", "https://ca.shop.test/", ""), Folder(str(tmp_path)), nobody, nobody)
    authority._client = client.ClientV2(messages.Directory({"renewalInfo": "https://ca.shop.test/renewal"}), nobody)
    with pytest.raises(AcmeTrouble):
        authority.renewal(make()[0].encode())
