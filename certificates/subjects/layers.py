"""The layers of a network, a closed union of data: what computes with them names each, and mypy what a new one owes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dense", "FloatArray", "Layer"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dense:
    """One affine map z = W h + b.

    Parameters
    ----------
    weight
        W, shape (out, in), binary64, exact.
    bias
        b, shape (out,), binary64, exact; ``None`` when the layer has none.
    trained
        Whether gradient descent moves W and b.
    """

    weight: FloatArray
    bias: FloatArray | None
    trained: bool = True

    @property
    def parameter_count(self) -> int:
        """How many numbers the layer holds."""
        return int(self.weight.size + (0 if self.bias is None else self.bias.size))

    def __repr__(self) -> str:
        """Shape, bias and whether it is trained."""
        rows, columns = self.weight.shape
        bias = "no bias" if self.bias is None else "bias"
        return f"Dense({rows}×{columns}, {bias}, {'trained' if self.trained else 'frozen'})"


Layer: TypeAlias = Dense
