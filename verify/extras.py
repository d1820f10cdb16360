"""What the searcher needs beyond the judge: the extra ``search`` of the distribution."""

from __future__ import annotations

from importlib.util import find_spec

__all__ = ["PACKAGES", "require_packages"]

PACKAGES = ("scipy", "typer", "matplotlib", "jinja2", "latex2mathml", "sympy", "cvxpy")


def require_packages() -> None:
    """Refuse to start where only the judge is installed.

    Raises
    ------
    ImportError
        Names what is missing, how to install it, and the judge's own command.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ImportError(
            f"the searcher needs {', '.join(missing)}: pip install 'gradcert[search]'; "
            "the judge is installed, `python -m certificates check FILE` checks certificates"
        )
