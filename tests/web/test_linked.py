"""What is linked to a conversation is read with it, by whose it is and by agents, and by nobody else."""

from tests.clients.api import ask, login
from tests.clients.customers import Key, Page
from tests.clients.sockets import open_chat
from tests.web.conftest import Act


def test_what_was_linked_is_read_with_it_its_files_and_all_and_written_no_more(url: str, olga: str, act: Act) -> None:
    key, phone, page = Key.made(url, olga), Page(url), Page(url)
    assert phone.begin(identity=key.sign("maria", name="Maria")).status == 200
    assert page.begin().status == 200
    anonymous, file = page.uid, page.ask("/v1/files?name=list.txt", b"tea, cups").json["value"]["id"]
    chat = open_chat(url, page.token)
    chat.hear(type="joined")
    chat.tell(type="send", id="t.1", content="what of these is there?", file=file)
    chat.hear(type="ack")
    act(olga, "claim", client=anonymous)
    assert page.login(identity=key.sign("maria")).value["linked"] == {"uid": anonymous, "seq": 2}
    assert chat.close_code() == 4401

    stranger = login(url, "a stranger")[0]
    for whose, token in (("hers", phone.token), ("hers", page.token), ("an agent's", olga), ("nobody's", stranger)):
        query = f"client={phone.uid}&linked={anonymous}"
        said = ask(url, f"/v1/msgs?{query}&frames=1", Authorization=token)
        saved = ask(url, f"/v1/transcript?{query}&format=json", Authorization=token)
        opened = ask(url, f"/v1/files/{file}", Authorization=token)
        if whose == "nobody's":
            assert (said.status, saved.status, opened.status) == (404, 404, 404)
            continue
        assert opened.body == b"tea, cups"
        assert "what of these is there?" in saved.body.decode()
        kinds = [entry.get("kind", "message") for entry in said.value if entry.get("kind") not in ("entered", "left")]
        private = "linked" if token == olga else "hidden"
        assert kinds == ["message", "claimed", "released", private]

    for what in ("claim", "block"):
        assert act(olga, what, client=anonymous).refusal == (409, "linked")
    assert ask(url, f"/v1/visitors/{anonymous}/link", b"", Authorization=olga).refusal == (409, "linked")
    assert ask(url, f"/v1/msgs?linked={phone.uid}", Authorization=stranger).refusal == (404, "unknown_client")
    assert ask(url, f"/v1/visitors/{phone.uid}", Authorization=olga).value["holder"]["nickname"] == "Olga"
    key.end(url, olga)
