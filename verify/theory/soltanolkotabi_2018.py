"""What Soltanolkotabi, Javanmard and Lee print beside their Figure 1, about Assumption 2.3.

The text available to us has lost its formulas. It lists softplus and sigmoid "for a fixed" parameter and erf, then
speaks of "the other three activations" beside softplus, so a fourth example is lost; we read it as tanh. All of them
"obey [a nonzero average slope] as they are all strictly increasing"; softplus satisfies Assumption 2.3 (a), being
strictly convex, the others (b), "because [lost] is an odd function". We read the lost name as φ'': the sigmoid
itself is not odd. ReLU is depicted too, and nothing is claimed of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FIGURE_1", "SOURCE", "Depicted"]

SOURCE = "Soltanolkotabi, Javanmard, Lee 2018, Figure 1 and the examples of Assumption 2.3"


@dataclass(frozen=True)
class Depicted:
    """An activation of Figure 1.

    Parameters
    ----------
    name
        Its name in the text; in brackets where we supply it.
    catalogue
        Its name in our catalogue; parameters are 1, as φ(bz)/b or φ(bz) has the same signs for every b > 0.
    variant
        The part of Assumption 2.3 it is said to satisfy.
    """

    name: str
    catalogue: str
    variant: Literal["(a)", "(b)"] | None


FIGURE_1 = (
    Depicted("Softplus", "softplus", "(a)"),
    Depicted("Sigmoid", "sigmoid", "(b)"),
    Depicted("Erf", "erf", "(b)"),
    Depicted("[tanh]", "tanh", "(b)"),
    Depicted("ReLU", "relu", None),
)
