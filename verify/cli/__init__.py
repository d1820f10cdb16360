"""The command line: one file a command; :func:`main` starts it, where the searcher's packages are installed."""

from __future__ import annotations

import sys

from verify.extras import require_packages

__all__ = ["main"]

_BAD_INPUT = 2


def main() -> None:
    """Entry point of ``verify``."""
    try:
        require_packages()
    except ImportError as error:
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(_BAD_INPUT) from None
    from verify.cli.app import app

    app()
