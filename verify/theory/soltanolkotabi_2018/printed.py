"""What Soltanolkotabi, Javanmard and Lee print beside their Figures 1 to 4, and about quadratic activations.

The text available to us has lost its formulas. It lists softplus and sigmoid "for a fixed" parameter and erf, then
speaks of "the other three activations" beside softplus, so a fourth example is lost; we read it as tanh. All of them
"obey [a nonzero average slope] as they are all strictly increasing"; softplus satisfies Assumption 2.3 (a), being
strictly convex, the others (b), "because [lost] is an odd function". We read the lost name as φ'': the sigmoid
itself is not odd. ReLU is depicted too, and nothing is claimed of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["FIGURE_1", "FIGURE_2", "FIGURE_3", "FIGURE_4", "SOURCE", "STATEMENTS", "Depicted"]

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

FIGURE_2 = "Soltanolkotabi, Javanmard, Lee 2018, Figure 2"
FIGURE_3 = "Soltanolkotabi, Javanmard, Lee 2018, Figure 3"
FIGURE_4 = "Soltanolkotabi, Javanmard, Lee 2018, Figure 4"

# In words where the displays are lost in our text; square brackets are our readings.
STATEMENTS: Mapping[str, str] = {
    "Theorem 2.1": (
        "for an arbitrary data set, [k ≥ 2d and] outer weights v with [at least d positive and at least d negative "
        "entries], there are no spurious local minima and all saddles have a direction of negative curvature"
    ),
    "Theorem 2.1, second part": (
        "for almost every data inputs, as long as [d ≤ n ≤ cd²], the global optimum is zero; c a fixed constant"
    ),
    "Theorem 2.2": (
        "Gaussian inputs, planted labels, v and v* of one sign, [k ≥ d, n ≤ cd²]: no spurious local minima, for almost "
        "every input data; the global optima have loss value zero; all points with [‖∇L‖ ≤ ε_g, ∇²L ⪰ −ε_H I] have "
        "small loss [in terms of the smallest |v_l|] with high probability"
    ),
    "Figure 2": (
        "softplus; x_i and W* Gaussian, y_i = 1ᵀφ(W*x_i); gradient descent on v and W from v Rademacher, W Gaussian; "
        "no spurious minimum if every initialisation reached a global one; (a) d fixed, (b) k fixed [lost numbers]"
    ),
    "Figure 4": "softplus; x_i and y_i Gaussian; the root of the loss against iterations for several k [lost numbers]",
    "Figure 3": (
        "quadratic activation, x_i and W* Gaussian, y_i = 1ᵀφ(W*x_i); gradient descent from v Rademacher, W Gaussian; "
        "a success if a global minimum was obtained for every single initialisation; dots, a logistic fit, and a "
        "dashed line where it crosses a probability [the numbers are lost]"
    ),
}
