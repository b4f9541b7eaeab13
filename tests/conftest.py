"""Fixtures for every part of the suite. Stores are real servers, of both engines; see running.py."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from app import compiled

if library := os.environ.get("COMPILED_MODULES"):  # before anything else of the product is imported
    compiled.install(library)

import pytest
from hypothesis import HealthCheck, settings

from tests import guard, kinds
from tests.mail.post_office import PostOffice
from tests.prepared import Prepared
from tests.running import ENGINES, ROOT, Chatadmin, Valkey


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also the tests that take long (marked so)")


# No example counts as broken for the time it took; and without `--all` they are the same in every run.
settings.register_profile("all", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("suite", settings.get_profile("all"), derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """A suite started in the background or by nohup ignores Ctrl-C or a hang-up; so would what it starts."""
    settings.load_profile("all" if config.getoption("--all") else "suite")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if hasattr(config, "workerinput"):  # this is a worker of pytest-xdist
        guard.die_with_parent()


# Files and folders that take longest. With several workers they are begun first: whichever came last would keep one
# worker busy while the others have nothing left to do.
LONGEST = (
    "browser/test_casework.py",
    "browser/test_console.py",
    "delivery/test_absence.py",
    "browser/test_accessible.py",
    "browser/test_reports.py",
    "browser/test_stories.py",
    "browser/test_settings.py",
    "delivery/test_store_faults.py",
    "cli/test_chat.py",
    "delivery/test_failover.py",
    "web/test_setup.py",
    "frozen/test_signals.py",
    "browser/test_screens.py",
    "cli/test_command_line.py",
    "browser/test_transcript.py",
    "store/test_search.py",
    "mail/test_stories.py",
    "delivery/test_store_away.py",
    "prove/courier/",
    "web/test_transcript.py",
    "web/test_stream.py",
    "attacks/test_frames.py",
    "transport/test_handover.py",
    "browser/",
    "cli/test_watch.py",
    "delivery/",
    "bench/test_smoke.py",
    "attacks/test_frames.py",
    "prove/test_prove.py",
    "transport/test_http_limits.py",
    "frozen/",
    "cli/",
)


@pytest.hookimpl(tryfirst=True)  # before -m looks at the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its kinds, and put the longest first."""
    for item in items:
        kinds.mark(item)
    kinds.leave_out_the_long(config, items)

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(ROOT / "tests").as_posix()
        return next((n for n, name in enumerate(LONGEST) if path.startswith(name)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def _shared_stores() -> Iterator[dict[str, Valkey]]:
    running: dict[str, Valkey] = {}
    yield running
    for store in running.values():
        store.stop()


@pytest.fixture
def engine() -> str:
    """The store's engine; tests of the commands themselves, in tests/store, have both."""
    return ENGINES[0]


@pytest.fixture
def store(engine: str, _shared_stores: dict[str, Valkey]) -> Valkey:
    """An empty store. Shared: to stop one, use `start_store`."""
    if engine not in _shared_stores:
        _shared_stores[engine] = Valkey(engine)
    _shared_stores[engine].flush()
    return _shared_stores[engine]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A data directory of one's own in which a team is set up: `prepared("Anna", "Ben", admins=("Cleo",))`."""
    return Prepared(tmp_path_factory)


@pytest.fixture(scope="module")
def post_office() -> Iterator[PostOffice]:
    """Mail servers, for one file of tests: each has addresses of its own."""
    with PostOffice() as office:
        yield office


@pytest.fixture
def as_root() -> None:
    """For what only root can set up: other users' files, mounts, namespaces."""
    if os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture
def store_url(store: Valkey) -> str:
    """The address of an empty store, as `redis:` takes it."""
    return store.url


@pytest.fixture
def start_store() -> Iterator[Callable[..., Valkey]]:
    """Start stores of one's own, to be killed, paused or restarted: `start_store("valkey", fsync=True)`."""
    started: list[Valkey] = []

    def start(engine: str = "valkey", **options: Any) -> Valkey:
        started.append(Valkey(engine, **options))
        return started[-1]

    yield start
    for store in started:
        store.stop()


@pytest.fixture
def start_chatadmin() -> Iterator[Callable[..., Chatadmin]]:
    """Start the product with the arguments of `Chatadmin`; afterwards it is ended, and checked to have."""
    started: list[Chatadmin] = []

    def start(*args: str, **options: Any) -> Chatadmin:
        started.append(Chatadmin(*args, **options))
        return started[-1]

    yield start
    for instance in reversed(started):  # one may use the data of another
        instance.__exit__()


@pytest.fixture
def chatadmin(start_chatadmin: Callable[..., Chatadmin]) -> Chatadmin:
    """The product as it comes: embedded store, one worker, loopback, a free port."""
    return start_chatadmin()
