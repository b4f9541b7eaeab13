"""What whoever runs it can ask, and what everybody is told while the store is away."""

import time
from collections.abc import Callable

import pytest

from app import __version__
from app.server import listeners
from tests.clients.api import ask, log_in, raw
from tests.clients.sockets import open_chat
from tests.running import Chatadmin, Valkey, in_time, wait_until
from tests.web.node_server import node_server

Start = Callable[..., Chatadmin]


def test_a_healthy_product_says_so(chatadmin: Chatadmin) -> None:
    assert ask(chatadmin.url, "/healthz").status == 200
    assert ask(chatadmin.url, "/readyz").status == 200


def test_the_operator_hears_which_version_is_ready_and_nobody_else(chatadmin: Chatadmin) -> None:
    value = ask(chatadmin.url, "/readyz").value
    assert value["version"] == __version__
    assert time.time() - 600 < value["started"] < time.time()
    assert ask(chatadmin.url, "/readyz", X_Forwarded_For="192.0.2.1").value is None


def test_this_machine_is_the_operator_by_the_one_address_that_is_listened_on(start_chatadmin: Start) -> None:
    address = listeners._own_address("192.0.2.1")
    if not address:
        pytest.skip("this machine has no address but loopback")
    shop = start_chatadmin("--server", f"{address}:0", wait=False)
    url = shop.process.wait_for(r"Visitors  (http://.*)/")[1]
    shop.process.wait_for(r"Press Ctrl\+C")
    assert ask(url, "/readyz").value["version"] == __version__
    assert ask(url, "/readyz", X_Forwarded_For=address).value is None
    assert ask(url, "/metrics").status == 403


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_health_check_may_ask_for_any_host(chatadmin: Chatadmin, path: str) -> None:
    """A load balancer asks by an address of its own, a container's by a service's name, an old one by none at all."""
    for host in ("10.1.2.3:9090", "chat_1", "evil.example", "[fd00::1]:9090", "8.8.8.8", ""):
        assert ask(chatadmin.url, path, Host=host).status == 200, host
    for line in (b"", b"Host: \r\n", b"Host: pod\r\n"):
        answer = raw(chatadmin.url, b"GET " + path.encode() + b" HTTP/1.0\r\n" + line + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
    assert raw(chatadmin.url, b"GET " + path.encode() + b" HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert ask(chatadmin.url, path, method="HEAD", Host="pod").status == 200


def test_everything_else_is_asked_for_by_our_names(chatadmin: Chatadmin) -> None:
    for path in ("/metrics", "/", "/v1/desk", "/healthz/", "/nowhere"):
        assert ask(chatadmin.url, path, Host="evil.example").refusal == (403, "bad_host"), path
    assert raw(chatadmin.url, b"GET /metrics HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 403")


def test_figures_are_prometheus_text(chatadmin: Chatadmin) -> None:
    text = ask(chatadmin.url, "/metrics").body.decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert figures["chatadmin_store_up"] == "1.0"
    assert figures["chatadmin_sockets"] == "0.0"
    assert figures["chatadmin_messages_total"] == "0.0"
    waiting = ("chatadmin_outbox_jobs", "chatadmin_outbox_age_seconds", "chatadmin_outbox_dead")
    assert {figures[name] for name in waiting} == {"0.0"}
    assert all(f"# HELP {name.partition('{')[0].removesuffix('_total')}" in text for name in figures)


def test_while_the_store_is_away_requests_say_so_and_work_resumes(
    start_chatadmin: Start, start_store: Callable[..., Valkey]
) -> None:
    store = start_store("valkey", fsync=True)
    shop = start_chatadmin("--redis", store.url)
    anna = log_in(shop.url, "Anna")
    store.kill()
    wait_until(lambda: ask(shop.url, "/readyz").status == 503, "not ready")
    assert ask(shop.url, "/readyz").refusal == (503, "store_unavailable")
    assert ask(shop.url, "/healthz").status == 200
    assert ask(shop.url, "/").status == 200
    assert ask(shop.url, "/metrics").body.find(b"chatadmin_store_up 0.0") > 0
    for path in ("/v1/me", "/v1/msgs", "/v1/desk"):
        began = time.monotonic()
        assert ask(shop.url, path, Authorization=anna).refusal == (503, "store_unavailable"), path
        assert in_time(began, 6)
    assert ask(shop.url, "/login", {"nickname": "Bert"}).refusal == (503, "store_unavailable")
    store.restart()
    began = time.monotonic()
    wait_until(lambda: ask(shop.url, "/readyz").status == 200, "ready again")
    assert in_time(began, 2)
    assert ask(shop.url, "/v1/me", Authorization=anna).value["nickname"] == "Anna"
    assert "Traceback" not in shop.output


def test_a_store_that_does_not_answer_is_no_reason_to_hang(
    start_chatadmin: Start, start_store: Callable[..., Valkey]
) -> None:
    store = start_store("redis")
    shop = start_chatadmin("--redis", store.url)
    anna = log_in(shop.url, "Anna")
    store.pause()
    try:
        began = time.monotonic()
        assert ask(shop.url, "/v1/me", Authorization=anna).refusal == (503, "store_unavailable")
        assert ask(shop.url, "/healthz").status == 200
        assert in_time(began, 15)
    finally:
        store.resume()
    wait_until(lambda: ask(shop.url, "/v1/me", Authorization=anna).status == 200, "the session again")


def test_a_full_store_reads_and_logs_nobody_in(start_chatadmin: Start, start_store: Callable[..., Valkey]) -> None:
    store = start_store("valkey")
    shop = start_chatadmin("--redis", store.url)
    anna = log_in(shop.url, "Anna")
    page = open_chat(shop.url, anna)
    page.hear(type="joined")
    page.tell(type="send", id="t.1", content="before")
    page.hear(type="ack")
    assert store.command("CONFIG", "SET", "maxmemory", "1") == "+OK"
    assert ask(shop.url, "/login", {"nickname": "Bert"}).refusal == (507, "store_full")
    assert [item["content"] for item in ask(shop.url, "/v1/msgs", Authorization=anna).value] == ["before"]
    assert ask(shop.url, "/v1/me", Authorization=anna).status == 200
    assert ask(shop.url, "/logout", b"", Authorization=anna).status == 200
    assert page.close_code() == 4401
    assert store.command("CONFIG", "SET", "maxmemory", "0") == "+OK"
    assert log_in(shop.url, "Bert")


def test_a_node_that_still_starts_answers_nothing_from_its_empty_picture(store_url: str) -> None:
    with node_server(store_url) as server:
        session = {"Authorization": log_in(server.url, "guest")}
        assert ask(server.url, "/v1/me", **session).value["nickname"] == "guest"
        server.do(setattr, server.node, "started", False)
        assert ask(server.url, "/v1/me", **session).refusal == (503, "store_unavailable")
