"""``python -m verify.cli`` is ``verify``."""

from __future__ import annotations

from verify.cli import main

main()
