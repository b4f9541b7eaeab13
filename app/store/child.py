"""A child process that cannot outlive its parent. Light: it is loaded before everything else at start."""

import ctypes
import errno
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


def die_with_parent(parent: int) -> None:
    """Have the kernel send this process SIGTERM when its parent ends; end at once if it has already.

    To be called in the child. The kernel watches the parent's *thread*: fork from the main thread only. Only
    Linux can do this; elsewhere a killed parent leaves its children to be ended by hand.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def alive(pid: int) -> bool:
    """Whether there is a process `pid`, of whatever user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def fork(body: Callable[[], int]) -> int:
    """Fork a child that runs `body`, exits with what it returns and dies with this process; return its pid.

    `body` must report its own exceptions: nothing of the parent's stack runs in the child.
    """
    parent = os.getpid()
    return os.fork() or _run(body, parent)


def adopt() -> bool:
    """Become the parent of whatever loses its own below this process, so that children can `fork_beside` themselves;
    whether that can be had: on Linux alone."""
    return sys.platform == "linux" and not ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def fork_beside(body: Callable[[], int]) -> None:
    """Fork a sister of this process, which runs `body` as `fork` has it: a child of our parent, who is to `adopt` it.

    Of one that could not be forked after all nothing is heard, but for OSError where it shows here.
    """
    parent = os.getppid()
    waits, go = os.pipe()
    try:
        between = os.fork()  # whose end makes an orphan of its child
    except OSError:
        os.close(waits)
        os.close(go)
        raise
    if between:
        os.close(waits)
        os.waitpid(between, 0)
        os.close(go)  # now it has been adopted
        return
    try:
        if os.fork():
            os._exit(0)
        os.close(go)
        os.read(waits, 1)
        os.close(waits)
        _run(body, parent)
    finally:
        os._exit(1)


def _run(body: Callable[[], int], parent: int) -> NoReturn:
    """In what was just forked."""
    status = 1
    try:
        die_with_parent(parent)
        status = body()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:  # whatever becomes of the last words
            os._exit(status)


def spawn(
    program: str,
    arguments: Sequence[str],
    env: Mapping[str, str],
    folder: str,
    output: int,
    keep: Sequence[int],
) -> int:
    """Run `program` in a session of its own, in `folder`, writing to the descriptor `output`; return its pid.

    Descriptors in `keep` stay open in it and no others do. Raises OSError when the program cannot be run: the
    exec happens in the child, which reports its failure through a pipe that closes when it succeeds.
    """
    parent = os.getpid()
    report, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _become(program, arguments, env, folder, output, keep, parent)
        except OSError as error:
            os.write(tell, b"%d" % (error.errno or errno.EIO))
        finally:
            os._exit(127)
    os.close(tell)
    failure = os.read(report, 16)
    os.close(report)
    if failure:
        os.waitpid(pid, 0)
        raise OSError(int(failure), os.strerror(int(failure)), program)
    return pid


def _become(
    program: str,
    arguments: Sequence[str],
    env: Mapping[str, str],
    folder: str,
    output: int,
    keep: Sequence[int],
    parent: int,
) -> None:
    os.umask(0o077)
    os.setsid()  # a Ctrl-C in the terminal is for us; we end the child ourselves, last
    die_with_parent(parent)
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for descriptor in keep:
        os.set_inheritable(descriptor, True)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve(program, [os.path.basename(program), *arguments], dict(env))
