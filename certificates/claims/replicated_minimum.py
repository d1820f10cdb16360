"""Kind `replicated-minimum`: a local minimum of networks of every width that is not global (theory 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger
from certificates.language.wording import in_words, rounded_up

__all__ = ["Biases", "Claim", "Evidence"]

Biases = Literal["none", "hidden", "output", "both"]


@dataclass(frozen=True)
class Claim:
    """What is asserted for networks of one hidden layer of the activation φ, of every width m ≥ 1.

    Parameters
    ----------
    inputs, labels
        Rows x_i of integers, and y_i. Not comparable.
    biases
        Which layers have one, trained like every weight. Not comparable.
    unit
        θ/ln 2: every hidden unit has the weights θ, the bias last where there is one. Not comparable.
    outer
        V = Σ v_r of the output weights, which all have its sign. Not comparable.
    offset
        The output bias; 0 where there is none. Not comparable.
    loss
        ½Σ(f_i − y_i)² there. Not comparable.
    better
        Other weights of as many units have at most this loss, and less than ``loss``. Larger is weaker.
    better_from
        … for every width from this one on. Larger is weaker.
    """

    kind: ClassVar[str] = "replicated-minimum"

    inputs: tuple[tuple[int, ...], ...]
    labels: tuple[Fraction, ...]
    biases: Biases
    unit: tuple[int, ...]
    outer: Fraction
    offset: Fraction
    loss: Fraction
    better: Fraction = weaker_when_larger()
    better_from: int = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse a better loss that is not better."""
        if not 0 <= self.better < self.loss:
            raise MalformedCertificate("expected 0 ≤ better < loss", place="claim.better")

    @property
    def has_hidden_bias(self) -> bool:
        """Whether x̃ = (x, 1)."""
        return self.biases in ("hidden", "both")

    @property
    def has_output_bias(self) -> bool:
        """Whether b is trained."""
        return self.biases in ("output", "both")

    def sentence(self) -> str:
        """The claim in words."""
        said = {"none": "no biases", "hidden": "hidden biases", "output": "an output bias", "both": "biases"}
        return (
            f"Networks of one hidden layer of the given activation, with {said[self.biases]}, have at every width a "
            f"local minimum of ½Σ(f_i − y_i)² on these {len(self.inputs)} samples: all units equal to "
            f"({', '.join(map(str, self.unit))})·ln 2, and output weights of one sign with the sum "
            f"{in_words(self.outer)}. The loss there is {in_words(self.loss)}; from width {self.better_from} on other "
            f"weights have at most {rounded_up(self.better)}."
        )


@dataclass(frozen=True)
class Evidence:
    """Better weights, units as multiples of ln 2; nothing here is trusted.

    Parameters
    ----------
    units, outers, offset
        Hidden units, their output weights and the output bias.
    """

    units: tuple[tuple[int, ...], ...]
    outers: tuple[Fraction, ...]
    offset: Fraction = Fraction(0)
