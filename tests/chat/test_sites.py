"""Sites that may show the chat: what may be one, how it is written, and which pages are of it."""

import pytest

from app.chat import sites
from app.chat.errors import Refusal


def code(*typed: str) -> str:
    with pytest.raises(Refusal) as refused:
        sites.listed(typed)
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        (" HTTPS://Shop.Example.COM/ ", "https://shop.example.com"),
        ("https://shop.example.com:443", "https://shop.example.com"),
        ("http://shop.example.com:80/", "http://shop.example.com"),
        ("http://shop.example.com:443", "http://shop.example.com:443"),
        ("https://shop.example.com:08443", "https://shop.example.com:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://*.example.com:8443", "https://*.example.com:8443"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.例え。テスト", "https://*.xn--r8jz45g.xn--zckzah"),
        ("https://ｓｈｏｐ.example", "https://shop.example"),
    ],
)
def test_a_site_is_written_as_browsers_write_it(typed: str, written: str) -> None:
    assert sites.parse(typed) == written
    assert sites.parse(written) == written


NONE = """
    null * shop.example.com //shop.example.com ftp://a.example https:a.example https://
    https://* https://*. https://*.com https://*.localhost:8000 https://*.1.2.3.4 https://*.example.com:*
    https://a.*.example.com https://*a.example.com https://*.*.example.com
    https://a.example/path https://a.example// https://a.example? https://a.example#x https://a%2eb
    https://user@a.example https://user:x@a.example https://a.example;script-src https://a.example,https://b.example
    https://a.example:0 https://a.example:65536 https://a.example: https://a.example:８０
    https://a..example https://.example https://a.example. https://-a.example https://a_b.example
    http://127.1 http://0x7f.1 http://1.2.3.256 http://01.2.3.4 http://[::1]:8000 http://2130706433
    https://straße.example https://βόλος.example
"""
ODD = ("", "https://a.example 'self'", "https://a.example\nX: y", "https://a\u200db.example", "https://\u202ea.example")
LONG = ("https://" + "a" * 64 + ".example", "https://" + "a." * 130 + "example", "https://" + "ü" * 100_000)


@pytest.mark.parametrize("typed", [*NONE.split(), *ODD, *LONG])
def test_nothing_else_is_one(typed: str) -> None:
    assert code(typed) == "bad_site_address"
    assert not sites.is_one(typed)


def test_a_list_holds_each_once_and_has_an_end() -> None:
    assert sites.listed(["https://b.example", "https://A.example/", "https://b.example:443"]) == (
        "https://b.example",
        "https://a.example",
    )
    many = [f"https://a{number}.example" for number in range(101)]
    assert len(sites.listed(many[:100])) == 100
    assert code(*many) == "too_many_sites"
    long = [f"https://{'a' * 60}.{number:02d}.example" for number in range(60)]
    assert code(*long) == "too_many_sites"
    both = sites.together(long[:30], long)
    assert both == tuple(long[: len(both)])
    assert sites.fit(both)
    assert len(" ".join(both)) > sites.LONGEST - 100


LISTED = ("https://shop.example.com", "https://*.example.org", "http://localhost:8000")
OTHERS = """
    null http://shop.example.com https://shop.example.com:8443 https://shop.example.com/ https://Shop.example.com
    https://example.com https://shop.example.com.evil.example https://evilshop.example.com
    https://example.org https://.example.org https://evilexample.org https://a.example.org:8443 http://a.example.org
    https://evil.example/.example.org https://evil.example#.example.org https://evil@a.example.org
    https://evil.example:1.example.org https://*.example.org http://localhost:80001
"""


@pytest.mark.parametrize("origin", [*LISTED[::2], "https://a.example.org", "https://a.b.example.org"])
def test_a_page_is_of_a_site_by_its_whole_origin(origin: str) -> None:
    assert sites.covers(LISTED, origin)


@pytest.mark.parametrize("origin", ["", *OTHERS.split()])
def test_no_other_page_is(origin: str) -> None:
    assert not sites.covers(LISTED, origin)
