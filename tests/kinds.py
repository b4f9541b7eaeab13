"""Which kind each test is of, so that `./build.sh quick` can leave some out; pyproject.toml says what the kinds are.

A kind follows from what a test uses or where it lies, or the test says it. What takes long always says so itself, and
runs with `--all` alone.
"""

import pytest

from tests.running import ROOT

# A test that uses the fixture, itself or through another one, is of the kind.
FIXTURES = {"browser": "browser", "file": "frozen", "start_store": "outage"}
# So is all that lies in the folder or file.
PLACES = {
    "browser/": "browser",
    "bench/test_live_list.py": "browser",
    "frozen/": "frozen",
    "delivery/": "outage",
    "mail/": "outage",
    "prove/": "outage",
    "server/test_supervisor.py": "outage",
    "tls/test_automatic.py": "outage",
    "bench/test_smoke.py": "crowd",
    "attacks/test_crowd.py": "crowd",
    "attacks/test_fuzz.py": "crowd",
    "web/test_stream_stalled.py": "crowd",
    "attacks/test_frames.py": "program",
    "cli/test_agent.py": "program",
    "cli/test_chat.py": "program",
    "cli/test_check.py": "program",
    "cli/test_command_line.py": "program",
    "cli/test_demo.py": "program",
    "cli/test_healthcheck.py": "program",
    "cli/test_watch.py": "program",
    "courier/test_process.py": "program",
    "privacy/test_program.py": "program",
    "rolling/test_cluster.py": "program",
    "test_guard.py": "program",
    "transport/test_http_limits.py": "program",
    "upgrade/test_upgrade.py": "program",
    "web/test_guessing.py": "program",
    "web/test_operator.py": "program",
    "web/test_setup.py": "program",
}


def mark(item: pytest.Item) -> None:
    """Mark a test with its kinds."""
    place = item.path.relative_to(ROOT / "tests").as_posix()
    kinds = {kind for start, kind in PLACES.items() if place.startswith(start)}
    kinds |= {kind for fixture, kind in FIXTURES.items() if fixture in getattr(item, "fixturenames", ())}
    for kind in sorted(kinds):
        item.add_marker(kind)


def leave_out_the_long(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `--all`, take the long tests out of `items` and tell pytest that they were."""
    if config.getoption("--all"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if not item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
