"""The page of a kind, by the judge's list: loaded when it is asked for, from the file of the kind's basename."""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeAlias

from certificates.kinds import basename
from verify.typesetting.page import Page

__all__ = ["AnyPage", "page_of"]

AnyPage: TypeAlias = Page[Any, Any]


def page_of(kind: object) -> AnyPage:
    """The page of that kind of claim.

    Raises
    ------
    MalformedCertificate
        The list has no such kind.

    Examples
    --------
    >>> page_of("optimality-gap").title(None)
    'How far these weights are from optimal'
    """
    base = basename(kind)
    page = import_module(f"verify.pages.{base}").PAGE
    if not isinstance(page, Page):
        raise ImportError(f"verify.pages.{base} does not define its page")
    return page
