"""A hundred slow uploads from 25 addresses, and one of a gigabyte, beside two who talk: memory stays, all arrive."""

import pytest

from tests.attacks.beside import GROWTH, Beside, memory
from tests.clients.api import PASSWORD, ask, log_in
from tests.clients.uploading import Uploading
from tests.prepared import Prepared
from tests.running import Chatadmin

ADDRESSES, EACH = 25, 4  # the last as many as one address may have at once
PIECE, PIECES = 64 * 1024, 4


@pytest.mark.crowd
def test_a_hundred_slow_uploads_and_an_endless_one_disturb_nobody(prepared: Prepared) -> None:
    settings = {"limits": {"logins_per_minute": 0}}
    with Chatadmin(config=settings, data_dir=prepared("Olga")) as shop:
        olga = log_in(shop.url, "Olga", PASSWORD)
        people = [(log_in(shop.url, f"Slow {n}"), f"127.0.0.{n + 1}") for n in range(ADDRESSES)]
        with Beside(shop, olga):
            before = memory(shop)
            uploads = [
                Uploading(shop.url, token, PIECE * PIECES, source=source)
                for token, source in people
                for _ in range(EACH)
            ]
            most = 0
            for number in range(PIECES - 1):
                for upload in uploads:
                    upload.more(bytes([number]) * PIECE)
                most = max(most, memory(shop))
            for token, source in people[:3]:
                status, refusal = Uploading(shop.url, token, 3, source=source).answer()
                assert (status, refusal["code"]) == (429, "slow_down")
            assert Uploading(shop.url, people[0][0], 2**30, source="127.0.0.99").answer()[0] == 413
            for upload in uploads:
                upload.more(bytes([PIECES - 1]) * PIECE)
            whole = b"".join(bytes([number]) * PIECE for number in range(PIECES))
            for upload in uploads:
                status, info = upload.answer()
                assert status == 201
                assert ask(shop.url, f"/v1/files/{info['id']}", Authorization=olga).body == whole
            assert most - before < GROWTH
