"""Which versions made a certificate; never interpreted."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["provenance"]


def provenance() -> dict[str, str]:
    """Versions only: no host, user, path or time, so that the same input gives the same bytes."""
    names = ("gradcert", "numpy", "python-flint", "scipy")
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
