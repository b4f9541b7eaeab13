"""The program's first lines. What only asks for the version must not pay for the rest."""

import gc
import os
import sys


def main() -> int:
    """Run the command line; returns the exit status."""
    os.umask(0o077)  # what we write is for our user alone, whatever the shell says
    gc.disable()  # imports make much and free little: collecting meanwhile costs 30 ms; `serve` turns it on
    if sys.argv[1:] in (["--version"], ["-V"]):
        from app import __version__

        print(f"chatadmin {__version__}")
        if sys.stdout and sys.stdout.isatty():  # programs read the version alone, among them `upgrade` of an older one
            from app import compiled

            print(compiled.made())
        return 0
    from app import archive

    try:
        from app import compiled, libraries, readymade, resources

        archive.keep()
        libraries.install()
        if resources.FROZEN:
            compiled.install()
        readymade.install()
        from app.server import bundle

        bundle.lock()
        from app.cli import main as command_line

        return command_line(sys.argv[1:])
    except (ImportError, OSError) as error:  # before the command line, which has words of its own
        if sys.flags.dev_mode:
            raise
        print(f"chatadmin: {archive.unloadable(error)}", file=sys.stderr)
        return 1
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev -m app
            raise
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """One line for what nobody thought of, with the place where it happened for whoever mends it."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "unknown place"
    what = " ".join(str(error).split())
    print(f"chatadmin: unexpected error at {place}: {type(error).__name__}: {what}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
