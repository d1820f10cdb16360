"""The properties of kind `activation-property`, and what is asked of each as fields: no rule reads a spelling."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

__all__ = ["TRAITS", "Property", "Traits"]

Property = Literal[
    "P1",
    "P1'",
    "not-P1",
    "P2",
    "not-P2",
    "P3a-lipschitz",
    "P3a-strict",
    "not-P3a",
    "P3b",
    "not-P3b",
    "A2.3(a)",
    "A2.3(b)",
    "A2.3(a) for σ > 0",
    "A2.3(b) for σ > 0",
]


class Traits(NamedTuple):
    """What a property says.

    Parameters
    ----------
    family
        The property of the paper, without its variants.
    is_negation
        Whether it says that the property fails.
    gamma
        What Assumption 2.3 says of γ, for every σ.
    at_zero
        Whether it says so for σ = 0, too.
    """

    family: Literal["P1", "P2", "P3a", "P3b", "A2.3"]
    is_negation: bool = False
    gamma: Literal["nonzero", "zero"] | None = None
    at_zero: bool = False


TRAITS: Final[dict[Property, Traits]] = {
    "P1": Traits("P1"),
    "P1'": Traits("P1"),
    "not-P1": Traits("P1", is_negation=True),
    "P2": Traits("P2"),
    "not-P2": Traits("P2", is_negation=True),
    "P3a-lipschitz": Traits("P3a"),
    "P3a-strict": Traits("P3a"),
    "not-P3a": Traits("P3a", is_negation=True),
    "P3b": Traits("P3b"),
    "not-P3b": Traits("P3b", is_negation=True),
    "A2.3(a)": Traits("A2.3", gamma="nonzero", at_zero=True),
    "A2.3(b)": Traits("A2.3", gamma="zero", at_zero=True),
    "A2.3(a) for σ > 0": Traits("A2.3", gamma="nonzero"),
    "A2.3(b) for σ > 0": Traits("A2.3", gamma="zero"),
}
