"""Lu and Kawaguchi 2017: every critical point of deep linear networks from singular subspaces, on exact data sets."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq, fmpq_mat

from certificates import Accepted
from verify.certification.proofs import NetworkProof
from verify.experiments.golikov_2020.critical_points import CriticalPoint, critical_points, draw_data
from verify.experiments.golikov_2020.surjectivity import is_reached
from verify.experiments.reproduction import Progress, Reproduction
from verify.generators.streams import stream
from verify.proposals.deep_linear_critical import propose
from verify.search.proposal import Proposal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "Settings", "run"]

TITLE = "Deep linear networks have no bad minima: every critical point, classified"

_HEADER = ("layers H", "data sets", "critical points", "global", "saddle, rk R = r", "saddle, rk R < r", "orders of t")


@dataclass(frozen=True)
class Settings:
    """How much is drawn.

    Parameters
    ----------
    depths, data_sets
        H, and how many data sets for each.
    seed
        Of everything.
    """

    depths: tuple[int, ...] = (2, 3, 4, 5)
    data_sets: int = 225
    seed: int = 0


@dataclass(frozen=True, eq=False)
class _Classified:
    """A critical point and what the judge accepts of it."""

    depth: int
    point: CriticalPoint
    found: Proposal

    @property
    def is_right(self) -> bool:
        """Accepted, as a global minimum if and only if the largest values are kept."""
        best = self.point.is_best
        return isinstance(self.found.verdict, Accepted) and (self.found.claim.type == "global-minimum") == best

    @property
    def kind(self) -> str:
        """Which column it belongs to."""
        full = len(self.point.kept) == min(self.point.network.widths)
        return "global" if self.point.is_best else "full" if full else "lost"

    @property
    def order(self) -> int:
        """Of the fall along the path; 0 at a minimum."""
        return next((int(fact.upper) for fact in self.found.verdict.facts if fact.symbol == "q"), 0)


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Classify the critical points of 900 data sets, or of as many as ``settings`` says."""
    chosen = Settings() if settings is None else settings
    found: list[_Classified] = []
    total = len(chosen.depths) * chosen.data_sets
    for step in range(total):
        depth, index = chosen.depths[step // chosen.data_sets], step % chosen.data_sets
        if progress is not None:
            progress(f"{depth} layers", step, total)
        data, rng = draw_data(chosen.seed, index, depth), stream(chosen.seed, depth, index, 1)
        found += [_Classified(depth, point, propose(point.network)) for point in critical_points(data, rng)]
    return _reproduction(chosen, found)


def _reproduction(settings: Settings, found: list[_Classified]) -> Reproduction:
    reached = [_is_reached(each.point) for each in found if each.kind != "lost"]
    judged = _criteria(found, reached)
    return Reproduction(
        title=TITLE,
        source="Lu and Kawaguchi, Depth creates no bad local minima, 2017, as Golikov's essay summarises it",
        header=_HEADER,
        rows=tuple(_row(settings, depth, found) for depth in settings.depths),
        notes=(*_notes(), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in judged)),
        proofs=_examples(found),
        document={
            "experiment": "lu-kawaguchi",
            "settings": {"depths": list(settings.depths), "data_sets": settings.data_sets, "seed": settings.seed},
            "critical_points": [_document(each) for each in found],
            "criteria": [{"criterion": text, "met": met} for text, met in judged],
        },
        is_complete=all(met for _, met in judged),
        figure=lambda: _figure(found),
    )


def _criteria(found: list[_Classified], reached: list[bool]) -> list[tuple[str, bool]]:
    wrong = sum(not each.is_right for each in found)
    curved = [each for each in found if each.kind == "full"]
    highest = all(each.order <= 2 * each.depth - 1 for each in found)
    return [
        (f"all {len(found)} critical points are classified by accepted certificates, failures: {wrong}", wrong == 0),
        (
            f"every saddle with rk R = r is strict ({len(curved)} of them)",
            all(each.is_right and each.found.claim.curvature > 0 for each in curved),
        ),
        ("no path is of a higher order than 2H − 1", highest),
        (
            f"local surjectivity, rationally: products nearby are reached from {sum(reached)} of {len(reached)} points",
            all(reached) and bool(reached),
        ),
    ]


def _is_reached(point: CriticalPoint) -> bool:
    weights = [_rational(layer.weight) for layer in point.network.layers]
    size = min(point.network.widths)
    rng = stream(1, size, len(weights))
    step = fmpq_mat(size, size, [fmpq(int(k), 1000) for k in rng.integers(-9, 10, size=size * size)])
    return is_reached(weights, step)


def _rational(array: np.ndarray) -> fmpq_mat:
    rows, columns = array.shape
    return fmpq_mat(rows, columns, [fmpq(int(entry)) for entry in array.ravel()])


def _row(settings: Settings, depth: int, found: list[_Classified]) -> tuple[str, ...]:
    mine = [each for each in found if each.depth == depth]
    kinds, orders = Counter(each.kind for each in mine), sorted({each.order for each in mine if each.order})
    return (
        str(depth),
        str(settings.data_sets),
        str(len(mine)),
        *(str(kinds[kind]) for kind in ("global", "full", "lost")),
        ", ".join(map(str, orders)),
    )


def _notes() -> tuple[str, ...]:
    return (
        "Data and weights are integers: gradients are 0 exactly, and so is everything that the judge computes.",
        (
            "R = W_H⋯W_1, r the least width. A global minimum keeps the r largest singular values; with rk R = r any "
            "other choice is a strict saddle, with rk R < r a saddle of an order of at most 2H − 1."
        ),
        "The order is that of the path in the certificate, not the least there is.",
    )


def _examples(found: list[_Classified]) -> dict[str, NetworkProof]:
    """One certificate of each column and order, for each depth."""
    chosen: dict[str, NetworkProof] = {}
    for each in found:
        if each.is_right:
            name = f"{each.depth}-layers-{each.kind}" + (f"-order-{each.order}" if each.order else "")
            proof = each.found
            chosen.setdefault(name, NetworkProof(each.point.network, proof.claim, proof.evidence, proof.verdict))
    return chosen


def _document(each: _Classified) -> dict[str, Any]:
    claim = each.found.claim
    return {
        "widths": list(each.point.network.widths),
        "kept": list(each.point.kept),
        "type": None if claim is None else claim.type,
        "value": None if claim is None else claim.value_upper,
        "order": each.order,
    }


def _figure(found: list[_Classified]) -> Figure:
    from verify.experiments.golikov_2020.lu_kawaguchi_drawing import draw

    return draw([(each.depth, each.kind, each.order) for each in found])
