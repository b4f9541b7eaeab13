"""The architecture is visible from the folders, and stays so: imports go one way."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from app import unpacked
from tests.running import PATIENCE, ROOT

APP = ROOT / "app"
# Who may import whom; what is not here (config, resources, words, zones, countries, cli) is the door, and open to all
# or for all.
ALLOWED = {
    "backup": {"backup", "files", "store", "chat", "config", "trust", "unpacked", "zones"},
    "chat": {"chat"},
    "checks": {"checks", "commands", "server", "files", "store", "chat", "config", "tls", "trust"},
    "files": {"files", "chat"},
    "store": {"store", "chat", "resources"},
    "live": {"live", "files", "store", "chat", "config", "words", "resources"},
    "privacy": {"privacy", "files", "store", "chat"},
    "courier": {
        *("courier", "backup", "tls", "live", "files", "store", "chat"),
        *("config", "resources", "templates", "trust", "words", "zones"),
    },
    "tls": {"tls", "store", "config", "trust", "unpacked"},
    "transport": {"transport", "live", "chat", "config"},
    "server": {
        "absent",
        "archive",
        "server",
        "web",
        "transport",
        "live",
        "store",
        "config",
        "courier",
        "tls",
        "libraries",
        "resources",
        "unpacked",
    },
    "web": {
        *("web", "transport", "live", "store", "chat", "config"),
        *("resources", "templates", "words", "zones", "countries"),
    },
    "terminal": {"terminal"},
    "importing": {"importing", "store", "chat"},
    "upgrade": {"upgrade", "server", "store", "config", "resources", "trust", "unpacked"},
    "trial": {"chat", "config", "courier", "outbound", "trial", "trust", "words"},
}
# Every file there is, by its folder: a new one is a decision, and is written down here.
FILES = {
    ".": """
        __main__ absent archive cli compiled countries libraries outbound readymade resources templates trust
        unpacked words zones
    """,
    "chat": """
        agent_email alerts browsers client_frames colour confusables contact conversation decision deliveries
        entered episodes errors faces figures file_names file_types files folding form frames hours identity
        json_faults jws link_hosts links mail_providers mail_when markup names pages protocol replies shop sites
        skeletons tags telephone text triggers visible widget widget_change wording
    """,
    "chat/pictures": "exif gif jpeg png reading riff webp",
    "commands": """
        agent backup backup_kept beside check customers demo erase error export finish healthcheck importing
        licenses mail opened owner people progress restore said show_config upgrade verify verify_deep
    """,
    "checks": "backups certificate clock disk files finding formats machine mail port shop store",
    "config": "backup_rules exposure hosts mail_rules mail_server rules secrets settings sources tls_rules yaml_file",
    "courier": "account alerts backups breaker certificates drivers lanes mailing notices planning process",
    "courier/mail": "answer driver enclosed letter look smtp trouble",
    "files": "directory receive scan threads",
    "live": """
        backups beacon_pace browsing casework channel chats claims clock connection contacts conversations
        conversing dashboard decisions delivery desk directory erasure event_log event_stream event_streams
        file_place file_room files forms full gossip greetings history hub identities identity_keys invitations
        kept linking links looked_at mail_trial metrics neighbours node open_pages open_sessions owed plain
        presence rate_limit rating room shop_settings site_notes snapshots submissions tally team team_mail
        tickets timings transcript untold upload_pace uploads visitor_row visits whereabouts widget_settings
        writing
    """,
    "live/duties": "consumer files follower hourly index reports retention shard walk",
    "server": "banner bundle cores listeners log memory notify run supervisor worker",
    "store": """
        address agent_mail backups batches browsing challenges changes channel child command connection contacts
        conversations copying datadir directory document embedded embedded_binary emptying entries erased
        erasing errors faces feed files filling formats handshake hashes identities importing index keys leases
        leftovers linking links logs lookup low_water mail_tokens message_lookup messages outbox outbox_keys
        outbox_look passwords people people_lookup pipeline pipelines postings presence private replies reports
        resp restoring retention rewriting scan scripts search server_info sessions setup several shop sites
        skimmed store tasks team topology troubles unindexing whereabouts widget
    """,
    "store/scripts": """
        _announce _aside _conversation _feed _lease _outbox _standing add_agent agent_presence append arrive
        attach beat block bounce bury change_agent claim contact count depart describe documents drop_files
        drop_job drop_reply enrol erase erase_feed erase_visitor forget_entered give_back_nickname give_up
        hang_up identify identity_key import_log index introduce invite keep_file know lease lease_backup link
        link_from link_into mail_begin mail_release mail_token mailbox mark note_backup note_visitor plan post
        prod put_face put_reply raise_format rate read reclaim_nickname release report resolve restore_list
        restore_log roll_call salt save_document session settle snooze stop_mail tag take take_nickname tell
        transfer trim unindex vouch_format wake walk
    """,
    "terminal": "api attachments chat files outbox socket watch",
    "transport": """
        bounds connections guard handover http1 internals linger offers parser passed passing pipe request
        response serve socket takeover turn
    """,
    "web": """
        admission agents answer app attachment backups browsing chat contact context conversations cross_origin
        delivery faces figures files identity_keys initial_data login login_help login_widget look mail_setup
        messages operator origin pages policies rating replies reports search sending session setup shop
        spreadsheet static stockchannel stream streamed throttle token_code transcript transcript_page
        unsubscribe visitors widget widget_script zone
    """,
    "trial": "domain finding place run talk troubles",
    "privacy": "erase export find ledger reach",
    "backup": """
        archive asked deep dump invariants inventory logs making people piped places records restore s3 s3_link
        schedule sealed signature taking verify
    """,
    "upgrade": "failure fetch journal place server signals signature steps surroundings version",
    "tls": "authority folder plain renewing self_signed served trouble validity",
    "importing": "chatwoot jsonl lines taking",
}
MODULES = sorted(path for folder in ALLOWED for path in (APP / folder).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    """The parts of `app` that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "app":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("app.")}
    return found


def test_every_file_is_known() -> None:
    found: dict[str, set[str]] = {}
    for path in APP.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and path.name != "__init__.py":
            found.setdefault(path.parent.relative_to(APP).as_posix(), set()).add(path.stem)
    assert found == {folder: set(stems.split()) for folder, stems in FILES.items()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_imports_go_one_way(path: Path) -> None:
    folder = path.relative_to(APP).parts[0]
    assert _imports(path) <= ALLOWED[folder] | {"__version__"}


def test_only_the_store_knows_its_client_libraries() -> None:
    outside = [path for path in APP.rglob("*.py") if "store" not in path.relative_to(APP).parts[:1]]
    libraries = re.compile(r"^\s*(?:import|from) +(?:redis|hiredis)\b", re.MULTILINE)
    assert [str(path) for path in outside if libraries.search(path.read_text("utf-8"))] == []


def test_only_the_transport_knows_hypercorn() -> None:
    library = re.compile(r"^\s*(?:import|from) +(?:hypercorn|h11|wsproto)\b", re.MULTILINE)
    outside = [path for path in APP.rglob("*.py") if path.relative_to(APP).parts[0] != "transport"]
    assert [str(path) for path in outside if library.search(path.read_text("utf-8"))] == []


def _loaded_by(modules: str) -> set[str]:
    """All that is in memory once these modules are."""
    code = f"import sys, {modules}; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout
    return set(told.split())


def test_no_worker_has_anything_of_the_courier_in_its_memory() -> None:
    """Neither its modules nor its libraries; nor has the main process, of which workers are forked."""
    loaded = _loaded_by("app.server.run, app.server.worker")
    packed = set(" ".join(unpacked.GROUPS.values()).split())
    # redis asks whether there is a `cryptography`, and loads nothing of it
    own = {"app.backup", "app.courier", "smtplib", "cryptography.hazmat", *packed - {"cryptography"}}
    assert [name for name in loaded if any(f"{name}.".startswith(f"{part}.") for part in own)] == []


def test_a_courier_that_sends_no_mail_has_nothing_of_mail_in_its_memory() -> None:
    """It was begun for backups or for certificates, and in the file the libraries of mail are not even unpacked."""
    assert not {"app.courier.mail", "aiosmtplib", "jinja2"} & _loaded_by("app.courier.process")


def test_nothing_is_imported_that_the_frozen_file_leaves_out() -> None:
    """From source it would be there, and every test but those of the file would pass."""
    (listed,) = re.findall(r'^EXCLUDES = """(.*?)"""', (ROOT / "chatadmin.spec").read_text("utf-8"), re.DOTALL | re.M)
    excluded = set(listed.split())
    found = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            found |= {(path.stem, name) for name in names if excluded & {name, name.partition(".")[0]}}
    assert found == set()


def test_no_module_is_part_of_a_circle() -> None:
    """What is imported for its types alone counts too: such a circle is as hard to read."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in APP.rglob("*.py")}
    modules = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        found = graph[name] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                found |= {
                    full if (full := f"{node.module}.{alias.name}") in modules else node.module for alias in node.names
                }
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if alias.name in modules}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_routes_reach_the_store_through_the_node() -> None:
    for path in (APP / "web").glob("*.py"):
        assert "node().store" not in path.read_text("utf-8"), path


def _imported(path: Path, names: dict[str, Path]) -> set[str]:
    """The modules of `app` that one imports, wherever in it: for its types alone and inside its functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= parts & set(names) or {node.module}
    return found & set(names)


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in APP.rglob("*.py")
    }
    imports = {name: _imported(path, names) for name, path in names.items()}
    while ends := {name for name, wanted in imports.items() if not wanted}:
        imports = {name: wanted - ends for name, wanted in imports.items() if name not in ends}
    assert imports == {}, "each of these is on a circle, or imports one that is"


def test_the_rules_know_no_event_loop() -> None:
    for path in (APP / "chat").glob("*.py"):
        text = path.read_text("utf-8")
        assert "import asyncio" not in text
        assert "import time" not in text


def test_no_file_is_larger_than_can_be_held_in_mind() -> None:
    files = [*APP.rglob("*.py"), *(ROOT / "static" / "js").rglob("*.js")]
    assert {str(path): lines for path in files if (lines := len(path.read_text("utf-8").splitlines())) > 400} == {}
