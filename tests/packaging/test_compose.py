"""The compose files: what their schema allows, and what the program makes of their settings. No engine runs them."""

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config import load
from tests.cli.program import run
from tests.clients.api import ask, log_in
from tests.running import PATIENCE, ROOT, Chatadmin, Valkey

FOLDER = ROOT / "packaging" / "compose"
EMBEDDED, WITH_VALKEY = FOLDER / "compose.yaml", FOLDER / "valkey.yaml"


def judged(file: Path) -> subprocess.CompletedProcess[str]:
    """What the Compose specification's schema says of a file."""
    judge = str(Path(sys.executable).parent / "check-jsonschema")
    words = [judge, "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)


def services(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text("utf-8"))["services"])


def variables(*files: Path) -> dict[str, str]:
    """The environment that chatadmin has in its container, where .env says nothing."""
    found: dict[str, str] = {"HOME": "/"}
    for file in files:
        for name, text in services(file)["chatadmin"]["environment"].items():
            found[name] = text.split(":-")[1].removesuffix("}") if text.startswith("${") else text
    return found


@pytest.mark.parametrize("file", [EMBEDDED, WITH_VALKEY], ids=lambda file: file.name)
def test_they_fit_the_schema_and_a_slip_does_not(file: Path, tmp_path: Path) -> None:
    found = judged(file)
    assert found.returncode == 0, found.stdout + found.stderr
    misspelt = tmp_path / file.name
    misspelt.write_text(file.read_text("utf-8").replace("healthcheck:", "healthchek:"), "utf-8")
    assert judged(misspelt).returncode == 1


def test_every_variable_is_a_setting() -> None:
    alone, beside = variables(EMBEDDED), variables(EMBEDDED, WITH_VALKEY)
    assert load({}, alone, None).settings.redis == ""
    settings = load({}, beside, None).settings
    assert (settings.redis, settings.files_directory) == ("redis://valkey:6379/0", "/data/files")


def test_what_is_mounted_is_there_to_be_mounted() -> None:
    whole = [yaml.safe_load(file.read_text("utf-8")) for file in (EMBEDDED, WITH_VALKEY)]
    volumes = {name for file in whole for name in file.get("volumes", ())}
    networks = {name for file in whole for name in file.get("networks", ())} | {"default"}
    for service in (service for file in whole for service in file["services"].values()):
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= volumes
        assert set(service.get("networks", ())) <= networks


@pytest.mark.parametrize("name", ["chatadmin", "valkey"])
def test_nothing_in_it_may_be_written_or_gained(name: str) -> None:
    service = (services(EMBEDDED) | {"valkey": services(WITH_VALKEY)["valkey"]})[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in service


def test_what_it_unpacks_to_may_be_run() -> None:
    """Docker's own options for such a mount forbid it."""
    (mount,) = services(EMBEDDED)["chatadmin"]["tmpfs"]
    place, options = mount.split(":")
    assert place == "/tmp"
    assert {"exec", "mode=1777"} <= set(options.split(","))


def test_it_has_the_time_to_say_goodbye() -> None:
    assert services(EMBEDDED)["chatadmin"]["stop_grace_period"] == "20s"  # as the unit's TimeoutStopSec


def test_the_program_finds_nothing_amiss_with_such_a_valkey(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin], tmp_path: Path
) -> None:
    program, *options = shlex.split(services(WITH_VALKEY)["valkey"]["command"])
    assert program == "valkey-server"
    store = start_store("valkey", options=options)
    env = {"CHATADMIN_REDIS": store.url, "CHATADMIN_FILES__DIRECTORY": str(tmp_path / "data" / "files")}
    (tmp_path / "data").mkdir()
    shop = start_chatadmin(env=env)
    assert log_in(shop.url, "Xiaoming")
    assert ask(shop.url, "/readyz").status == 200
    told = run("check", "--server", "127.0.0.1:0", home=tmp_path, env=env)
    lines = [line.split(None, 1) for line in told.out.splitlines()]
    store_lines = {rest.split(":")[0]: (verdict, rest) for verdict, rest in lines}
    for what in ("store", "durability", "files"):
        assert store_lines[what][0] == "ok", told.out
