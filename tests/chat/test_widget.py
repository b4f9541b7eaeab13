"""What a shop may decide about the chat on its own site, and what is told of it to whom."""

from typing import Any

import pytest

from app.chat import pages
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.chat.form import Choice, Form
from app.chat.triggers import Trigger
from app.chat.widget import Look, Widget, Words
from app.chat.widget_change import Change

LANGUAGES = ("en", "zh")


def checked(**asked: Any) -> Change:
    return Change(**asked).checked(("https://fixed.example",), LANGUAGES)


def test_what_is_sound_is_kept_as_people_mean_it() -> None:
    look = Look(
        "#2F5BD3", "left", 0, 400, {"zh": Words(" 咨询 ", ""), "en": Words("", "Any  questions?"), "fr": Words()}
    )
    choice = Choice({"en": "Topic"}, {"en": ["An order", "An order ", "", "Else"]}, required=True)
    form = Form("no", "required", choice, {"zh": "", "en": "I agree\r\nto it."})
    kept = Change(("https://Fixed.example/", "https://*.A.example"), look, {"zh": [" 您好 "], "en": []}, form, False)
    assert kept.checked(("https://fixed.example",), (*LANGUAGES, "fr")) == Change(
        ("https://*.a.example",),
        Look("#2f5bd3", "left", 0, 400, {"en": Words("", "Any questions?"), "zh": Words("咨询", "")}),
        {"zh": ["您好"]},
        Form("no", "required", Choice({"en": "Topic"}, {"en": ["An order", "Else"]}, True), {"en": "I agree\nto it."}),
        beacons=False,
    )  # fmt: skip
    assert checked() == Change()
    trigger = Trigger("a", {"zh": " 您好 ", "en": ""}, 0, " /tea?cart=7", once=False, attended=False, on=False)
    assert checked(triggers=(trigger,), rating=False, trail=True) == Change(
        triggers=(Trigger("a", {"zh": "您好"}, 0, "/tea", once=False, attended=False, on=False),),
        rating=False,
        trail=True,
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sites": ("evil.example",)}, ("bad_site_address", {"site": "evil.example"})),
        ({"sites": tuple(f"https://a{n}.example" for n in range(100))}, ("too_many_sites", {"limit": 100})),
        ({"look": Look("red")}, ("bad_colour", {})),
        ({"look": Look(offset_x=-1)}, ("bad_request", {"field": "look"})),
        ({"look": Look(offset_y=401)}, ("bad_request", {"field": "look"})),
        ({"look": Look(words={"fr": Words("a")})}, ("bad_request", {"field": "look"})),
        ({"look": Look(words={"en": Words("x" * 41)})}, ("bad_text", {"field": "look", "limit": 40})),
        ({"look": Look(words={"en": Words("", "a\u202eb")})}, ("bad_text", {"field": "look", "limit": 160})),
        ({"quick": {"en": ["a", "b", "c", "d"]}}, ("bad_request", {"field": "quick"})),
        ({"quick": {"en": ["a" * 81]}}, ("bad_text", {"field": "quick", "limit": 80})),
        ({"quick": {"en": ["\u200b"]}}, ("bad_text", {"field": "quick", "limit": 80})),
        ({"quick": {"tlh": ["nuqneH"]}}, ("bad_request", {"field": "quick"})),
        ({"form": Form(consent={"en": "x" * 501})}, ("bad_text", {"field": "form", "limit": 500})),
        ({"form": Form(consent={"en": "a\x1bb"})}, ("bad_text", {"field": "form", "limit": 500})),
        ({"form": Form(consent={"tlh": "a"})}, ("bad_request", {"field": "form"})),
        ({"form": Form(choice=Choice({}, {}))}, ("bad_request", {"field": "form"})),
        ({"form": Form(choice=Choice({"en": "a", "zh": "b"}, {"en": ["c"]}))}, ("bad_request", {"field": "form"})),
        ({"form": Form(choice=Choice({"en": "a"}, {"en": ["c"] * 13}))}, ("bad_request", {"field": "form"})),
        ({"triggers": tuple(Trigger(f"{n}", {"en": "a"}) for n in range(6))}, ("bad_request", {"field": "triggers"})),
        ({"triggers": (Trigger("a", {"en": "a"}), Trigger("a", {"en": "b"}))}, ("bad_request", {"field": "triggers"})),
        ({"triggers": (Trigger("a", {"en": " "}),)}, ("bad_request", {"field": "triggers"})),
        ({"triggers": (Trigger("a", {"tlh": "a"}),)}, ("bad_request", {"field": "triggers"})),
        ({"triggers": (Trigger("a", {"en": "a" * 161}),)}, ("bad_text", {"field": "triggers", "limit": 160})),
        ({"triggers": (Trigger("a", {"en": "a"}, part="/" * 101),)}, ("bad_text", {"field": "triggers", "limit": 100})),
        ({"form": Form(choice=Choice({"en": "a" * 81}, {"en": ["c"]}))}, ("bad_text", {"field": "form", "limit": 80})),
    ],
)
def test_what_is_not_is_refused_by_name(asked: dict[str, Any], expected: tuple[str, dict[str, Any]]) -> None:
    with pytest.raises(Refusal) as refused:
        checked(**asked)
    assert (refused.value.code, refused.value.detail) == expected


def test_a_chat_begins_in_the_reader_s_language_or_in_the_shop_s_first() -> None:
    choice = Choice({"en": "Topic", "zh": "主题"}, {"en": ["Order"], "zh": ["订单"]}, required=True)
    widget = Widget(
        look=Look(words={"en": Words("Ask us", "Any questions?"), "zh": Words("咨询")}),
        quick={"en": ["Where is my order?"]},
        form=Form("required", choice=choice, consent={"en": "I agree"}),
    )
    assert widget.first("zh") == {
        "quick": ["Where is my order?"],
        "form": {
            "name": "required",
            "email": "no",
            "choice": {"required": True, "label": "主题", "options": ["订单"]},
            "consent": "I agree",
        },
    }
    assert widget.first("fr")["form"]["choice"] == {"required": True, "label": "Topic", "options": ["Order"]}
    none = {"name": "optional", "email": "no", "choice": None, "consent": ""}
    assert Widget().first("en") == {"quick": [], "form": none}
    assert widget.words("zh") == {"launcher": "咨询", "teaser": "Any questions?"}
    assert widget.words("fr") == {"teaser": "Any questions?"}  # and the product's own word on the launcher
    assert Widget().words("en") == {}


@pytest.mark.parametrize(
    ("form", "entered", "lacking"),
    [
        (Form(), Entered(), ""),
        (Form("required"), Entered(), "name"),
        (Form("required"), Entered("Maria"), ""),
        (Form("no", "required"), Entered("Maria"), "email"),
        (Form(consent={"en": "I agree"}), Entered("Maria"), "consent"),
        (Form(consent={"en": "I agree"}), Entered(consent=True), ""),
        (Form(choice=Choice({"en": "Topic"}, {"en": ["Order"]}, required=True)), Entered(), "choice"),
        (Form(choice=Choice({"en": "Topic"}, {"en": ["Order"]})), Entered(), ""),
        (Form(choice=Choice({"en": "a", "zh": "b"}, {"en": ["Order"], "zh": ["订单"]})), Entered(choice="订单"), ""),
    ],
)
def test_a_newcomer_gives_what_is_required(form: Form, entered: Entered, lacking: str) -> None:
    form.check(entered, newcomer=False)
    try:
        form.check(entered, newcomer=True)
        refused = ""
    except Refusal as refusal:
        refused = f"{refusal.code} {refusal.detail['field']}"
    assert refused == (f"bad_form {lacking}" if lacking else "")


@pytest.mark.parametrize("form", [Form(), Form(choice=Choice({"en": "Topic"}, {"en": ["Order"]}))])
def test_nobody_chooses_what_there_is_not(form: Form) -> None:
    with pytest.raises(Refusal) as refused:
        form.check(Entered(choice="Refund"), newcomer=False)
    assert (refused.value.code, refused.value.detail) == ("bad_form", {"field": "choice"})


TAGGED = "https://shop.example/tea?utm_source=a&q=my+name&utm_medium=b#order"
NO_PAGES = """
    javascript:alert(1) data:text/html,x file:///etc //a.example https:///x null https://a\\@b.example/ https://[
"""


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (TAGGED, "https://shop.example/tea?utm_source=a&utm_medium=b"),
        ("http://localhost:8000/?token=x#/account", "http://localhost:8000/"),
        ("https://me:secret@shop.example/", "https://shop.example/"),
        ("https://shop.example", "https://shop.example"),
        ("https://shop.example/" + "a" * 500, "https://shop.example/" + "a" * 279),
        *((none, "") for none in ("", "https://a b/", "https://a/\n", "https://a/\u202e", "https://a/" + "a" * 2000)),
        *((none, "") for none in NO_PAGES.split()),
    ],
)
def test_of_a_page_nothing_is_known_but_where_it_is(address: str, shown: str) -> None:
    assert pages.shown(address) == shown
