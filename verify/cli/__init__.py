"""The command line: one file a command; :func:`main` starts it."""

from __future__ import annotations

from verify.cli.app import main

__all__ = ["main"]
