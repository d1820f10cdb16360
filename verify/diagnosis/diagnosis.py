"""What a diagnosis holds, as rows, as JSON, and as what to try."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from certificates import Network
from verify.diagnosis.prospects import Prospect
from verify.search.data_causes import Cause, Data, data_causes
from verify.search.estimated import Estimates
from verify.search.saturation import Saturation
from verify.search.target_relations import Obstruction, Relation
from verify.typesetting.summary import as_html, as_text

__all__ = ["Diagnosis"]

_MANY = 0.5  # of all slopes of a layer


@dataclass(frozen=True)
class Diagnosis:
    """Estimates in binary64; nothing here is proved.

    Parameters
    ----------
    network
        The problem.
    estimates
        Of loss, residual, kernel and curvature.
    data
        Closest samples and scales.
    saturation
        Of every hidden layer.
    relation
        That all targets satisfy, exactly; ``None`` if there is none.
    obstruction
        Why it makes the kernel singular at zero loss; ``None`` if it does not, or if that was not looked at.
    rank
        How many samples differ, where the kernel is singular; ``None`` where all do, or if that was not looked at.
    prospects
        Of every kind of claim about networks.
    """

    network: Network = field(repr=False)
    estimates: Estimates
    data: Data
    saturation: tuple[Saturation, ...]
    relation: Relation | None
    obstruction: Obstruction | None
    rank: Cause | None
    prospects: tuple[Prospect, ...]

    def __repr__(self) -> str:
        """The line of the estimates."""
        return f"Diagnosis({self.estimates})"

    def __str__(self) -> str:
        """A line a row."""
        return as_text(self.rows())

    def _repr_html_(self) -> str:
        return as_html(self.rows())

    def rows(self) -> list[tuple[str, str]]:
        """(What, in words), in the order of the questions: how far, why, what else."""
        return [
            ("nothing here is proved", "estimates in binary64, without error bounds"),
            *self._numbers(),
            *self._data(),
            *(("left out", remark) for remark in self.estimates.remarks),
            *(("try", remedy) for remedy in self.remedies()),
            *self._kinds(),
        ]

    def _numbers(self) -> Iterator[tuple[str, str]]:
        known = self.estimates
        yield "loss", f"{known.loss:.6g}" if math.isfinite(known.loss) else "overflows"
        yield "equations N, trained parameters p", f"{known.equations:,}, {known.parameters:,}"
        if math.isfinite(known.residual):
            yield "residual ‖F(w) − y‖", f"{known.residual:.4g}, {known.comparison}"
        if not math.isnan(known.largest):
            condition = f"condition {known.condition:.3g}" if known.condition < math.inf else "singular up to rounding"
            yield "λ_min, λ_max of the kernel K", f"{known.smallest:.4g}, {known.largest:.4g} ({condition})"
        if not math.isnan(known.curvature):
            yield "curvature β(0)", f"{known.curvature:.4g}"

    def _data(self) -> Iterator[tuple[str, str]]:
        if self.data.pair is not None:
            few = self.data.pair.compared
            some = f", of {few:,} compared" if few < self.network.sample_count else ""
            yield "closest samples", f"{self.data.pair}{some}"
        yield "inputs", str(self.data.inputs)
        yield "targets", str(self.data.targets)
        if self.relation is not None:
            yield "targets satisfy, exactly", str(self.relation)
        for index, layer in enumerate(self.saturation):
            yield f"idle, hidden layer {index}", str(layer)

    def _kinds(self) -> Iterator[tuple[str, str]]:
        for each in self.prospects:
            if each.possible:
                yield f"possible: {each.kind}", each.about
        reasons: dict[str, list[str]] = {}
        for each in self.prospects:
            if not each.possible:
                reasons.setdefault(each.about, []).append(each.kind)
        for reason, kinds in reasons.items():
            yield "not possible", f"{', '.join(kinds)}: {reason}"

    def remedies(self) -> tuple[str, ...]:
        """What may bring zero-loss convergence nearer, the likeliest first; nothing where its criterion may hold."""
        return tuple(self._remedies()) if self._may_help else ()

    @property
    def _may_help(self) -> bool:
        possible = any(each.possible and each.kind == "zero-loss-convergence" for each in self.prospects)
        return possible and not self.estimates.excess <= 1

    def _remedies(self) -> Iterator[str]:
        singular = self.estimates.needed == 0
        for cause in data_causes(self.data, singular=singular):
            yield f"{cause.remedy}: {cause.found}"
        if any(layer.share > _MANY for layer in self.saturation):
            yield "smaller first weights, or inputs of a smaller scale, and train again: most slopes are next to 0"
        if self.rank is not None:
            yield f"{self.rank.remedy}: {self.rank.found}"
        known = self.estimates
        if self.obstruction is not None:
            yield f"{self.obstruction.advice}: {self.obstruction.reason}"
        elif singular and self.rank is None:
            layers = "" if all(layer.trained for layer in self.network.layers) else ", or train more layers"
            yield f"fewer samples, or a wider network{layers}: λ_min is too small beside λ_max to be proven positive"
        elif math.isfinite(known.excess):
            yield f"train further, or `verify certify PROBLEM --polish`, until the residual is below {known.needed:.3g}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "proved": False,
            "estimates": self.estimates.to_dict(),
            "closest_samples": None if self.data.pair is None else _finite(asdict(self.data.pair)),
            "inputs": _finite(asdict(self.data.inputs)),
            "targets": _finite(asdict(self.data.targets)),
            "relation": None if self.relation is None else str(self.relation),
            "idle": [asdict(layer) for layer in self.saturation],
            "try": list(self.remedies()),
            "kinds": [asdict(each) for each in self.prospects],
        }


def _finite(numbers: dict[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()}
