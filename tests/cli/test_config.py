"""Settings: where a value comes from, and what is said about one that is wrong."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import ConfigError, MailServer, exposed, flat, load, masked, names
from app.config.secrets import holds_secret
from tests.running import PATIENCE

HOME = {"HOME": "/nowhere"}


def settings_of(text: str, folder: Path) -> dict[str, object]:
    file = folder / "c.yaml"
    file.write_text(text, "utf-8")
    return flat(load({}, HOME, file).settings)


def complaint(text: str | bytes, folder: Path) -> str:
    """What is said about a file, without its folder."""
    file = folder / "c.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load({}, HOME, file)
    said = str(caught.value)
    assert "\n" not in said
    assert said.isprintable()
    return said.removeprefix(f"{folder}/")


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("server: 127.0.0.1:1\nshop_name: From File\nworkers: 2\n")
    loaded = load(
        {"server": "127.0.0.1:3"}, {"CHATADMIN_SERVER": "127.0.0.1:2", "CHATADMIN_WORKERS": "3", **HOME}, file
    )
    assert (loaded.settings.server, loaded.origin["server"]) == ("127.0.0.1:3", "--server")
    assert (loaded.settings.workers, loaded.origin["workers"]) == (3, "CHATADMIN_WORKERS")
    assert (loaded.settings.shop_name, loaded.origin["shop_name"]) == ("From File", f"{file}:2")
    assert loaded.settings.limits.burst == 40
    assert loaded.origin["limits.burst"].startswith("default_config.yaml:")


def test_files_lie_beside_our_own_store_and_nowhere_beside_another_that_nobody_named() -> None:
    def directory(**flags: str) -> str:
        named = {name.replace("__", "."): value for name, value in flags.items()}
        return load({"data_dir": "/data", **named}, HOME, None).settings.files_directory

    assert directory() == "/data/files"
    assert directory(files__directory="/shared") == "/shared"
    assert directory(redis="redis://h:1/0") == ""
    assert directory(redis="redis://h:1/0", files__directory="/shared") == "/shared"


def test_the_default_file_names_every_setting_and_explains_it() -> None:
    lines = Path("default_config.yaml").read_text("utf-8").splitlines()
    loaded = load({}, HOME, Path("default_config.yaml"))
    for name, _ in names():
        line = int(loaded.origin[name].rpartition(":")[2]) - 1
        above = [text.strip() for text in lines[max(0, line - 8) : line + 1]]
        assert any("#" in text for text in above), f"{name} has no comment near line {line + 1}"


def test_the_working_folder_comes_before_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    (home / ".config" / "chatadmin").mkdir(parents=True)
    here.mkdir()
    (home / ".config" / "chatadmin" / "chatadmin.yaml").write_text("shop_name: Home\n")
    monkeypatch.chdir(here)
    environment = {"HOME": str(home)}
    assert load({}, environment, None).settings.shop_name == "Home"
    (here / "chatadmin.yaml").write_text("shop_name: Here\n")
    assert load({}, environment, None).settings.shop_name == "Here"
    assert load({}, {**environment, "XDG_CONFIG_HOME": "/none"}, None).settings.shop_name == "Here"


def test_the_service_s_file_comes_last_and_is_none_of_the_demo_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "system.yaml"
    file.write_text("shop_name: Service\n")
    monkeypatch.setattr("app.config.sources.SYSTEM_FILE", file)
    monkeypatch.chdir(tmp_path)
    assert load({}, HOME, None).settings.shop_name == "Service"
    assert load({}, HOME, None, demo=True).settings.shop_name == ""
    (tmp_path / "chatadmin.yaml").write_text("shop_name: Here\n")
    assert load({}, HOME, None).settings.shop_name == "Here"


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ({"XDG_DATA_HOME": "/data"}, "/data/chatadmin"),
        ({"HOME": "{tmp}"}, "{tmp}/.local/share/chatadmin"),
        ({"HOME": "/"}, "{cwd}/chatadmin-data"),
        ({}, "{cwd}/chatadmin-data"),
        ({"CHATADMIN_DATA_DIR": "~/shop", "HOME": "{tmp}"}, "{tmp}/shop"),
    ],
)
def test_data_has_a_place_even_without_a_home(environment: dict[str, str], place: str, tmp_path: Path) -> None:
    environment = {name: value.format(tmp=tmp_path) for name, value in environment.items()}
    found = load({}, environment, None).settings.data_dir
    assert found == place.format(tmp=tmp_path, cwd=Path.cwd())


def test_nested_settings_and_lists_in_the_environment() -> None:
    environment = {
        **HOME,
        "CHATADMIN_LIMITS__MESSAGES_PER_SECOND": "0",
        "CHATADMIN_HOSTS": "chat.example.com, shop.example.com",
        "CHATADMIN_TLS__KEY": "",
        "CHATADMIN_ALERTS__REPEAT": "10, 20",
    }
    found = load({}, environment, None).settings
    assert found.limits.messages_per_second == 0
    assert found.hosts == ["chat.example.com", "shop.example.com"]
    assert found.alerts.repeat == [10, 20]


def test_an_unknown_variable_is_named_and_those_of_kubernetes_are_not_ours() -> None:
    with pytest.raises(ConfigError, match="CHATADMIN_SERVRE: there is no such setting"):
        load({}, {"CHATADMIN_SERVRE": "x", **HOME}, None)
    kubernetes = {
        "CHATADMIN_SERVICE_HOST": "10.0.0.1",
        "CHATADMIN_SERVICE_PORT": "9090",
        "CHATADMIN_PORT": "tcp://10.0.0.1:9090",
        "CHATADMIN_PORT_9090_TCP_ADDR": "10.0.0.1",
        "CHATADMIN_SERVICE_PORT_HTTP": "9090",
        "CHATADMIN_VALKEY_SERVICE_HOST": "10.0.0.2",  # of a service beside ours, chatadmin-valkey
        "CHATADMIN_VALKEY_SERVICE_PORT_TCP_VALKEY": "6379",
        "CHATADMIN_VALKEY_PORT": "tcp://10.0.0.2:6379",
        "CHATADMIN_VALKEY_PORT_6379_TCP_PROTO": "tcp",
    }
    assert load({}, {**kubernetes, **HOME}, None).settings.server == "0.0.0.0:9090"
    for ours in ("CHATADMIN_SERVICE", "CHATADMIN_SERVICE_HOSTS", "CHATADMIN_PORTS", "CHATADMIN_VALKEY_SERVICE_NAME"):
        with pytest.raises(ConfigError, match=f"{ours}: there is no such setting"):
            load({}, {ours: "x", **HOME}, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("serverr: x\n", "c.yaml:1: serverr: there is no such setting"),
        ("\n\nlimits:\n  frame_bits: 1\n", "c.yaml:4: limits.frame_bits: there is no such setting"),
        ("demo: true\n", "c.yaml:1: demo: there is no such setting"),
        ("workers: two\n", "c.yaml:1: workers: expected a whole number or auto, not 'two'"),
        ("workers: true\n", "c.yaml:1: workers: expected a whole number or auto, not True"),
        ("workers:\n", "c.yaml:1: workers: expected a whole number or auto, not None"),
        ("workers: 0\n", "c.yaml:1: workers: must be from 1 to 256, not 0"),
        ("server: 9090\n", "c.yaml:1: server: expected text, not 9090"),
        ("server: localhost\n", "c.yaml:1: server: expected host:port"),
        ("server: '::1:9090'\n", "c.yaml:1: server: expected host:port"),
        ("server: a:99999\n", "c.yaml:1: server: expected host:port"),
        ("server: [a]\n", "c.yaml:1: server: expected text, not ['a']"),
        ("server: '[::1:90'\n", "c.yaml:1: server: expected host:port"),
        ("server: '[zz]:90'\n", "c.yaml:1: server: expected host:port"),
        ("server: '*:90'\n", "c.yaml:1: server: expected host:port"),
        ("workers: 010\n", "c.yaml:1: workers: expected a whole number or auto, not 010, which YAML takes for 8"),
        ("limits:\n  burst: 1:30\n", "c.yaml:2: limits.burst: expected a whole number, not 1:30, which YAML takes"),
        ("hosts: chat.example.com\n", "c.yaml:1: hosts: expected a list of texts, not 'chat.example.com'"),
        ("hosts: [1]\n", "c.yaml:1: hosts: expected a list of texts"),
        ("hosts: &a [*a]\n", "c.yaml:1: hosts: the value cannot be read"),
        ("hosts: !secret x\n", "c.yaml:1: hosts: the value cannot be read"),
        ("workers: !!int x\n", "c.yaml:1: workers: the value cannot be read"),
        ("shop_name: 2001-13-45\n", "c.yaml:1: shop_name: the value cannot be read"),
        ("log_level: loud\n", "c.yaml:1: log_level: expected one of debug, info, warning, error, not 'loud'"),
        ("url: chat.example.com\n", "c.yaml:1: url: expected the address by which people"),
        ("url: https://ä.example\n", "c.yaml:1: url: expected the address"),
        ("mail: {from: ä@b.example}\n", "c.yaml:1: mail.from: expected one address"),
        ("url: https://a.example/chat\n", "c.yaml:1: url: expected the address"),
        ("url: https://a:b@c.example\n", "c.yaml:1: url: expected the address"),
        ("url: 'https://[x'\n", "c.yaml:1: url: expected the address"),
        ("url: https://a.example:0\n", "c.yaml:1: url: expected the address"),
        ("url: https://a.example:x\n", "c.yaml:1: url: expected the address"),
        ("mail: {smtp: smtp.example.com}\n", "c.yaml:1: mail.smtp: expected an address such as smtp://user"),
        ("mail: {smtp: 'http://u:s3cret@h'}\n", "c.yaml:1: mail.smtp: expected an address such as smtp://user"),
        ("mail: {smtp: 'smtp://u:s3cret@h:0'}\n", "c.yaml:1: mail.smtp: expected an address"),
        ("mail: {smtp: 'smtp://u:@h'}\n", "c.yaml:1: mail.smtp: expected an address"),
        ("mail: {smtp: 'smtp://u:s3%0Acret@h'}\n", "c.yaml:1: mail.smtp: expected an address"),
        ("mail: {from: Shop <a@b.example>}\n", "c.yaml:1: mail.from: expected one address of the shop's"),
        ("alerts: {after: 10081}\n", "c.yaml:1: alerts.after: must be from 0 to 10080, not 10081"),
        ("alerts: {repeat: [a]}\n", "c.yaml:1: alerts.repeat: expected a list of whole numbers, not ['a']"),
        ("alerts: {repeat: [60, 15]}\n", "c.yaml:1: alerts.repeat: expected minutes up to 10080, each more than"),
        ("redis: http://x\n", "c.yaml:1: redis: expected an address such as redis://"),
        ("redis: redis://host:port\n", "c.yaml:1: redis: expected an address such as redis://"),
        ("redis: redis://host/name\n", "c.yaml:1: redis: expected an address such as redis://"),
        ("redis: redis+sentinel://a\n", "c.yaml:1: redis: expected an address such as redis://host:6379/0"),
        ("redis: redis+cluster://a:70000\n", "c.yaml:1: redis: expected an address such as redis://host:6379/0"),
        ("acknowledge:\n  on_disk: 1\n", "c.yaml:2: acknowledge.on_disk: expected true or false, not 1"),
        ("acknowledge:\n  replicas: 17\n", "c.yaml:2: acknowledge.replicas: must be from 0 to 16, not 17"),
        ("trusted_proxies: [proxy]\n", "c.yaml:1: trusted_proxies: 'proxy' is no address or network"),
        ("origins: [shop.example.com]\n", "c.yaml:1: origins: 'shop.example.com' is no origin"),
        ("origins: ['https://a/b']\n", "c.yaml:1: origins: 'https://a/b' is no origin"),
        (
            "sites: [shop.example.com]\n",
            "c.yaml:1: sites: 'shop.example.com' is no site such as https://shop.example.com",
        ),
        ("sites:\n- https://a\n- https://*.com\n", "c.yaml:1: sites: 'https://*.com' is no site"),
        (f"sites: [{', '.join(f'http://a{n}' for n in range(101))}]\n", "c.yaml:1: sites: there are more than 100"),
        ("limits:\n  unacknowledged: 0\n", "c.yaml:2: limits.unacknowledged: must be from 1 to 16, not 0"),
        ("limits:\n  unacknowledged: 17\n", "c.yaml:2: limits.unacknowledged: must be from 1 to 16, not 17"),
        ("limits:\n  burst: -1\n", "c.yaml:2: limits.burst: must be from 0"),
        ("limits:\n  messages_per_second: .nan\n", "c.yaml:2: limits.messages_per_second: must be from 0"),
        ("limits:\n  file_bytes: 0\n", "c.yaml:2: limits.file_bytes: must be from 1 to "),
        ("files:\n  directory: files\n", "c.yaml:2: files.directory: expected a whole path such as /srv/files, not"),
        ("files:\n  scan: 'sh -c \"'\n", "c.yaml:2: files.scan: a quote in it is not closed"),
        ("files:\n  scan: no-such-scanner --fast\n", "c.yaml:2: files.scan: there is no program no-such-scanner"),
        ("limits: 5\n", "c.yaml:1: limits: expected settings, as in `name: value`"),
        ("redis: rediss://a?ssl_ca_certs=/no\n", "c.yaml:1: redis: what follows the ? cannot be used: No such file"),
        (
            "redis: redis+cluster://a?db=x\n",
            "c.yaml:1: redis: what follows the ? cannot be used: Invalid value for 'db'",
        ),
        ("tls: {certificate: x}\n", "c.yaml:1: tls: needs both certificate and key"),
        ("tls: {certificate: /no, key: /no}\n", "c.yaml:1: tls.certificate: the file /no cannot be read"),
        (
            "hosts: [a.test]\ntls: {automatic: true, certificate: x}\n",
            "c.yaml:2: tls.automatic: leave out tls.certificate and tls.key beside it",
        ),
        ("tls: {automatic: true}\n", "c.yaml:1: tls.automatic: needs the names that people open, as in hosts: ["),
        (
            "hosts: [a.test]\nredis: redis://b\ntls: {automatic: true}\n",
            "c.yaml:3: tls.automatic: not with a store of your own",
        ),
        ("hosts: [1.2.3.4]\ntls: {automatic: true}\n", "c.yaml:1: hosts: no certificate comes by itself for '1.2.3.4'"),
        ("tls: {email: nobody}\n", "c.yaml:1: tls.email: expected one address"),
        ("tls: {directory: http://a.test/}\n", "c.yaml:1: tls.directory: expected the address of an ACME directory"),
        ("tls: {directory: 'https://[x'}\n", "c.yaml:1: tls.directory: expected the address of an ACME directory"),
        ("tls: {directory: 'https://a.test:x/'}\n", "c.yaml:1: tls.directory: expected the address of an ACME"),
        ("tls: {directory: 'https://a.test:0/'}\n", "c.yaml:1: tls.directory: expected the address of an ACME"),
        ("tls: {directory: 'https://a.test:65536/'}\n", "c.yaml:1: tls.directory: expected the address of an ACME"),
        ("tls: {directory: 'https://a:b@c.test/'}\n", "c.yaml:1: tls.directory: expected the address of an ACME"),
        ("tls: {directory: ''}\n", "c.yaml:1: tls.directory: expected the address of an ACME"),
        ("tls: {http: ''}\n", "c.yaml:1: tls.http: expected host:port"),
        ("tls: {http: 80}\n", "c.yaml:1: tls.http: expected text"),
        ("tls: {http: '80'}\n", 'c.yaml:1: tls.http: expected host:port, as ":80"'),
        ("workers: 1\nworkers: 2\n", "c.yaml:2: workers: is set twice"),
        ("tls: {key: a}\ntls: {key: b}\n", "c.yaml:2: tls.key: is set twice"),
        ("- a\n- b\n", "c.yaml:1: the file: expected settings"),
        ("just words\n", "c.yaml:1: the file: expected settings"),
        ("? [a]\n: 1\n", "c.yaml:1: expected the name of a setting"),
        ('"a\\e[2Jb\\nc": 1\n', "c.yaml:1: a?[2Jb?c: there is no such setting"),
        ("server: [1\nredis: x\n", "c.yaml:2: not valid YAML"),
        ("server: a: b\n", "c.yaml:1: not valid YAML"),
        ("a: 1\n---\nb: 2\n", "c.yaml:2: not valid YAML"),
        ("a: \x00\n", "c.yaml:1: not valid YAML"),
        ("[" * 5000, "c.yaml: not valid YAML: nested too deeply"),
        (b"\xef\xbb\xbfserver: :1\n", "c.yaml:1: starts with a byte order mark"),
        ("server: :1\n".encode("utf-16"), "c.yaml: is not UTF-8 text"),
        (b"shop_name: caf\xe9\n", "c.yaml: is not UTF-8 text"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_file_line_and_key(
    text: str | bytes, expected: str, tmp_path: Path
) -> None:
    assert complaint(text, tmp_path).startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("server: [::]:9090\n", 'c.yaml:1: not valid YAML…; the value of server needs quotes: server: "[::]:9090"'),
        (
            "workers: 1\nserver: [::1]:9090 # us\n",
            'c.yaml:2: not valid YAML…of server needs quotes: server: "[::1]:9090"',
        ),
        ("server: [fe80::1]:90\n", 'c.yaml:1: not valid YAML…the value of server needs quotes: server: "[fe80::1]:90"'),
        ("server: *:9090\n", 'c.yaml:1: not valid YAML…; the value of server needs quotes: server: "*:9090"'),
        ("shop_name: Tea: Kettle\n", 'c.yaml:1: not valid YAML…shop_name needs quotes: shop_name: "Tea: Kettle"'),
        ("shop_name: @home\n", 'c.yaml:1: not valid YAML…shop_name needs quotes: shop_name: "@home"'),
        ("trusted_proxies: [::1]\n", "c.yaml:1: not valid YAML…; each entry of trusted_proxies needs quotes"),
        ("origins: [https://[::1]:90]\n", "c.yaml:1: not valid YAML…; each entry of origins needs quotes"),
        ("trusted_proxies:\n  - 1::\n", "c.yaml:1: trusted_proxies: expected a list…; each needs quotes"),
        ("hosts: [no, 1]\n", "c.yaml:1: hosts: expected a list of texts, not [False, 1]; each needs quotes"),
        ("server: 9090\n", 'c.yaml:1: server: expected text…; a port alone is written server: ":9090"'),
        ("server: 1:30\n", 'c.yaml:1: server: expected text, not 90; it needs quotes: server: "1:30"'),
        ("shop_name: no\n", 'c.yaml:1: shop_name: expected text, not False; it needs quotes: shop_name: "no"'),
        ("tls: {key: 0777}\n", 'c.yaml:1: tls.key: expected text, not 511; it needs quotes: key: "0777"'),
        ("metrics_token: &abc\n", "c.yaml:1: metrics_token: expected text; it needs quotes"),
        ("metrics_token: *abc\n", "c.yaml:1: not valid YAML; the value of metrics_token needs quotes"),
        ("mail:\n  smtp: [abc\n", "c.yaml:3: not valid YAML; the value of smtp needs quotes"),
        ("redis: [abc\n", "c.yaml:2: not valid YAML; the value of redis needs quotes"),
        ("\tserver: x\n", "c.yaml:1: not valid YAML: found character '\\t' that cannot start any token"),
    ],
)
def test_what_lacks_quotes_is_told_to(text: str, expected: str, tmp_path: Path) -> None:
    said, (start, _, end) = complaint(text, tmp_path), expected.partition("…")
    assert said.startswith(start)
    assert said.endswith(end)
    assert "abc" not in said


def test_a_file_that_grows_without_end_is_told_in_short(tmp_path: Path) -> None:
    laughs = "hosts:\n  - &a [x, x, x, x, x, x, x, x, x]\n"
    for name, before in zip("bcdefghij", "abcdefghi", strict=True):
        laughs += f"  - &{name} [{', '.join(['*' + before] * 9)}]\n"
    assert len(complaint(laughs, tmp_path)) < 5000


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for place, reason in ((tmp_path / "none.yaml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(ConfigError, match=f"{place}: cannot be read: {reason}"):
            load({}, HOME, place)


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "hosts:\norigins:\nshop_name:\n", "server: ':9090'\n", "server: '[::1]:0'\n"]
)
def test_what_is_left_empty_is_the_default(text: str, tmp_path: Path) -> None:
    found = settings_of(text, tmp_path)
    assert (found["hosts"], found["shop_name"]) == ([], "")


@pytest.mark.parametrize(
    "url", ["redis://h", "redis://u:p@h:6379/0", "rediss://h:1/", "unix:///run/x.sock?db=1", "redis://[::1]:6379"]
)
def test_addresses_of_single_stores_are_taken(url: str, tmp_path: Path) -> None:
    assert settings_of(f"redis: {url}\n", tmp_path)["redis"] == url


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("metrics_token", "s3cret", "***"),
        ("metrics_token", "", ""),
        ("redis", "redis://u:s3cret@h:1/0", "redis://u:***@h:1/0"),
        ("redis", "redis://:s3cr@et@h", "redis://:***@h"),
        ("redis", "unix:///s.sock?password=s3cret&db=1", "unix:///s.sock?password=***&db=1"),
        ("redis", "redis://h:1/0", "redis://h:1/0"),
        ("redis", "", ""),
        ("mail.smtp", "smtps://a@b.example:s3c?r@et@h:465", "smtps://a@b.example:***@h:465"),
        ("shop_name", "a@b", "a@b"),
    ],
)
def test_secrets_are_masked(name: str, value: str, shown: str) -> None:
    assert masked(name, value) == shown


PASSWORDS = (
    "redis://u:s3cret@h:1/0",
    "unix://:s3cret@/s.sock",
    "unix:///s.sock?password=s3cret",
    "redis+sentinel://h/name?sentinel_password=s3cret",
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://h", MailServer("h", 587, "", "", tls=False)),
        (
            "smtps://a@b.example:p:a?s/s@mail.example.com/",
            MailServer("mail.example.com", 465, "a@b.example", "p:a?s/s", True),
        ),
        ("smtp://u%3Aser:100%25@[::1]:25", MailServer("::1", 25, "u:ser", "100%", tls=False)),
    ],
)
def test_a_mail_server_is_read_from_its_address(address: str, expected: MailServer) -> None:
    given = {"CHATADMIN_MAIL__SMTP": address, "CHATADMIN_MAIL__FROM": "chat@b.example", **HOME}
    found = load({}, given, None).settings
    assert found.mail.server == expected
    assert expected.loopback == (expected.host == "::1")
    assert not found.sends_mail
    assert load({}, {**given, "CHATADMIN_URL": "https://b.example/"}, None).settings.sends_mail


def test_a_mail_servers_password_is_not_left_for_others_to_read(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("mail: {smtp: 'smtp://u:s3c?ret@h'}\n")
    file.chmod(0o644)
    assert exposed(load({}, HOME, file)) == [f"{file}: others can read it, and it holds mail.smtp: chmod 600 {file}"]


@pytest.mark.parametrize("url", PASSWORDS)
def test_a_password_on_the_command_line_is_warned_of(url: str) -> None:
    (line,) = exposed(load({"redis": url}, HOME, None))
    assert line.startswith("--redis: ps shows its password to everybody")
    assert "CHATADMIN_REDIS" in line
    assert "s3cret" not in line
    assert exposed(load({}, {"CHATADMIN_REDIS": url, **HOME}, None)) == []


@pytest.mark.parametrize("url", ["redis://h:1/0", "redis://u@h", "redis://u:@h", "redis://[::1]:1", "unix:///a.b"])
def test_an_address_without_a_password_may_be_seen(url: str) -> None:
    assert not holds_secret("redis", url)


@pytest.mark.parametrize("bits", [0o644, 0o640, 0o604, 0o600, 0o400])
def test_a_file_of_secrets_that_others_can_read_is_warned_of(bits: int, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("shop_name: Tea\nmetrics_token: s3cret\nredis: redis://:s3cret@h\n")
    file.chmod(bits)
    expected = f"{file}: others can read it, and it holds metrics_token and redis: chmod 600 {file}"
    assert exposed(load({}, HOME, file)) == ([expected] if bits & 0o044 else [])
    file.chmod(0o644)
    given = {"CHATADMIN_METRICS_TOKEN": "", "CHATADMIN_REDIS": "redis://h", **HOME}
    assert exposed(load({}, given, file)) == []


@pytest.mark.usefixtures("as_root")
def test_a_file_that_we_read_as_its_group_is_for_us(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("metrics_token: s3cret\n")
    os.chown(file, 4711, -1)
    for bits, lines in ((0o640, 0), (0o644, 1)):
        file.chmod(bits)
        assert len(exposed(load({}, HOME, file))) == lines


def test_a_private_key_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "one")
    file = tmp_path / "c.yaml"
    file.write_text(f"tls: {{certificate: {certificate}, key: {key}}}\n")
    for bits, lines in (
        (0o644, [f"{key}: others can read it, and it holds the private key: chmod 600 {key}"]),
        (0o600, []),
    ):
        key.chmod(bits)
        assert exposed(load({}, HOME, file)) == lines


def test_a_wrong_secret_is_not_repeated(tmp_path: Path) -> None:
    assert complaint("metrics_token: 12345\n", tmp_path).endswith("metrics_token: expected text; it needs quotes")
    assert "s3cret" not in complaint("redis: http://:s3cret@h\n", tmp_path)


def make_certificate(folder: Path, name: str, *more: str) -> tuple[Path, Path]:
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    request = ["openssl", "req", "-x509", "-newkey", "ed25519", "-subj", "/CN=shop", "-keyout", str(key)]
    subprocess.run(
        [*request, "-out", str(certificate), *(more or ["-nodes"])], check=True, capture_output=True, timeout=PATIENCE
    )
    return certificate, key


def test_a_certificate_has_to_be_usable(tmp_path: Path) -> None:
    one, other = make_certificate(tmp_path, "one"), make_certificate(tmp_path, "other")
    locked = make_certificate(tmp_path, "locked", "-passout", "pass:s3cret")
    (tmp_path / "text").write_text("not a certificate")

    def text(certificate: Path, key: Path) -> str:
        return f"workers: 1\ntls:\n  certificate: {certificate}\n  key: {key}\n"

    assert settings_of(text(*one), tmp_path)["tls.key"] == str(one[1])
    for pair in ((one[0], other[1]), (tmp_path / "text", one[1]), (one[0], tmp_path / "text"), locked):
        assert complaint(text(*pair), tmp_path).startswith(f"c.yaml:3: tls: {pair[0]} and {pair[1]} cannot be used: ")


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=40))
def test_no_text_in_a_variable_breaks_it(text: str) -> None:
    for name, _ in names():
        variable = "CHATADMIN_" + name.upper().replace(".", "__")
        said = variable
        try:
            load({}, {variable: text, **HOME}, None)
        except ConfigError as error:
            said = str(error)
        assert variable in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('at: "03:30"\n  to: /mnt/backups', ""),
        ('at: "03:30 europe/Berlin"\n  to: /mnt/backups', ""),
        ('at: "3:30"\n  to: /mnt/backups', "c.yaml:2: backup.at: expected a time in quotes"),
        ('at: "24:00"\n  to: /mnt/backups', "c.yaml:2: backup.at: expected a time in quotes"),
        ('at: "03:30 Nowhere/Land"\n  to: /mnt/backups', "c.yaml:2: backup.at: expected a time in quotes"),
        ("at: 13:30\n  to: /mnt/backups", "c.yaml:2: backup.at: expected text"),
        ('at: "03:30"', "c.yaml:2: backup.at: needs backup.to"),
        ("to: backups", "c.yaml:2: backup.to: expected a whole path"),
        ("to: s3://bucket", "c.yaml:2: backup.to: a bucket needs backup.s3.access_key and backup.s3.secret_key"),
        ("to: s3://Bucket", "c.yaml:2: backup.to: expected a whole path"),
        ("to: s3://bucket/a?b\n", "c.yaml:2: backup.to: expected a whole path"),
        ("to: s3://bucket/shop\n  s3: {access_key: a, secret_key: b}", ""),
        ("keep: 0", "c.yaml:2: backup.keep: must be from 1"),
        ("encrypt_to: AGE-SECRET-KEY-1", "c.yaml:2: backup.encrypt_to: expected a public key"),
        ("encrypt_to: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", ""),
        ("s3: {endpoint: s3.example.com}", "c.yaml:2: backup.s3.endpoint: expected an address"),
        ("s3: {endpoint: 'https://s3.example.com/bucket'}", "c.yaml:2: backup.s3.endpoint: expected an address"),
        ("s3: {endpoint: 'http://127.0.0.1:9000'}", ""),
        ("s3: {endpoint: 'https://s3.example.com/'}", ""),
        ("s3: {endpoint: 'http://[::1]:9000'}", ""),
        ("s3: {endpoint: 'http://[x'}", "c.yaml:2: backup.s3.endpoint: expected an address"),
        ("s3: {endpoint: 'http://127.0.0.1:65536'}", "c.yaml:2: backup.s3.endpoint: expected an address"),
        ("s3: {region: a b}", "c.yaml:2: backup.s3.region: expected the name"),
    ],
)
def test_what_is_wrong_with_a_backups_setting_is_said(text: str, expected: str, tmp_path: Path) -> None:
    text = f"backup:\n  {text}\n"
    if expected:
        assert complaint(text, tmp_path).startswith(expected)
    else:
        settings_of(text, tmp_path)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("url", "http://[::1]:9090"),
        ("tls.directory", "https://[::1]:14000/dir"),
        ("tls.directory", "https://acme.example/@us?a=b"),
    ],
)
def test_an_address_may_be_of_ipv6_and_a_directory_s_may_go_deep(name: str, address: str) -> None:
    assert flat(load({name: address}, HOME, None).settings)[name] == address


def test_a_bucket_s_keys_are_masked(tmp_path: Path) -> None:
    found = settings_of("backup: {to: 's3://backups', s3: {access_key: AKIA, secret_key: sesame}}", tmp_path)
    assert {masked(name, found[name]) for name in ("backup.s3.access_key", "backup.s3.secret_key")} == {"***"}


def test_a_courier_is_needed_for_mail_and_for_backups() -> None:
    def needs(**flags: str) -> bool:
        return load(
            {name.replace("__", "."): value for name, value in flags.items()}, HOME, None
        ).settings.needs_courier

    assert not needs()
    assert needs(backup__to="/mnt/backups")
    assert needs(mail__smtp="smtp://localhost:25", mail__from="a@example.com", url="https://a.example.com")
