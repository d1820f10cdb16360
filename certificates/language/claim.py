"""What every kind's claim is: a frozen record that names its kind and says its statement."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

__all__ = ["Claim"]


@runtime_checkable
class Claim(Protocol):
    """A claim of any kind."""

    kind: ClassVar[str]

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
