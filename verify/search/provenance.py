"""Which versions made a certificate; never interpreted."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from certificates import __version__

__all__ = ["provenance"]


def provenance() -> dict[str, str]:
    """Versions only: no host, user, path or time, so that the same input gives the same bytes."""
    found = {"gradcert": __version__}
    for name in ("numpy", "python-flint", "scipy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
