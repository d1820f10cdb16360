"""The least width of a grid at which the start of a wide layer is certified, and the least output scale at a width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from certificates import Accepted, Network
from certificates.enclosures.networks.relu_flips import relu_start, turned_kernel
from certificates.memory import kept_memory
from verify.generators.wide import unit_data, wide_problem
from verify.proposals import relu_convergence, zero_loss_convergence
from verify.search.estimates import estimates
from verify.search.proposal import Options, Proposal
from verify.search.relu_radii import ReluSurvey, survey
from verify.search.wide_starts import WideStart, wide_start

__all__ = ["CertifiedWidth", "Layer", "Name", "certified_scale", "certified_width", "descent_width"]

Name = Literal["relu", "tanh", "softplus"]

_PILOTS = {"relu": 2**16, "tanh": 2**12, "softplus": 2**12}  # units of the start from which a width is guessed
_FINER = 256.0
_LARGE = 2.0**20  # an output scale at which few units turn
_FARTHEST = 8  # steps of the grid that a guess may be wrong by


@dataclass(frozen=True)
class Layer:
    """Data and a start, but for the width and the output scale.

    Parameters
    ----------
    samples, dimension
        n and d of random unit inputs; labels ±1.
    activation, antisymmetric
        Of the layer, and whether its units come in pairs whose outputs cancel.
    seed
        Of data and start.
    """

    samples: int
    dimension: int
    activation: Name
    antisymmetric: bool
    seed: int

    def problem(self, width: int, scale: float = 1.0) -> Network:
        """The start with that many units."""
        data = unit_data(self.samples, self.dimension, seed=self.seed)
        return wide_problem(
            *data,
            width=width,
            activation=self.activation,
            scale=scale,
            seed=self.seed,
            antisymmetric=self.antisymmetric,
        )


@dataclass(frozen=True)
class CertifiedWidth:
    """What was found of a layer.

    Parameters
    ----------
    units
        m of the grid 2^(k/2), even.
    guess
        Of the least width, by the growth of the criterion from a smaller start.
    is_certified
        Whether the start with ``units`` was certified; else it is too large to be tried here, and ``units`` a guess.
    """

    layer: Layer
    units: int
    guess: float
    is_certified: bool


def certified_width(layer: Layer, *, largest: int) -> CertifiedWidth:
    """The least m of the grid that is certified although the next smaller one is not.

    Parameters
    ----------
    layer
        The start.
    largest
        Trained weights to try at most.

    Raises
    ------
    ArithmeticError
        No width near the guess is certified.
    """
    guess = _guess(layer)
    step = next(k for k in range(200) if _units(k) >= guess)
    certified: dict[int, bool] = {}
    for _ in range(_FARTHEST):
        if _units(step) * layer.dimension > largest:
            return CertifiedWidth(layer, _units(step), guess, is_certified=False)
        certified[step] = _is_certified(layer, _units(step))
        if not certified[step] and certified.get(step + 1):
            return CertifiedWidth(layer, _units(step + 1), guess, is_certified=True)
        if certified[step] and certified.get(step - 1) is False:
            return CertifiedWidth(layer, _units(step), guess, is_certified=True)
        step += -1 if certified[step] else 1
    raise ArithmeticError(f"no width near {guess:g} is certified")


def certified_scale(layer: Layer, width: int) -> tuple[float, Proposal, Network]:
    """An output scale, within a few percent of the least one, that certifies the start, with its proof."""
    scale = float(f"{_least_scale(layer, width):.4g}")
    for _ in range(_FARTHEST):
        problem = layer.problem(width, scale)
        found = _proposed(layer.activation, problem)
        if isinstance(found.verdict, Accepted):
            return scale, found, problem
        scale = float(f"{1.02 * scale:.4g}")
    raise ArithmeticError(f"no output scale near {scale:g} is certified")


def descent_width(layer: Layer) -> float:
    """About how many ReLU units gradient descent needs, by the growth of its criterion (theorem 5.3.9); no proof."""
    return _PILOTS["relu"] * (_FINER / _surveyed(layer.problem(_PILOTS["relu"])).descent_reserve()) ** 2


def _units(step: int) -> int:
    return 2 * round(2 ** (step / 2 - 1))


def _guess(layer: Layer) -> float:
    pilot = layer.problem(_PILOTS[layer.activation])
    if layer.activation == "relu":
        return _PILOTS["relu"] * (_FINER / _surveyed(pilot).reserve()) ** 2
    start, known = _start(pilot), estimates(pilot)
    return start.units * (known.residual / known.needed) ** 2


def _least_scale(layer: Layer, width: int) -> float:
    pilot = layer.problem(width)
    if layer.activation == "relu":
        scale = _LARGE
        for _ in range(4):  # radii that are looked at follow the scale
            scale /= _surveyed(layer.problem(width, scale), 1.0).reserve()
        return scale
    return _start(pilot).enough_scale(estimates(pilot).needed) * (1 + 2.0**-9)


def _start(pilot: Network) -> WideStart:
    start = wide_start(pilot)
    if start is None:  # pragma: no cover - `wide_problem` makes nothing else
        raise ArithmeticError("no wide start")
    return start


@kept_memory()
def _surveyed(pilot: Network, finer: float = _FINER) -> ReluSurvey:
    """As if the residual were that many times smaller: radii that a pilot lacks are among those looked at."""
    start = relu_start(pilot, ())
    return survey(pilot, turned_kernel(start).mid, float(start.residual) / finer, "unit")


def _is_certified(layer: Layer, width: int) -> bool:
    return isinstance(_proposed(layer.activation, layer.problem(width)).verdict, Accepted)


def _proposed(activation: Name, problem: Network) -> Proposal:
    search: Callable[[Network, Options], Proposal] = (
        relu_convergence.SEARCH.propose if activation == "relu" else zero_loss_convergence.SEARCH.propose
    )
    return search(problem, Options())
