"""What the shop says by itself, from its page to the report."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.clients.api import ask, history
from tests.running import wait_until
from tests.web.conftest import Connect
from tests.web.test_browsing import tell
from tests.web.test_sites import SITE, change
from tests.web.test_whereabouts import enter

AT_ONCE = {"id": "at-once", "text": {"en": "May <b>I</b> help?"}, "seconds": 0, "part": "/TEA", "attended": False}
LATER = {"id": "later", "text": {"en": "Still there?"}, "seconds": 9, "part": "/cup", "attended": False}


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {"limits": {"logins_per_minute": 0}, "sites": [SITE]}


def test_who_is_spoken_to_and_who_answers_is_in_the_report(url: str, olga: str, connect: Connect) -> None:
    assert change(url, olga, triggers=[AT_ONCE, LATER]).status == 200
    day = datetime.now(UTC).date()
    after = day + timedelta(days=1)  # which it may be before all is counted

    def told() -> dict[str, tuple[int, int]]:
        report = ask(url, f"/v1/reports?from={day}&to={after}", Authorization=olga).value
        return {one["id"]: (one["shown"], one["answered"]) for one in report["triggers"]}

    said = tell(url, "spoken-to").value["invite"]
    assert (said["text"], said["after_s"]) == ("May <b>I</b> help?", 0)
    assert tell(url, "in-a-hurry", page=f"{SITE}/cup").value["invite"]["after_s"] == 9
    tell(url, "in-a-hurry", page=f"{SITE}/cup", gone=True)  # before it was said
    visitor = enter(url, "answers", seen="spoken-to", invite=said["id"])
    chat = connect(visitor["token"])
    chat.hear(type="joined")
    chat.tell(type="send", id="tab.1", content="Yes, please")
    chat.hear(type="ack")
    tell(url, "spoken-to", gone=True)
    wait_until(lambda: told() == {"at-once": (1, 1)}, "both counted")
    assert "invite" not in tell(url, "once-a-visit").value
    log = history(url, visitor["token"])
    assert [frame.get("kind", frame["type"]) for frame in log][:1] == ["invited"]
    assert (log[0]["text"], log[0]["trigger"]) == ("May <b>I</b> help?", "at-once")
    saved = ask(url, "/v1/transcript", Authorization=visitor["token"]).body.decode()
    assert saved.index("May &lt;b&gt;I&lt;/b&gt; help?") < saved.index("Yes, please")
