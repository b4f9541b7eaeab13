"""The examples of docs/widget, each as it stands: what a shop would paste brings the chat, and does what it says."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.sites import Sites
from tests.running import PATIENCE, ROOT

EXAMPLES = ROOT / "docs" / "widget"
WORDPRESS = ROOT / "build" / "wordpress"
OURS = Path(__file__).parent / "their_shops"


def example(sites: Sites, name: str) -> Page:
    """One of them, opened."""
    sites.pages.put("/", (EXAMPLES / name).read_bytes())
    return sites.visit("/")


def test_a_plain_page_opens_the_chat_with_a_button_of_its_own(sites: Sites) -> None:
    page = example(sites, "plain.html")
    page.click("#ask")
    expect(sites.frame(page).locator(".composer textarea")).to_have_value("Is the large kettle in stock?")
    assert sites.complaints == []


def test_a_page_that_allows_nothing_else(sites: Sites) -> None:
    page = example(sites, "strict-csp.html")
    sites.launcher(page).click()
    expect(sites.frame(page).locator(".composer textarea")).to_be_focused()
    assert sites.complaints == []


def seen(request: Request) -> str:
    """What a request tells the chat of the page that is looked at: its title and address; "" of other requests."""
    told = json.loads(request.post_data or "{}") if request.url.endswith("/v1/widget/seen") else {}
    return f"{told['title']} {told['page']}" if told else ""


def test_a_shop_of_one_page_keeps_the_chat_open_and_tells_where_one_is(sites: Sites) -> None:
    page = example(sites, "spa.html")
    sites.launcher(page).click()
    composer = sites.frame(page).locator(".composer textarea")
    composer.fill("Is the large")
    with page.expect_request(lambda request: seen(request) == f"Kettles {sites.shop}/kettles"):
        page.get_by_role("link", name="Kettles").click()
    with page.expect_request(lambda request: seen(request) == f"Tea & Kettle {sites.shop}/"):
        page.go_back()
    expect(composer).to_have_value("Is the large")
    assert sites.complaints == []


def bundled(folder: Path) -> bytes:
    """An application of React's, with its checks of development, that has the component."""
    out = folder / "app.js"
    line = ["node_modules/.bin/esbuild", str(OURS / "react" / "app.jsx"), "--bundle", "--jsx=automatic"]
    told = subprocess.run([*line, f"--outfile={out}"], capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE)
    assert told.returncode == 0, told.stderr
    return out.read_bytes()


def test_a_react_application_hides_it_with_the_component_and_shows_it_again(sites: Sites, tmp_path: Path) -> None:
    sites.pages.put("/app.js", bundled(tmp_path))
    sites.pages.put("/", "<!doctype html><title>Tea</title><div id=root></div><script src=/app.js></script>")
    page = sites.visit("/")
    sites.launcher(page).click()
    composer = sites.frame(page).locator(".composer textarea")
    composer.fill("Is the large")
    page.click("#turn")
    expect(sites.launcher(page)).to_be_hidden()
    expect(composer).to_be_hidden()
    page.click("#turn")
    sites.launcher(page).click()
    expect(composer).to_have_value("Is the large")
    assert [line for line in sites.asked if line.endswith("/widget.js")] == [f"GET {sites.chat}/widget.js"]
    assert sites.complaints == []


def test_the_types_fit_the_component() -> None:
    options = "--ignoreConfig --noEmit --strict --target es2022 --lib es2022,dom --types react"
    options += " --module esnext --moduleResolution bundler"
    line = ["node_modules/.bin/tsc", *options.split(), "docs/widget/Chat.tsx", "static/widget.d.ts"]
    told = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE)
    assert told.returncode == 0, told.stdout


def wordpress(folder: Path, shop: str, typed: str) -> dict[str, str]:
    """What WordPress makes of an address that somebody types into the plugin's field."""
    site = folder / "wordpress"
    shutil.copytree(OURS / "wordpress" / "plain", site / "wp-content" / "themes" / "plain")
    shutil.copy(OURS / "wordpress" / "db.php", site / "wp-content")
    (site / "wp-content" / "plugins").mkdir()
    shutil.copy(EXAMPLES / "chatadmin.php", site / "wp-content" / "plugins")
    for name in ("wp-includes", "wp-admin", "wp-settings.php"):
        (site / name).symlink_to(WORDPRESS / name)
    line = ["php", str(OURS / "wordpress" / "page.php"), str(site), shop, typed]
    told = subprocess.run(line, check=True, capture_output=True, text=True, timeout=PATIENCE)
    found: dict[str, str] = json.loads(told.stdout)
    return found


@pytest.mark.skipif(not WORDPRESS.exists(), reason="WordPress is Debian's: ./build.sh test unpacks it where that is")
def test_a_wordpress_shop(sites: Sites, tmp_path: Path) -> None:
    made = wordpress(tmp_path, sites.shop, "chat.example.com/wp-admin/?x")
    assert made["kept"] == sites.chat
    assert f'value="{sites.chat}"' in made["field"]
    sites.pages.put("/", made["page"])
    page = sites.visit("/")
    sites.launcher(page).click()
    expect(sites.frame(page).locator(".composer textarea")).to_be_focused()
