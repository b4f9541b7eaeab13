"""Files, for who sits in front of a terminal: `/file PATH [words]` sends one, `/save NUMBER [PATH]` keeps one."""

import asyncio
import io
import shlex
from collections.abc import Mapping
from pathlib import Path

from app.terminal import files
from app.terminal.api import Server, TerminalError, printable
from app.terminal.socket import Conversation, Frame

_EXPECTED = "expected /file PATH [words], or /save NUMBER [PATH] with the number that stands before a file"


class Attachments:
    """The files of one conversation. `query` says to the server whose it is."""

    def __init__(self, server: Server, query: Mapping[str, str]) -> None:
        self._server, self._query = server, query
        self._known: dict[int, Frame] = {}  # by the seq of what they came with
        self._sent: dict[str, str] = {}  # name of a file, by the id of its message until that is stored
        self._busy: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many are on their way, either way."""
        return len(self._busy)

    def take(self, conversation: Conversation, line: str) -> bool:
        """Do what the line says, meanwhile; False where it is no word about files."""
        if not line.startswith(("/file ", "/save ")):
            return False
        task = asyncio.ensure_future(self._do(conversation, line))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return True

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        await asyncio.gather(*self._busy)

    async def stop(self) -> None:
        """Wait for nothing more."""
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    def heard(self, frame: Frame) -> None:
        """Remember a file that came, and say of one of ours that it is stored."""
        if "file" in frame:
            self._known[frame["seq"]] = frame["file"]
        if frame["type"] == "ack" and (name := self._sent.pop(frame["id"], "")):
            _tell(f"-- {name} is sent")

    async def _do(self, conversation: Conversation, line: str) -> None:
        behind = io.StringIO(line)
        words = shlex.shlex(behind, posix=True)
        words.whitespace_split, words.commenters = True, ""
        try:
            verb, first = words.get_token(), words.get_token() or ""
            rest = behind.read().strip()
            if verb == "/file":
                await self._send(conversation, Path(first), rest)
            else:
                info, target = self._known[int(first)], Path(rest or ".")
                _tell(f"-- kept as {await asyncio.to_thread(files.save, self._server, info, target)}")
        except TerminalError as error:
            _tell(f"!! {error}")
        except (ValueError, KeyError):
            _tell(f"!! {_EXPECTED}")

    async def _send(self, conversation: Conversation, path: Path, words: str) -> None:
        info = await asyncio.to_thread(files.upload, self._server, path, self._query)
        self._sent[conversation.say(words, file=info["id"])] = info["name"]


def described(frame: Frame) -> str:
    """A file, by the number under which it can be kept."""
    return f"[{frame['seq']}] {frame['file']['name']}, {files.size(frame['file']['size'])}"


def _tell(line: str) -> None:
    print(f"      {printable(line)}", flush=True)
