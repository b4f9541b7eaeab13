"""A language is one file: put beside the others, it is offered, spoken, and runs in its own direction."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app import words
from tests.browser.conftest import Shop
from tests.browser.sites import Sites
from tests.clients.api import ask
from tests.running import ROOT, Chatadmin

# Far from complete: the rest is said in English.
HEBREW = {
    "language": {"tag": "he", "name": "עברית", "dir": "rtl"},
    "errors": {"not_found": "אין כאן דבר."},
    "visitor": {"form.name": "השם שלך"},
    "console": {"login.submit": "כניסה"},
    "setup": {"setup.submit": "יצירה"},
}

# The files with words that a page has loaded.
WORDS = r"""
performance.getEntriesByType("resource").flatMap(({ name }) => /\/words\/(.+)/.exec(name)?.[1] ?? [])"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own files, and one more."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("app", "static", "templates"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "default_config.yaml", tree)
    (tree / "static" / "messages" / "he.json").write_text(json.dumps(HEBREW), "utf-8")
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
        ("/", ".entered-field bdi", "השם שלך"),
        ("/admin", ".button-main", "כניסה"),
        ("/setup", ".button-main", "יצירה"),
    ],
)
def test_another_file_is_another_language(abroad: Shop, path: str, place: str, words: str) -> None:
    page = abroad.open(path, locale="he-IL")
    expect(page.locator(place)).to_have_text(words)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "he")
    expect(html).to_have_attribute("dir", "rtl")
    expect(html).to_have_css("direction", "rtl")
    english = {"/": "optional", "/admin": "Password", "/setup": "Password"}[path]
    expect(page.get_by_text(english, exact=True).first).to_be_visible()


def test_the_others_are_as_they_were(abroad: Shop) -> None:
    for locale, tag in [("fi-FI", "en"), ("zh-CN", "zh-CN")]:
        html = abroad.open("/", locale=locale).locator("html")
        expect(html).to_have_attribute("lang", tag)
        expect(html).to_have_attribute("dir", "ltr")


def test_errors_speak_it_too(abroad: Shop) -> None:
    answer = ask(abroad.url, "/nowhere", Accept_Language="he;q=0.9, en;q=0.1")
    assert answer.json["msg"] == HEBREW["errors"]["not_found"]
    assert ask(abroad.url, "/nowhere", Accept_Language="he;q=0").json["msg"] == "There is nothing at this address."


def test_a_language_of_customers_is_not_the_team_s(abroad: Shop) -> None:
    expect(abroad.open("/", locale="de-AT").locator(".entered-field bdi").first).to_have_text("Ihr Name")
    expect(abroad.open("/admin", locale="de-AT").locator(".button-main")).to_have_text("Log in")
    assert abroad.open("/admin?lang=de", locale="zh-CN").evaluate(WORDS) == ["console.zh.js"]


def test_a_page_loads_its_own_words_in_one_language(abroad: Shop) -> None:
    page = abroad.open("/", locale="zh-CN")
    assert page.evaluate(WORDS) == ["visitor.zh.js"]
    assert ask(abroad.url, "/static/messages/zh.json").status == 404


def test_the_widget_speaks_what_its_page_does_and_changes_with_it(sites: Sites) -> None:
    """In the shop's corner, whichever way its language runs; and the chat in it each language there is."""
    sites.pages.put("/", sites.page("<h1>متجر الشاي</h1>").replace('lang="en"', 'lang="ar-EG" dir="rtl"'))
    page = sites.visit("/")
    launcher, frame = page.locator("chatadmin-widget .launcher"), page.locator("chatadmin-widget iframe")
    launcher.click()
    html = frame.content_frame.locator("html")
    expect(html).to_have_attribute("lang", "ar")
    for language in words.languages():
        page.evaluate("tag => chatadmin('locale', tag)", f"{language.upper()}-XX")
        said = words.section("language", language)
        expect(html).to_have_attribute("lang", said["tag"])
        expect(html).to_have_attribute("dir", said["dir"])
        expect(launcher).to_have_attribute("aria-label", words.say("loader", "launcher", language))
        expect(page.locator("chatadmin-widget .panel .x")).to_have_attribute(
            "aria-label", words.say("panel", "close", language)
        )
        expect(launcher).to_have_css("right", "20px")
    assert sites.complaints == []
