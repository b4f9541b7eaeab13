"""A language is one file: put beside the others, it is offered, spoken, and runs in its own direction."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Shop
from tests.clients.api import ask
from tests.running import ROOT, Chatadmin

# Far from complete: the rest is said in English.
ARABIC = {
    "language": {"tag": "ar", "name": "العربية", "dir": "rtl"},
    "errors": {"not_found": "لا يوجد شيء هنا."},
    "visitor": {"form.name": "اسمك"},
    "console": {"login.submit": "تسجيل الدخول"},
    "setup": {"setup.submit": "إنشاء"},
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own files, and one more."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("app", "static", "templates"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "default_config.yaml", tree)
    (tree / "static" / "messages" / "ar.json").write_text(json.dumps(ARABIC), "utf-8")
    return tree


@pytest.fixture(scope="module")
def _abroad(browser: Browser, tree: Path) -> Iterator[Shop]:
    with Chatadmin(program=[sys.executable, "-m", "app"], cwd=tree) as running:
        yield Shop(running, browser)


@pytest.fixture
def abroad(_abroad: Shop) -> Iterator[Shop]:
    yield _abroad
    _abroad.close()


@pytest.mark.parametrize(
    ("path", "place", "words"),
    [
        ("/", ".entered-field bdi", "اسمك"),
        ("/admin", ".button-main", "تسجيل الدخول"),
        ("/setup", ".button-main", "إنشاء"),
    ],
)
def test_another_file_is_another_language(abroad: Shop, path: str, place: str, words: str) -> None:
    page = abroad.open(path, locale="ar-EG")
    expect(page.locator(place)).to_have_text(words)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "ar")
    expect(html).to_have_attribute("dir", "rtl")
    expect(html).to_have_css("direction", "rtl")
    english = {"/": "optional", "/admin": "Password", "/setup": "Password"}[path]
    expect(page.get_by_text(english, exact=True).first).to_be_visible()


def test_the_others_are_as_they_were(abroad: Shop) -> None:
    for locale, tag in [("de-DE", "en"), ("zh-CN", "zh-CN")]:
        html = abroad.open("/", locale=locale).locator("html")
        expect(html).to_have_attribute("lang", tag)
        expect(html).to_have_attribute("dir", "ltr")


def test_errors_speak_it_too(abroad: Shop) -> None:
    answer = ask(abroad.url, "/nowhere", Accept_Language="ar;q=0.9, en;q=0.1")
    assert answer.json["msg"] == ARABIC["errors"]["not_found"]
    assert ask(abroad.url, "/nowhere", Accept_Language="ar;q=0").json["msg"] == "There is nothing at this address."


def test_a_page_loads_its_own_words_in_one_language(abroad: Shop) -> None:
    page = abroad.open("/", locale="zh-CN")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [url.rsplit("/", 1)[1] for url in loaded if "/words/" in url] == ["visitor.zh.js"]
    assert ask(abroad.url, "/static/messages/zh.json").status == 404
