"""Every language says everything, nothing is said that is not there, and nothing is there that is not said."""

import copy
import re
from collections.abc import Mapping

import pytest

from app import words
from app.chat.agent_email import LIFE_MS
from app.chat.errors import STATUS_BY_CODE, Refusal
from app.web.static import LATER, LATER_OF
from tests.catalogue import PAGES, Catalogue, Used, forms, load, placeholders, scripts, used
from tests.running import ROOT

STATIC = ROOT / "static"
CATALOGUES = load(STATIC / "messages")
ENGLISH = CATALOGUES["en"]
NAMESPACES = {
    key.split(".")[0]
    for section in ("shared", LATER, *LATER_OF.values(), *PAGES)
    for key in ENGLISH[section]
    if "." in key
}


def _used(page: str, *, chunks: bool) -> Used:
    found = scripts(STATIC / "js" / page / "main.js", chunks=chunks)
    return used("\n".join(script.read_text("utf-8") for script in found), NAMESPACES)


USED = {page: _used(page, chunks=True) for page in PAGES}
USED_AT_FIRST = {page: _used(page, chunks=False) for page in PAGES}
PLURALS = set().union(*(found.plurals for found in USED.values()))


def base(key: str) -> str:
    """A key without the plural form at its end."""
    start, _, form = key.rpartition(".")
    return start if start in PLURALS and form in ("zero", "one", "two", "few", "many", "other") else key


def wrong_in(language: Catalogue, english: Catalogue) -> list[str]:
    """What is missing, too much or filled in differently in a language, compared with English."""
    team = words.TEAM if language["language"].get("for") == "customers" else frozenset()
    sections = set(english) - team
    if set(language) != sections:
        return [f"sections {sorted(set(language) ^ sections)}"]
    wrong = []
    for section in sorted(sections - {"language"}):
        wanted: dict[str, set[str]] = {}
        for key, sentence in english[section].items():
            wanted.setdefault(base(key), set()).update(placeholders(sentence))
        expected = set()
        for key in wanted:
            expected |= {f"{key}.{form}" for form in forms(language["language"]["tag"])} if key in PLURALS else {key}
        wrong += [f"{section}: {key} is missing" for key in sorted(expected - set(language[section]))]
        wrong += [f"{section}: {key} is too much" for key in sorted(set(language[section]) - expected)]
        for key, sentence in language[section].items():
            found, all_of_them = placeholders(sentence), wanted.get(base(key), set())
            # "in a minute" may go without the number that the form for many needs
            if found - all_of_them or (found != all_of_them and (base(key) == key or key.endswith(".other"))):
                wrong.append(f"{section}: {key} has {sorted(found)}, not {sorted(all_of_them)}")
            if not sentence.strip():
                wrong.append(f"{section}: {key} is empty")
    return wrong


def said_without_words(page: str, found: Used, english: Catalogue) -> list[str]:
    """The keys that a page's code names and that its catalogue lacks."""
    keys = {**english["shared"], **english[LATER], **english.get(LATER_OF.get(page, ""), {}), **english[page]}
    wanted = found.sentences | {f"{key}.{form}" for key in found.plurals for form in forms("en")}
    return sorted(wanted - set(keys))


def words_never_said(by_page: Mapping[str, Used], english: Catalogue) -> list[str]:
    """The keys no code names: a page's on that page, shared ones on two pages at least, those of chunks on any."""

    def says(page: str, key: str) -> bool:
        return key in by_page[page].sentences or base(key) in by_page[page].plurals

    own = [*zip(PAGES, PAGES, strict=True), *LATER_OF.items()]
    unused = [f"{section}: {key}" for page, section in own for key in english[section] if not says(page, key)]
    for section, least in (("shared", 2), (LATER, 1)):
        unused += [f"{section}: {key}" for key in english[section] if sum(says(page, key) for page in PAGES) < least]
    return unused


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_language_says_everything(language: str) -> None:
    assert wrong_in(CATALOGUES[language], ENGLISH) == []
    about = CATALOGUES[language]["language"]
    assert {"tag", "name", "dir"} <= set(about) <= {"tag", "name", "dir", "for", "unsure"}
    assert about["dir"] in ("ltr", "rtl")
    assert about.get("for", "customers") == "customers"
    assert about.get("unsure", "nothing").strip()


# What Chinese has several words for, and the one that we use.
CHINESE_TERMS = {
    "你": "您",
    "控制台": "客服台",
    "会话": "对话",
    "顾客": "访客",
    "客户": "访客",
    "商家": "店铺",
    "店家": "店铺",
}


@pytest.mark.parametrize("other", CHINESE_TERMS)
def test_chinese_has_one_term_for_a_thing(other: str) -> None:
    sections = {name: words for name, words in CATALOGUES["zh"].items() if name != "language"}
    said = [f"{name}: {key}" for name, words in sections.items() for key, text in words.items() if other in text]
    assert said == [], f"{CHINESE_TERMS[other]} is the word"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_nothing_that_is_not_in_its_catalogue(page: str) -> None:
    assert len(USED[page].sentences) > 10
    assert said_without_words(page, USED[page], ENGLISH) == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_said_before_its_words_have_come(page: str) -> None:
    """Those of chunks come with the first of them: whatever a page begins with has to do without."""
    first = USED_AT_FIRST[page]
    assert len(first.sentences) > 10
    later = {**ENGLISH[LATER], **ENGLISH.get(LATER_OF.get(page, ""), {})}
    assert [key for key in later if key in first.sentences or base(key) in first.plurals] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_key_is_built_from_parts(page: str) -> None:
    assert USED[page].built == set()


def test_nothing_in_the_catalogue_goes_unsaid() -> None:
    assert words_never_said(USED, ENGLISH) == []


@pytest.mark.parametrize(("section", "folder"), [("loader", "loader"), ("panel", "loader/panel")])
def test_what_shops_load_says_all_that_is_there_for_it(section: str, folder: str) -> None:
    """What is named and not there TypeScript finds."""
    text = "\n".join(script.read_text("utf-8") for script in (STATIC / "js" / folder).glob("*.js"))
    assert [key for key in ENGLISH[section] if not re.search(rf"\b{key}\b", text)] == []


def test_mails_to_the_team_say_all_that_is_there_for_them() -> None:
    texts = {name: (ROOT / "app" / "courier" / f"{name}.py").read_text("utf-8") for name in ("account", "alerts")}
    parts = re.findall(r'"(\w+)"', re.search(r"for part in \((.*?)\)", texts["account"]).group(1))  # type: ignore[union-attr]
    said = {f"{purpose}.{part}" for purpose in LIFE_MS for part in parts}
    said |= set(re.findall(r'"(alert\.[\w.]+)"', texts["alerts"]))
    said |= set(re.findall(r'"(backup\.[\w.]+)"', texts["account"]))
    said |= set(re.findall(r'"(trial\.\w+)"', (ROOT / "app" / "trial" / "talk.py").read_text("utf-8")))
    assert said == set(ENGLISH["team_mail"])


def test_no_sentence_of_one_page_hides_a_shared_one() -> None:
    for page in PAGES:
        assert not set(ENGLISH[page]) & {*ENGLISH["shared"], *ENGLISH[LATER], *ENGLISH.get(LATER_OF.get(page, ""), {})}
    assert not set(ENGLISH["shared"]) & set(ENGLISH[LATER])


def test_every_error_has_its_sentence() -> None:
    assert {*ENGLISH["errors"], *ENGLISH["team_errors"]} == set(STATUS_BY_CODE)
    assert not set(ENGLISH["errors"]) & set(ENGLISH["team_errors"])


def test_what_is_wrong_is_found() -> None:
    """The comparisons above, given what they are to find."""

    def broken(section: str, key: str, sentence: str | None) -> list[str]:
        chinese = {name: dict(keys) for name, keys in copy.deepcopy(CATALOGUES["zh"]).items()}
        chinese[section].pop(key, None)
        if sentence is not None:
            chinese[section][key] = sentence
        return wrong_in(chinese, ENGLISH)

    assert broken("visitor", "form.choose", None) == ["visitor: form.choose is missing"]
    assert broken("console", "list.here.other", None) == ["console: list.here.other is missing"]
    assert broken("console", "list.here.one", "1 位") == ["console: list.here.one is too much"]
    assert broken("setup", "setup.new", "新") == ["setup: setup.new is too much"]
    assert broken("team_errors", "claimed", "{name} 正在接待。") == [
        "team_errors: claimed has ['name'], not ['holder']"
    ]
    assert broken("shared", "composer.over.other", "超出") == ["shared: composer.over.other has [], not ['count']"]
    assert broken("visitor", "form.choose", " ") == ["visitor: form.choose is empty"]

    code = 't(busy ? "form.hurry" : "form.name") + plural("list.weight", n) + ["presence.x", 1]'
    found = used(code, NAMESPACES)
    assert said_without_words("visitor", found, ENGLISH) == [
        "form.hurry",
        "list.weight.one",
        "list.weight.other",
        "presence.x",
    ]
    assert found.built == set()
    built = 't(`key.${name}`) + plural(kind + "s", n) + t(`${x}.y`) + (where = "list." + n)'
    assert used(built, NAMESPACES).built == {"`key.", "`key.$`", 'kind + "s"', "`$.y`", '"list.'}
    more = {**ENGLISH, "setup": {**ENGLISH["setup"], "spare": ""}, "shared": {**ENGLISH["shared"], "setup.lead": ""}}
    assert words_never_said(USED, more) == ["setup: spare", "shared: setup.lead"]


def test_arabic_would_need_six_forms() -> None:
    assert len(forms("ar")) == 6


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (["zh-TW"], "zh"),
        (["ZH"], "zh"),
        (["en-US", "zh"], "en"),
        (["fi", "zh-Hans-CN", "en"], "zh"),
        (["zh-Hant-TW", "en"], "zh"),
        (["pt-PT", "en"], "pt"),
        (["es-419"], "es"),
        (["de-CH-1996", "fr"], "de"),
        (["", "fi"], "en"),
        (["*", "zh"], "en"),
        (["zhx"], "en"),
        ([], "en"),
    ],
)
def test_the_best_language_is_the_first_there_is(wanted: list[str], language: str) -> None:
    assert words.best(wanted) == language


def test_what_is_too_long_for_a_language_is_not_looked_up() -> None:
    assert words.best(["zh" + "-x" * 30_000, "xx"]) == "en"
    assert words.best(["zh" + "-x" * 30_000, "zh-Hant-TW-x-whoever-they-are"]) == "zh"


def test_what_a_language_lacks_is_said_in_english() -> None:
    assert words.sentence(Refusal("claimed", holder="Anna"), "zh") == "Anna 正在接待这位访客。"
    assert words.sentence(Refusal("claimed", holder="Anna"), "xx") == "Anna is already talking to this visitor."
