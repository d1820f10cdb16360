"""A command with ``--polish``, whose value may be left out."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from typer.core import TyperCommand

from verify.cli.options import Polish

__all__ = ["CertifyCommand"]


class CertifyCommand(TyperCommand):
    """Reads ``--polish`` alone as ``--polish=minimal``; a word after it is its value only if it is one of them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Write the value out."""
        end = args.index("--") if "--" in args else len(args)
        alone = Polish.minimal.value
        written = [
            f"{text}={alone}" if text == "--polish" and after not in [*Polish] else text
            for text, after in zip_longest(args[:end], args[1:end])
        ]
        return super().parse_args(ctx, [*written, *args[end:]])
