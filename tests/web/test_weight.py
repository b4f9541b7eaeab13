"""What a page may weigh: every script and style it can ever load, gzipped one by one, whichever screens are opened."""

import gzip
import re
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest

from tests.running import frozen

pytestmark = pytest.mark.usefixtures("beside")

LANGUAGES = ("en", "zh-CN")
# What a module names: import … from "x", import "x", import("x").
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+\.m?js)["']""")
# In the source tree comments and long names are still there; only the file is held to the budget.
SOURCE = 1.4


def load(address: str) -> bytes:
    with urlopen(address, timeout=20) as answer:
        return bytes(answer.read())


def everything(url: str, path: str, language: str) -> dict[str, int]:
    """Address and gzipped size of all that the page at `path` can load."""
    page = load(f"{url}{path}?lang={language}").decode()
    base = re.search(r'src="([^"]+/js/)', page)
    words = re.search(r'data-words="([^"]+)"', page)
    assert base
    assert words
    waiting = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) + re.findall(
        r'<script[^>]* src="([^"]+)"', page
    )
    waiting = [urljoin(url, one) for one in [*waiting, f"{base[1]}messages/{words[1]}.js"]]
    sizes: dict[str, int] = {}
    while waiting:
        address = waiting.pop()
        if address not in sizes:
            content = load(address)
            sizes[address] = len(gzip.compress(content, 9))
            if address.endswith("js"):
                waiting += [urljoin(address, name) for name in IMPORT.findall(content.decode())]
    return sizes


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "budget"), [("/", 35_000), ("/admin", 90_000), ("/setup", 35_000)])
def test_a_page_is_no_heavier_than_promised(url: str, path: str, budget: int, language: str) -> None:
    sizes = everything(url, path, language)
    total = sum(sizes.values())
    print(f"{path} in {language}: {len(sizes)} files, {total} bytes of {budget}")
    assert len(sizes) > 10
    assert total <= (budget if frozen() else budget * SOURCE)
