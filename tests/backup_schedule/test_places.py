"""Where backups lie: a directory and a bucket do the same, by the same words."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.backup.places import DirectoryPlace, Place, PlaceError, Stored, open_there, place
from app.config import Settings, load
from tests.backup_schedule.bucket import made, settings, swift

LEDGER = "erased.jsonl"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with swift(tmp_path_factory.mktemp("swift")) as found:
        yield found


def in_force(folder: Path, port: int) -> Settings:
    found = load({"data_dir": str(folder)}, {"HOME": "/nowhere"}, None).settings
    return msgspec.structs.replace(found, backup=msgspec.structs.replace(found.backup, s3=settings(port)))


@pytest.fixture(params=["directory", "bucket"])
def somewhere(request: pytest.FixtureRequest, tmp_path: Path, port: int) -> Place:
    to = str(tmp_path / "backups")
    if request.param == "bucket":
        name = f"b-{abs(hash(tmp_path))}"
        made(port, name)
        to = f"s3://{name}/shop/"
    return place(to, in_force(tmp_path, port))


def put(somewhere: Place, name: str, data: bytes) -> None:
    file = somewhere.workshop / f"{name}.part"
    file.write_bytes(data)
    somewhere.put(name, file)
    assert not file.exists()


def test_what_is_put_is_listed_and_read_until_it_is_deleted(somewhere: Place) -> None:
    assert somewhere.list() == []
    put(somewhere, "chatadmin-2.tar.gz", b"two!")
    put(somewhere, "chatadmin-1.tar.gz", b"one")
    assert somewhere.list() == [Stored("chatadmin-1.tar.gz", 3), Stored("chatadmin-2.tar.gz", 4)]
    with somewhere.open("chatadmin-2.tar.gz") as source:
        assert source.read() == b"two!"
    somewhere.delete("chatadmin-1.tar.gz")
    somewhere.delete("chatadmin-1.tar.gz")
    assert somewhere.list() == [Stored("chatadmin-2.tar.gz", 4)]
    with pytest.raises((PlaceError, Exception), match="chatadmin-1"):
        somewhere.open("chatadmin-1.tar.gz")


def test_the_ledger_of_who_was_erased_lies_beside_them(somewhere: Place) -> None:
    assert somewhere.read(LEDGER) is None
    somewhere.write(LEDGER, b"one\n")
    somewhere.write(LEDGER, b"one\ntwo\n")
    assert somewhere.read(LEDGER) == b"one\ntwo\n"
    assert [one.name for one in somewhere.list()] == [LEDGER]


def test_what_was_begun_and_never_ended_is_no_backup_and_is_swept(somewhere: Place) -> None:
    (somewhere.workshop / "chatadmin-1.tar.gz.part").write_bytes(b"half")
    assert somewhere.list() == []
    others = somewhere.workshop / "of-somebody-else.part"
    others.write_bytes(b"half")
    assert somewhere.sweep() == 1
    assert list(somewhere.workshop.iterdir()) == [others]


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """By which others may read what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_a_directory_is_ours_alone_and_so_is_what_lies_there(tmp_path: Path) -> None:
    found = DirectoryPlace(tmp_path / "backups")
    put(found, "one", b"1")
    found.write(LEDGER, b"1")
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "backups").iterdir()}
    assert modes == {"one": 0o600, LEDGER: 0o600}
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700


def test_what_is_made_elsewhere_is_copied(tmp_path: Path) -> None:
    found, file = DirectoryPlace(tmp_path / "backups"), tmp_path / "elsewhere"
    file.write_bytes(b"data")
    found.put("one", file)
    assert found.read("one") == b"data"
    assert not file.exists()


def test_a_directory_whose_parent_is_not_there_is_no_place(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="unmounted/backups is not there: make the directory, or mount it"):
        _ = DirectoryPlace(tmp_path / "unmounted" / "backups").workshop


def test_no_link_is_taken_for_a_backup_or_written_through(tmp_path: Path) -> None:
    root = tmp_path / "backups"
    found = DirectoryPlace(root)
    put(found, "one", b"1")
    (tmp_path / "victim").write_bytes(b"victim")
    (root / "chatadmin-2.tar.gz").symlink_to(tmp_path / "victim")
    (root / f"{LEDGER}.part").symlink_to(tmp_path / "victim")
    assert [one.name for one in found.list()] == ["one"]
    with pytest.raises(PlaceError):
        found.write(LEDGER, b"1")
    assert (tmp_path / "victim").read_bytes() == b"victim"


def test_a_bucket_with_and_without_a_prefix(tmp_path: Path, port: int) -> None:
    made(port, "prefixes")
    bare, shop = (place(f"s3://prefixes{end}", in_force(tmp_path, port)) for end in ("", "/shop/berlin"))
    put(shop, "one", b"1")
    put(bare, "two", b"2")
    assert [one.name for one in bare.list()] == ["two"]
    assert [one.name for one in shop.list()] == ["one"]
    assert bare.read("shop/berlin/one") == b"1"
    assert (bare.elsewhere, shop.label) == (True, "s3://prefixes/shop/berlin")


def test_with_a_store_elsewhere_no_others_directory_is_worked_in(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings = msgspec.structs.replace(in_force(tmp_path, port), redis="redis://h:1/0")
    workshop = tmp_path / f"chatadmin-backup-{os.geteuid()}"
    assert place("s3://backups", settings).workshop == workshop
    assert stat.S_IMODE(workshop.stat().st_mode) == 0o700
    workshop.chmod(0o755)
    with pytest.raises(PlaceError, match="somebody else's"):
        _ = place("s3://backups", settings).workshop
    workshop.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    workshop.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlaceError, match="somebody else's"):
        _ = place("s3://backups", settings).workshop


def test_without_keys_a_bucket_says_what_is_missing(tmp_path: Path) -> None:
    bare = load({"data_dir": str(tmp_path)}, {"HOME": "/nowhere"}, None).settings
    with pytest.raises(PlaceError, match=r"needs backup\.s3\.access_key and backup\.s3\.secret_key"):
        open_there("s3://backups/shop/name", bare)
    with pytest.raises(PlaceError, match="names a bucket, and nothing in it"):
        open_there("s3://backups", bare)
