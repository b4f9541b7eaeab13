"""Names: what may be one, when two are the same, and which are kept for the shop."""

import runpy
import unicodedata

import pytest
from confusable_homoglyphs import confusables
from hypothesis import given
from hypothesis import strategies as st

from app.chat import names, replies, tags
from app.chat.confusables import ALIKE
from app.chat.errors import Refusal
from app.chat.replies import Reply
from app.chat.shop import Change
from tests.running import ROOT

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
# Letters that no other name is made of by case, width or composition.
PLAIN = st.text("abcdefghjkmopqrtuvwxyz", min_size=2, max_size=20)
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\ufe0f\U000e0100"


def refused(name: str) -> bool:
    try:
        names.clean(name)
    except Refusal as refusal:
        return refusal.code == "bad_nickname"
    return False


# What no style, script, width or unseen character makes of the words of office; by rows: widths and styles, enclosed
# letters, small capitals and turned ones, other scripts, marks and signs, and what cannot be seen.
OFFICES = """
admin ADMIN ａｄｍｉｎ ＡＤＭＩＮ 𝐚𝐝𝐦𝐢𝐧 𝑎𝑑𝑚𝑖𝑛 𝒶𝒹𝓂𝒾𝓃 𝓪𝓭𝓶𝓲𝓷 𝔞𝔡𝔪𝔦𝔫 𝕒𝕕𝕞𝕚𝕟 𝖆𝖉𝖒𝖎𝖓 𝖺𝖽𝗆𝗂𝗇 𝗮𝗱𝗺𝗶𝗻 𝘢𝘥𝘮𝘪𝘯 𝚊𝚍𝚖𝚒𝚗
ⓐⓓⓜⓘⓝ ⒶⒹⓂⒾⓃ 🅐🅓🅜🅘🅝 🄰🄳🄼🄸🄽 🅰🅳🅼🅸🅽 ⒜⒟⒨⒤⒩ 🄐🄓🄜🄘🄝 🇦🇩🇲🇮🇳 🆂🆄🅿🅿🅾🆁🆃 🅢🅨🅢🅣🅔🅜 🅂🅈🅂🅃🄴🄼
ᴀᴅᴍɪɴ ᴬᴰᴹᴵᴺ ᵃᵈᵐⁱⁿ ꜱʏꜱᴛᴇᴍ ꜱᴜᴘᴘᴏʀᴛ ᴀᴅᴍɪɴɪsᴛʀᴀᴛᴏʀ ɐdmᴉn ađmin
аdmin аԁміn ΑDΜΙΝ ᎪᎠᎷᎥN ꓮꓓꓟꓲꓠ ᗅᗪᗰIN αdmin ɑdmin ⍺dmin ѕуѕtеm ЅҮЅТЕМ ѕуѕтем ѕuрроrt ЅUРРОRТ аdministrаtor
ádmín ȧḋṁïñ a̲d̲m̲i̲n̲ a̶d̶m̶i̶n̶ 4dm1n adm!n @dmin adrnin a.d.m.i.n _admin_ ★admin★ 5y5tem $upport supp0rt administratør
客服 管理员 管理員 系统 系統 「客服」
"""
UNSEEN_BETWEEN = (
    "\u200b\u200c\u200d\u2060\u2063\ufeff\u00ad\u034f\ufe0f\U000e0100\U000e0061\u115f\u3164\u180e\u2800\u0336"
)


@pytest.mark.parametrize("typed", OFFICES.split())
def test_nothing_hides_a_word_of_office(typed: str) -> None:
    assert names.reserved(typed, [])
    assert names.reserved(" ".join(typed), [])
    for unseen in UNSEEN_BETWEEN:
        assert names.reserved(unseen.join(typed) + unseen, []), hex(ord(unseen))


@pytest.mark.parametrize("control", names.DIRECTION_CONTROLS)
def test_nothing_that_is_called_something_holds_a_direction_control(control: str) -> None:
    assert unicodedata.category(control) == "Cf"
    for typed in (f"An{control}na", f"{control}Anna", f"Anna{control}", f"{control}nimda"):
        for clean, code in (
            (names.clean, "bad_nickname"),
            (names.clean_name, "bad_nickname"),
            (tags.clean, "bad_tag"),
            (lambda text: Change(name=text).checked(), "bad_shop_name"),
            (lambda text: replies.checked(Reply("", text, "text", True), 0), "bad_shortcut"),
        ):
            with pytest.raises(Refusal) as refusal:
                clean(typed)
            assert refusal.value.code == code
    assert tags.known(f"An{control}na") == f"An{control}na"  # of before: it can be looked up, and taken off
    assert names.undirected(f"{control}An{control}na") == "Anna"


def test_joiners_stay() -> None:
    for typed in ("نازنین‌زهرا", "शर्‍मा", "👩‍👩‍👧"):
        assert names.clean(typed) == names.clean_name(typed) == tags.clean(typed) == typed


# People, by script; of each none is kept from the name they were given.
PEOPLE = """
Adrián Aidan Amin Adam Admina Damien Nadim Dominik Sysytem Ahmad Edmin Admir Armin Support-Smith Suppiah Systa Kim Al
Agnieszka Łukasz Małgorzata Żółć Đorđe Šime Žaneta Čedomir Ňurša Őrs Ümit İbrahim Işıl Şükrü Çağla Þórður Ædmin Ŋalŋ
Øyvind Åse Günther Straße Zoë Noël François Inês João Lluís Nuñez Ștefan Țepeș Ħlas Ġorġ Ọlá Ṣadé Ẹniọlá Ɛkua Kɔfi
Nguyễn Phương Đặng Trần Thị Ngọc-Ánh ʻOkina Ka‘iulani O’Brien O'Neil Jean-Luc D’Arcy J. B. R2D2 007 Ann@home M!a xX_Kai
Иван Ольга Сергій Ґалина Їжак Єва Ўладзімір Ђорђе Љубица Њего Џон Ѓорѓи Ќира Ңурғали Әлия Өмір Ұлан Һава Ахмад Админа
Γιώργος Ελένη Νίκος Άννα Ηλίας Χριστός Ξένια Ψαλμός Ωραία Արամ Հայկ Նարինե გიორგი ნინო თამარ ანა
מרים דוד שרה יוסף אברהם محمد مريم أحمد فاطمة علي حسین پروانه ژاله گیتی نازنین‌زهرا یوسف اُردو ޢައިޝާ ܡܪܝܡ
王伟 李娜 张 刘洋 陈静 欧阳娜娜 黃麗 林志玲 司徒 系 服部 管仲 客家 佐藤 鈴木さくら ゆき アンナ ノア 高橋
김민준 이서연 박 최수진
अमित प्रिया शर्मा আনিকা রহিম ਗੁਰਪ੍ਰੀਤ જીગ્નેશ ପ୍ରିୟା தமிழ்செல்வி కళ్యాణ్ ಅನಿತಾ അനു සුනිල් สมชาย นภา ສົມພອນ မောင် សុខា བསྟན
አበበ ትዕግስት ᏣᎳᎩ ᐃᓄᒃ ⵜⴰⵎⴰⵣⵉⵖⵜ ߒߞߏ ꦗꦮ ᠮᠣᠩᠭᠣᠯ ꆈꌠ ⲙⲁⲣⲓⲁ 👩‍👩‍👧 ✨Luna✨ 🇩🇪 ❤
"""


@pytest.mark.parametrize("name", PEOPLE.split())
def test_people_of_all_scripts_are_called_as_they_are(name: str) -> None:
    assert names.clean_name(name) == unicodedata.normalize("NFKC", name)
    assert not names.reserved(name, ["Olga", "小明", "Kettle & Co.", "Мария", "יעל"])
    assert all(names.clean(handle) == handle for handle in names.handles(names.clean_name(name)))


@given(ANY_TEXT)
def test_every_handle_of_a_name_is_a_nickname(typed: str) -> None:
    try:
        name = names.clean_name(typed)
    except Refusal:
        return
    assert names.clean_name(name) == name
    assert all(names.clean(handle) == handle for handle in names.handles(name))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Anna", "Anna"),
        ("  Anna  ", "Anna"),
        ("Anna   Maria", "Anna Maria"),
        ("Ａｎｎａ", "Anna"),
        ("é" * 2, "é" * 2),
        ("e\u0301va", "éva"),
        ("小明", "小明"),
        ("@:{}*/\\", "@:{}*/\\"),
        ("<img onerror=x>", "<img onerror=x>"),
        ("{{constructor}}", "{{constructor}}"),
        ("مريم", "مريم"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_a_name_is_shown_as_it_was_meant(typed: str, shown: str) -> None:
    assert names.clean(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "A",
        "A ",
        "a" * 21,
        "\u200b" * 5,
        "\u3164\u3164",
        "\u2800\u2800\u2800",
        "A\u200b",
        "a\r\nb",
        "ab\x00",
        "ab\x1b[31m",
        "ab\u2028cd",
        "\u0301\u0301\u0301",
        "x" * 1_000_000,
        "\ufdfa" * 2,  # one character that NFKC makes eighteen
    ],
)
def test_what_cannot_be_seen_or_breaks_a_line_is_no_name(typed: str) -> None:
    assert refused(typed)


@given(ANY_TEXT)
def test_a_name_that_is_shown_is_shown_the_same_again(typed: str) -> None:
    if not refused(typed):
        shown = names.clean(typed)
        assert names.clean(shown) == shown
        assert 2 <= len(shown) <= 20
        assert shown.isprintable() or any(unicodedata.category(c) in ("Cf", "Co", "Cn") for c in shown)


@given(ANY_TEXT)
def test_a_key_folds_to_itself(typed: str) -> None:
    key = names.fold(typed)
    assert names.fold(key) == key


@given(PLAIN, st.data())
def test_case_width_and_the_unseen_make_no_other_name(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    unseen = data.draw(st.sampled_from(UNSEEN))
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    for other in (name.upper(), name.title(), wide, wide.upper(), name[:at] + unseen + name[at:], f" {name} "):
        assert names.fold(other) == names.fold(name)
        assert names.reserved(other, [name])


@given(PLAIN, PLAIN)
def test_other_letters_make_another_name(one: str, other: str) -> None:
    assert (names.fold(one) == names.fold(other)) == (one == other)


@pytest.mark.parametrize(
    "name",
    [
        "admin",
        "ADMIN",
        "ａｄｍｉｎ",
        "ad\u200bmin",
        "аdmin",  # Cyrillic а
        "аԁmіп"[:4] + "n",
        "αdmin",
        "ad min",
        "a.d.m.i.n",
        "ádmín",
        "4dm1n",
        "adm!n",
        "adrnin",
        "𝓪𝓭𝓶𝓲𝓷",
        "ⓐⓓⓜⓘⓝ",
        "ADMIΝ",  # Greek capital nu
        "Administrator",
        "аdministrаtor",
        "sуstem",  # Cyrillic у
        "ѕystem",
        "5ystem",
        "olga",
        "0lga",
        "оlga",
        "o1ga",
        "OIga",  # a capital i
        "ölga",
    ],
)
def test_what_looks_like_the_team_is_kept_for_it(name: str) -> None:
    assert names.reserved(name, ["Olga"])


@pytest.mark.parametrize("name", ["Anna", "Adam", "Minna", "administrate", "sys", "Olgar", "Волга", "小明", "👩", "!!"])
def test_other_people_keep_their_names(name: str) -> None:
    assert not names.reserved(name, ["Olga"])


def test_agents_with_names_of_other_scripts_are_kept_too() -> None:
    assert names.reserved("小明", ["小明"])
    assert names.reserved("ОЛЬГА", ["Ольга"])
    assert not names.reserved("小红", ["小明"])
    assert not names.reserved("!!", ["??"])


def test_the_letters_that_look_alike_are_those_of_unicode() -> None:
    """What stands in the package is what its data say now; and for a to z that is all of it but a few signs."""
    assert ALIKE.split() == runpy.run_path(str(ROOT / "tools" / "confusables.py"))["sets"]()
    missed = set()
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for entry in [*confusables.confusables_data[letter], *confusables.confusables_data[letter.upper()]]:
            other = entry["c"]
            if len(other) == 1 and not names.alike(f"x{other}", f"x{letter}"):
                missed.add(other)
    assert missed <= set("ϲϹſ˛￨")


def test_no_more_is_folded_than_may_be_a_name() -> None:
    assert len(names.fold("Olga" + "\u0591\u05ae" * 30_000)) == names.LONGEST_NICKNAME * 8


def test_a_long_list_of_people_is_looked_at_once() -> None:
    people = [f"Zo\u00eb {number}" for number in range(10_000)]
    for name in people:
        names.looks(name)
    before = names.looks.cache_info().misses
    for name in people:
        names.looks(name)
    assert names.looks.cache_info().misses == before
