"""The modules of the kinds, found by the kind's basename."""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import certificates
from certificates.kinds import KINDS

__all__ = ["covered_kinds", "fingerprint", "truth_of"]


def _name(kind: str) -> str:
    return f"tests.truth.{kind.replace('-', '_')}"


def covered_kinds() -> list[str]:
    """The judge's kinds that have a module here."""
    return [kind for kind in KINDS if find_spec(_name(kind)) is not None]


def truth_of(kind: str) -> ModuleType:
    """The module of a kind."""
    return import_module(_name(kind))


def fingerprint() -> str:
    """A hash of the judge's sources and of these: campaigns about other sources are not resumed."""
    digest = sha256()
    for root in (Path(certificates.__file__).parent, Path(__file__).parent):
        for path in sorted(root.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
