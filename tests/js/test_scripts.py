"""The scripts that need no page, in Node: the outbox by itself, connection and conversation before the product."""

import subprocess
from pathlib import Path

from tests.running import ROOT, Chatadmin, node

HERE = Path(__file__).parent


def _node(file: str, url: str = "") -> None:
    # Node 20 has a WebSocket, but only when asked.
    command = [node(), "--experimental-websocket", "--no-warnings", "--test", str(HERE / file)]
    env = {"PATH": "/usr/bin:/bin", "CHATADMIN_URL": url}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n# fail 0" in done.stdout, done.stdout
    assert "\n# pass 0" not in done.stdout, done.stdout


def test_the_outbox_counts_as_the_contract_says() -> None:
    _node("outbox.test.mjs")


def test_one_page_of_a_browser_leads_and_storage_may_refuse() -> None:
    _node("leader_election.test.mjs")


def test_charts_are_made_of_what_was_counted() -> None:
    _node("reports.test.mjs")


def test_the_reader_s_clock_is_asked_for() -> None:
    _node("zone.test.mjs")


def test_links_are_found_in_time_and_long_texts_folded_between_words() -> None:
    _node("links.test.mjs")


def test_what_is_written_arrives_once_and_in_order_whatever_happens_to_the_connection() -> None:
    with Chatadmin(config={"limits": {"logins_per_minute": 0}}) as running:
        _node("delivery.test.mjs", running.url)


def test_the_linter_knows_what_the_oldest_browsers_lack() -> None:
    _node("lacking.test.mjs")


def test_a_frame_knows_the_shop_s_sites() -> None:
    _node("sites.test.mjs")


def test_emoji_alone_are_told_from_all_else() -> None:
    _node("emoji.test.mjs")


def test_who_is_followed_before_they_are_known_is_told_of_later() -> None:
    _node("live_list.test.mjs")
