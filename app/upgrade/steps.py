"""The steps of an upgrade, in their order, each of which may be the last: what is left then, the next run understands.

Nothing of what serves is touched before the new version has proved whose it is, that it starts, that it finds nothing
wrong, and that there is a backup. Then it takes the place of the former in one step, and until it is ready to serve the
former is put back whatever goes wrong. Between those two no signal ends us, but for SIGKILL: then the next run goes on
where this one was cut off, by the journal.

What is needed after the files have changed places must be in memory by then: a frozen program's modules are read from
its file, which is another one from that moment on.
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from app import __version__
from app.upgrade import fetch, signature
from app.upgrade.failure import UpgradeError
from app.upgrade.journal import Build, Journal, Swap
from app.upgrade.place import Place, digest
from app.upgrade.server import Server
from app.upgrade.signals import Held
from app.upgrade.surroundings import surroundings
from app.upgrade.version import parse

_ANSWERS = 120.0  # seconds for the new version to say which it is; one takes 0.1
_CHECKS = 600.0  # seconds for its check, which may have to load a store
_UNCHANGED = "nothing was changed"

Say = Callable[[str], None]


class Asked(msgspec.Struct, frozen=True):
    """What the operator wants. `flags` are those of the settings, for the programs that we run."""

    what: str
    restart: str
    sha256: str
    allow_downgrade: bool
    flags: Sequence[str]


class Upgrade:
    """One run. `backup(program, version)` makes a backup by the present program, and says where it is."""

    def __init__(
        self, place: Place, server: Server, asked: Asked, say: Say, backup: Callable[[Path, str], str]
    ) -> None:
        self._place, self._server, self._asked, self._say, self._backup = place, server, asked, say, backup

    def run(self) -> None:
        """Do it. Raises UpgradeError, which says what is in use now; KeyboardInterrupt where nothing was changed."""
        self._place.refuse_unfit()
        try:
            with Journal(self._place) as journal, Held() as held:
                if left := journal.read():
                    held.hold()
                    self._go_on(journal, left)
                    held.let_go()
                self._place.clean()
                try:
                    if swap := self._prepare():
                        held.hold()
                        self._swap(journal, swap)
                finally:
                    self._place.clean()
        except OSError as error:
            says = f"{error.filename or self._place.file}: {error.strerror}"
            raise UpgradeError(f"{says}. Run it again once that is mended") from None

    def _prepare(self) -> Swap | None:
        """Have the new version beside the present one, proved; None where it is the present one."""
        before = Build(__version__, digest(self._place.file))
        signed = self._signed()
        after = self._acquire(signed)
        if after == before.sha256:
            self._say(f"{self._asked.what} is what is in use: there is nothing to do")
            return None
        version = self._ask_version()
        if parse(version) < parse(__version__) and not self._asked.allow_downgrade:
            says = f"{version} is older than {__version__}, and may not read what that wrote"
            raise UpgradeError(f"{says}: with --allow-downgrade it takes its place. {_UNCHANGED.capitalize()}")
        self._check(version)
        self._say(f"{version} starts, and its check finds nothing that fails")
        self._say(f"backed up to {self._backup(self._place.file, version)}")
        return Swap(before, Build(version, after), self._asked.restart, time.time())

    def _signed(self) -> tuple[list[str], bytes] | None:
        """The keys that count and the signature, which is wanted before 40 MB are; None in a build without keys."""
        trusted = signature.keys()
        if trusted:
            return trusted, fetch.signature(self._asked.what, signature.LARGEST)
        if not self._asked.sha256:
            says = "this build has no release key, so nobody's signature can be checked"
            raise UpgradeError(f"{says}: give the file's SHA-256, from where you trust it, as --sha256; {_UNCHANGED}")
        return None

    def _acquire(self, signed: tuple[list[str], bytes] | None) -> str:
        """Bring the file, and see that it is what was meant; its SHA-256."""
        place, asked = self._place, self._asked
        self._say(f"taking {asked.what}")
        came = fetch.fetch(asked.what, place.part)
        if asked.sha256 and came != asked.sha256.lower():
            raise UpgradeError(f"{asked.what} has the SHA-256 {came}, not that of --sha256: {_UNCHANGED}")
        by = f', signed: "{signature.check(place.part, signed[1], signed[0])}"' if signed else ""
        self._say(f"SHA-256 {came}{by}")
        place.accept()
        return came

    def _ask_version(self) -> str:
        status, said, wrong = self._run_new("--version", longest=_ANSWERS)
        name, _, version = said.strip().partition(" ")
        if status != 0 or name != "chatadmin":
            why = " ".join((wrong or said).split())[:200] or f"exit {status}"
            raise UpgradeError(f"{self._asked.what} does not run here ({why}): {_UNCHANGED}")
        return version

    def _check(self, version: str) -> None:
        status, said, wrong = self._run_new(*self._asked.flags, "check", longest=_CHECKS)
        if status != 0:
            lines = [line for line in said.splitlines() if line.startswith("fail")] or wrong.splitlines()[-1:]
            why = "; ".join(" ".join(line.split()) for line in lines) or f"exit {status}"
            raise UpgradeError(f"the check of {version} says: {why}. {_UNCHANGED.capitalize()}")

    def _run_new(self, *arguments: str, longest: float) -> tuple[int, str, str]:
        """Run the new version; its exit status, and what it wrote to stdout and stderr."""
        line, null = [str(self._place.new), *arguments], subprocess.DEVNULL
        try:
            done = subprocess.run(
                line, stdin=null, env=surroundings(), capture_output=True, timeout=longest, check=False
            )
        except OSError as error:  # of another kind of machine, say
            return -1, "", error.strerror or str(error)
        except subprocess.TimeoutExpired:
            return -1, "", f"it did not end within {longest:.0f} s"
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def _swap(self, journal: Journal, swap: Swap) -> None:
        self._server.serving()  # what asking needs is loaded by that
        journal.write(swap)
        self._place.swap()
        self._say(f"{swap.after.version} is in place; {swap.before.version} is kept as {self._place.old}")
        self._settle(journal, swap)

    def _settle(self, journal: Journal, swap: Swap) -> None:
        """See that what is in place now serves; else give its place back. Raises UpgradeError then."""
        if not swap.restart:
            self._say("restart the server: until then it is the former version that serves")
        else:
            self._say(f"restarting: {swap.restart}")
            if trouble := self._server.restart(swap.restart, swap.after.version):
                self._undo(journal, swap, trouble)
            self._say(f"{swap.after.version} is ready, and serves")
        journal.settle()

    def _undo(self, journal: Journal, swap: Swap, trouble: str) -> None:
        journal.write(msgspec.structs.replace(swap, phase="undoing"))
        self._say(f"{swap.after.version}: {trouble}; {swap.before.version} is put back")
        self._place.undo()
        self._revive(journal, swap, trouble)

    def _revive(self, journal: Journal, swap: Swap, trouble: str) -> None:
        """Have the former version serve again, whose file is back in its place. Raises UpgradeError in any case."""
        self._say(f"restarting: {swap.restart}")
        again = self._server.restart(swap.restart, swap.before.version)
        journal.settle()
        back = f"{swap.after.version} does not serve ({trouble}), so {swap.before.version} is back in its place"
        if again:
            raise UpgradeError(f"{back}; but it does not serve either ({again}): look at its log, and restart it")
        raise UpgradeError(f"{back}, and serves. Nothing is lost")

    def _go_on(self, journal: Journal, left: Swap) -> None:
        """End what a run that was cut off had begun: how far it had come, the file that is in place says."""
        here = digest(self._place.file)
        done = self._server.serving()
        if here == left.after.sha256 and left.phase == "doing":
            self._say(f"an upgrade to {left.after.version} was cut off: going on with it")
            if done and done.version == left.after.version and done.started >= left.at:
                self._say(f"{left.after.version} is ready, and serves")
            else:
                self._settle(journal, left)
        elif left.phase == "undoing" and here in (left.after.sha256, left.before.sha256):
            self._say(f"an upgrade was cut off as {left.before.version} was put back: going on with that")
            trouble = "as was seen before that"
            self._undo(journal, left, trouble) if here == left.after.sha256 else self._revive(journal, left, trouble)
        journal.settle()  # else nothing had been done yet, or somebody put another file there meanwhile
