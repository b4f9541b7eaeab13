"""OpenStack Swift with its S3 interface, whole, in one process: for the machine's own Python, with Debian's package
python3-swift.

    /usr/bin/python3 swift_server.py FOLDER SECRET_KEY

It prints its port once it answers, and ends with its standard input. Objects are in memory, all else is in FOLDER.
Signatures are checked by Swift's own s3api, for the access key `shop:backup`.
"""

import os
import sys
from pathlib import Path
from typing import Any

import eventlet

eventlet.monkey_patch()

FOLDER, SECRET_KEY = Path(sys.argv[1]), sys.argv[2]
(FOLDER / "swift.conf").write_text(
    "[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = one\ndefault = yes\n"
)
from swift.common import utils  # noqa: E402 - it reads its configuration as it is loaded

utils.SWIFT_CONF_FILE = str(FOLDER / "swift.conf")
utils.validate_hash_conf()
from swift.common import storage_policy  # noqa: E402

storage_policy.SWIFT_CONF_FILE = utils.SWIFT_CONF_FILE
storage_policy.reload_storage_policies()
from eventlet import tpool, wsgi  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

DEFAULT = f"""[DEFAULT]
swift_dir = {FOLDER}
devices = {FOLDER}/devices
mount_check = false
disable_fallocate = true
"""
STORES = {"account": "account", "container": "container", "object": "mem_object"}
STORE = """[pipeline:main]
pipeline = server
[app:server]
use = egg:swift#{egg}
"""
PROXY = f"""[pipeline:main]
pipeline = catch_errors cache listing_formats s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_shop_backup = {SECRET_KEY} .admin
"""
PLAIN = ("catch_errors", "listing_formats", "copy", "slo", "dlo")
PROXY += "".join(f"[filter:{one}]\nuse = egg:swift#{one}\n" for one in PLAIN)


def serve(name: str, text: str, listener: Any) -> None:
    """Run the server that `text` describes."""
    conf = FOLDER / f"{name}.conf"
    conf.write_text(DEFAULT + text)
    eventlet.spawn(wsgi.server, listener, loadapp(str(conf), global_conf={}), log_output=False)


def main() -> None:
    """Each of Swift's servers has a port of its own, and a ring says which."""
    (FOLDER / "devices" / "one").mkdir(parents=True)
    listeners = {name: eventlet.listen(("127.0.0.1", 0)) for name in STORES}
    for name, listener in listeners.items():
        ring, address = RingBuilder(1, 1, 0), listener.getsockname()
        place = {"ip": address[0], "port": address[1], "replication_ip": address[0], "replication_port": address[1]}
        ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "one", **place})
        ring.rebalance()
        ring.get_ring().save(str(FOLDER / f"{name}.ring.gz"))
    for name, egg in STORES.items():
        serve(name, STORE.format(egg=egg), listeners[name])
    front = eventlet.listen(("127.0.0.1", 0))
    serve("proxy", PROXY, front)
    os.write(1, b"%d\n" % front.getsockname()[1])
    tpool.execute(sys.stdin.buffer.read)


main()
