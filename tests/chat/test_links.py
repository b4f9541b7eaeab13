"""What becomes a link, on the pages and in transcripts: one table for both, and texts at random on which they agree."""

import json
import random
import subprocess
import time
from collections.abc import Callable

import pytest

from app.chat.links import links_of
from tests.running import ROOT, node

Links = list[list[str]]
SHARED = json.loads((ROOT / "tests/links.json").read_text())
TABLE: list[tuple[str, str, Links]] = [(name, text, links) for name, text, *links in SHARED["table"]]
SCRIPT = ROOT / "tests/js/links.mjs"
# What a text at random is made of: all that the rule knows, in every order.
PIECES = [
    *(
        "https://",
        "http://",
        "www.",
        "://",
        "shop.example",
        "bank",
        ".com",
        ".рф",
        "а",
        "茶",
        "é",
        "ſ",
        "\u212a",
        "xn--",
    ),
    *(
        "@",
        "a",
        "Z",
        "%",
        "_",
        "-",
        ".",
        "..",
        ":",
        ":80",
        "/",
        "?",
        "#",
        "(",
        ")",
        "[",
        "]",
        "'",
        '"',
        "\\",
        ",",
        "。",
    ),
    *(
        " ",
        "\n",
        "\u00a0",
        "\u202e",
        "\u200b",
        "\U000e0041",
        "👍",
        "+49",
        "030",
        "1234567",
        "138",
        "0",
        "5",
        "order ",
        "№",
    ),
]


def here(texts: list[str]) -> list[Links]:
    return [[[text[link.start : link.end], link.href] for link in links_of(text)] for text in texts]


def in_the_page(texts: list[str]) -> list[Links]:
    done = subprocess.run(
        [node(), str(SCRIPT)],
        input=json.dumps(texts),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: list[Links] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("find", [here, in_the_page])
def test_the_table(find: Callable[[list[str]], list[Links]]) -> None:
    found = find([text for _, text, _ in TABLE])
    assert dict(zip((name for name, *_ in TABLE), found, strict=True)) == {name: links for name, _, links in TABLE}


def test_pages_and_transcripts_agree() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    texts = ["".join(dice.choices(PIECES, k=dice.randrange(1, 20))) for _ in range(20_000)]
    for text, ours, theirs in zip(texts, here(texts), in_the_page(texts), strict=True):
        assert ours == theirs, ascii(text)


def test_a_link_leads_where_it_says() -> None:
    dice = random.Random(7)
    for _ in range(20_000):
        text = "".join(dice.choices(PIECES, k=dice.randrange(1, 20)))
        behind = 0
        for link in links_of(text):
            shown = text[link.start : link.end]
            assert behind <= link.start < link.end, ascii(text)
            assert not set(shown) & set('\u202e\u200b\U000e0041 \n"<>\\。') or link.href.startswith("tel:"), ascii(text)
            assert link.href.removeprefix("mailto:").replace("%25", "%") == shown or link.href.startswith(
                ("https://www.", "https://WWW.", "tel:", "http")
            ), ascii(text)
            behind = link.end


@pytest.mark.parametrize("piece", [*SHARED["hostile"], "x.", "a%"])
def test_eight_times_the_text_costs_about_eight_times_the_work(piece: str) -> None:
    def cost(length: int) -> float:
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            list(links_of(text))
            best = min(best, time.process_time() - begun)
        return best

    assert cost(64_000) <= 12 * cost(8_000) + 0.002
