"""`chatadmin chat`: files go both ways between two who sit at keyboards, and nobody else's words move one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.terminal.api import Server, TerminalError
from app.terminal.files import save, size, upload
from tests.cli.program import run
from tests.cli.terminals import Terminal, hire
from tests.clients.api import history, log_in
from tests.running import Chatadmin

INVOICE = b"%PDF-1.7\n" + bytes(range(256)) * 9000  # more than a socket holds


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    made = tmp_path / "the invoice.pdf"
    made.write_bytes(INVOICE)
    return made


def test_files_go_both_ways(
    chatadmin: Chatadmin, terminal: Callable[..., Terminal], tmp_path: Path, invoice: Path
) -> None:
    token, at = hire(chatadmin), ("--url", chatadmin.url)
    lily = terminal("chat", *at, token=log_in(chatadmin.url, "Lily"), keyboard=True)
    anna = terminal("chat", *at, "Lily", token=token, keyboard=True)
    lily.sees("-- Anna joined the chat$")
    lily.type(f"/file '{invoice}' it's for you")
    lily.sees("^      -- the invoice.pdf is sent$")
    anna.sees("Lily: it's for you$")
    number = anna.process.wait_for(r"^      \[(\d+)\] the invoice.pdf, 2.3 MB$")[1]
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "the invoice.pdf").write_text("another")
    anna.type(f"/save {number} {inbox}")
    anna.sees(f"^      -- kept as {inbox}/the invoice-2.pdf$")
    assert (inbox / "the invoice-2.pdf").read_bytes() == INVOICE
    assert (inbox / "the invoice.pdf").read_text() == "another"
    anna.type(f"/file {tmp_path}/the\\ invoice.pdf")
    lily.sees(r"^\d\d:\d\d Anna: \[\d+\] the invoice.pdf, 2.3 MB$")

    large = tmp_path / "film.mp4"
    large.write_bytes(bytes(11_000_000))
    for line, told in (
        (f"/file {large}", "film.mp4 is not sent: .*too large"),
        (f"/file {tmp_path}/none.pdf", "none.pdf is not sent: .*No such file"),
        ("/save 999", "expected /file PATH"),
        ("/file '", "expected /file PATH"),
        (f"/save {number} {inbox}/the invoice.pdf", f"{inbox}/the invoice.pdf is not kept: .*File exists"),
    ):
        anna.type(line)
        anna.sees(f"^      !! {told}")
    assert [path.name for path in sorted(inbox.iterdir())] == ["the invoice-2.pdf", "the invoice.pdf"]
    assert lily.leave() == 0
    assert anna.leave() == 0


def test_what_is_piped_in_names_no_file(chatadmin: Chatadmin, tmp_path: Path, invoice: Path) -> None:
    token = log_in(chatadmin.url, "Lily")
    env, home = {"CHATADMIN_TOKEN": token}, tmp_path
    said = run("chat", "--url", chatadmin.url, home=home, env=env, given=f"/file '{invoice}'\n")
    assert (said.status, said.err) == (0, "")
    info = upload(Server(chatadmin.url, token), invoice, {})
    frame = f'{{"type": "send", "content": "", "file": "{info["id"]}"}}'
    said = run("chat", "--url", chatadmin.url, "--json", home=home, env=env, given=f"{frame}\n")
    assert (said.status, said.err) == (0, "")
    one, two = (entry for entry in history(chatadmin.url, token) if entry["type"] == "message")
    assert (one["content"], "file" in one) == (f"/file '{invoice}'", False)
    assert (two["content"], two["file"]) == ("", info)


def test_a_name_leads_nowhere_else(chatadmin: Chatadmin, tmp_path: Path, invoice: Path) -> None:
    """The server has seen to that, too; but which server it is, we do not know."""
    server, inbox = Server(chatadmin.url, log_in(chatadmin.url, "Lily")), tmp_path / "inbox"
    inbox.mkdir()
    info = upload(server, invoice, {})
    for name, kept in {
        "../../.bashrc": "_.._.bashrc",
        "/etc/passwd": "_etc_passwd",
        "...": "file",
        "\x1b[31m\u202egpj.exe": "_[31m_gpj.exe",
        "退货单.pdf": "退货单.pdf",
        "long" * 100 + ".pdf": "long" * 50 + ".pdf",
    }.items():
        assert save(server, {**info, "name": name}, inbox) == inbox / kept
    with pytest.raises(TerminalError, match="cut off"):
        save(server, {**info, "size": info["size"] + 1}, tmp_path / "other.pdf")
    assert not (tmp_path / "other.pdf").exists()


def test_sizes_for_people() -> None:
    assert [size(n) for n in (0, 999, 1000, 9_949, 99_500, 2_304_009, 10**9)] == [
        *("0 B", "999 B", "1.0 KB", "9.9 KB", "100 KB", "2.3 MB", "1.0 GB")
    ]
