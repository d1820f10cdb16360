"""Kind `wide-checklist`: four hypotheses about a wide layer, and whether they can hold together (theory 5.2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from certificates.errors import MalformedCertificate

__all__ = ["Answer", "Claim", "Evidence"]

Answer: TypeAlias = Literal["true", "false"]


@dataclass(frozen=True)
class Claim:
    """What is asserted, true or false; of what is ``None``, undecided, nothing is said.

    Parameters
    ----------
    layer
        k ≥ 1: layers.k of the problem file reads the features H̃_k, with ones if it has a bias; H layers in all.
    distinct
        (1) No two samples have the same inputs.
    wide
        (2) H̃_k has as many columns as there are samples, or more.
    independent_rows
        (3) Every weight matrix above layers.k has independent rows.
    nonsingular
        (4) The Hessian of the loss by all weights and biases of layers.k and above is nonsingular, at the given ones.
    contradictory
        Whether no weights at all, of a network of these widths on these inputs, that are critical for the loss in
        layers.k and above, satisfy (1) to (4), whatever the labels are; false: some do, for these labels.
    """

    kind: ClassVar[str] = "wide-checklist"

    layer: int
    distinct: Answer | None = None
    wide: Answer | None = None
    independent_rows: Answer | None = None
    nonsingular: Answer | None = None
    contradictory: Answer | None = None

    def __post_init__(self) -> None:
        """Refuse what claims nothing."""
        said = (self.distinct, self.wide, self.independent_rows, self.nonsingular, self.contradictory)
        if self.layer < 1:
            raise MalformedCertificate("expected a layer ≥ 1, which reads hidden features", place="claim.layer")
        if all(each is None for each in said):
            raise MalformedCertificate("nothing is claimed", place="claim")

    def sentence(self) -> str:
        """The claim in words."""
        parts = [
            f"({number}) {name}: {value}"
            for number, (name, value) in enumerate(
                (
                    ("inputs differ", self.distinct),
                    ("as many features as samples", self.wide),
                    ("independent rows above", self.independent_rows),
                    ("nonsingular Hessian", self.nonsingular),
                ),
                1,
            )
            if value is not None
        ]
        start = f"Of the features that layers.{self.layer} reads, at the given weights:"
        text = f"{start} {'; '.join(parts)}." if parts else ""
        if self.contradictory is None:
            return text
        verb = "No" if self.contradictory == "true" else "Some"
        end = f"{verb} weights that are critical in layers.{self.layer} and above satisfy all four on these inputs."
        return f"{text} {end}".strip()


@dataclass(frozen=True)
class Evidence:
    """Nothing here is trusted.

    Parameters
    ----------
    layers
        Slightly below λ_min(W_lW_lᵀ) of the layers above layers.k, in order; ``None`` for exact ranks.
    """

    layers: tuple[float, ...] | None = None
