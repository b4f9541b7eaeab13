"""The program's first lines. What only asks for the version must not pay for the rest."""

import gc
import sys


def main() -> int:
    """Run the command line; returns the exit status."""
    gc.disable()  # imports make much and free little: collecting meanwhile costs 30 ms; `serve` turns it on
    if sys.argv[1:] in (["--version"], ["-V"]):
        from app import __version__

        print(f"chatadmin {__version__}")
        return 0
    from app.server import bundle

    bundle.hold()
    from app.cli import main as command_line

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
