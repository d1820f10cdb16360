"""`kink-minimum`: minima built backwards from weights and multipliers; f climbed down on spheres, with wider floats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.kink_minimum import Claim, Evidence
from certificates.enclosures.objectives.kinks import Sides, sides_of
from certificates.errors import MalformedCertificate
from certificates.subjects import Logistic
from tests.support.kinks import Planted, planted_minimum
from tests.truth._quadratic import hostile_number
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from verify.search.kinks.active_set import refine
from verify.search.kinks.bilinear import Bilinear
from verify.search.kinks.evidence import Basis, basis_of, evidence_of
from verify.search.kinks.face import Face

SAMPLE = 12

_LEAKS = (0.0, 0.0, 0.0, 0.25, 2.0, -0.5)
_CLIMBS, _STEPS = 4, 40
_SLACK = np.longdouble(2.0**-57)  # of f: beyond all roundings of longdouble


def draw(rng: np.random.Generator) -> Case:
    """Minima on 0 to 4 kinks, and weights, shares, labels and kinks beside them."""
    basis = _drawn(rng)
    for _ in range(8):
        if basis.lowest > 0:
            break
        basis = _drawn(rng)
    evidence = _bent(rng, evidence_of(basis, _radius(rng)))
    pairs = basis.pairs if rng.random() < 0.9 else basis.pairs[1:]
    if len(pairs) < len(basis.pairs):
        evidence = Evidence(evidence.radius, evidence.shares[1:], evidence.shift, evidence.penalty)
    claim = Claim(evidence.radius, evidence.radius, 5e-324, -1e308, 1e308, pairs)
    return Case(claim, evidence, basis.network, lambda verdict: _truth(verdict, basis, int(rng.integers(2**32))))


def _drawn(rng: np.random.Generator) -> Basis:
    """Weights that are critical along their kinks, mostly no minimum."""
    widths = int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.integers(1, 3))
    planted = None
    while planted is None:
        leak, kinks = float(rng.choice(_LEAKS)), int(rng.integers(0, 5))
        planted = planted_minimum(rng, widths, kinks, logistic=rng.random() < 0.4, leak=leak)
    return _basis(planted)


def _basis(planted: Planted) -> Basis:
    sides = _sides(planted)
    net = Bilinear(planted.network, sides)
    held = np.zeros((planted.network.sample_count, net.units), dtype=bool)
    for pair in planted.kinks:
        held[pair] = True
    face = Face(net, net.initial(), held)
    for pair, share in zip(planted.kinks, planted.shares, strict=True):
        face.shares[pair] = share
    return basis_of(face, sides)


def _sides(planted: Planted) -> Sides:
    found = sides_of(planted.network.activations[0])
    if found is None:
        raise ValueError("no two slopes")
    return found


def _radius(rng: np.random.Generator) -> Fraction | None:
    """Mostly that of the search, else any."""
    return None if rng.random() < 0.7 else Fraction(float(10.0 ** rng.uniform(-6, 0)))


def _bent(rng: np.random.Generator, evidence: Evidence) -> Evidence:
    """With hostile shares, radii, shifts and penalties now and then."""
    shares = list(evidence.shares)
    if shares and rng.random() < 0.1:
        shares[0] = float(rng.choice([0.0, 1.0, -0.5, shares[0] + 1e-6, 0.5, 1 - 2.0**-53, 2.0**-60]))
    shift, penalty, radius = evidence.shift, evidence.penalty, evidence.radius
    if rng.random() < 0.15:
        shift *= float(rng.choice([0.5, 1 + 1e-9, 2.0, -1.0]))
    if rng.random() < 0.15:
        penalty *= float(10.0 ** rng.uniform(-6, 12))
    if rng.random() < 0.03:
        radius = hostile_number(rng)
    try:
        return Evidence(radius, tuple(shares), shift, penalty)
    except MalformedCertificate:
        return evidence


def _truth(verdict: Accepted, basis: Basis, seed: int) -> Iterator[Held]:
    """The minimiser by the search's Newton steps, the growth by climbing down, f with the true activation."""
    proved: Claim = verdict.proved
    rng, objective = np.random.default_rng(seed), _objective(basis)
    face = basis.face
    given = face.weights.copy()
    refine(face)
    centre = _on_kinks(basis)
    least, moved = objective(centre), float(np.linalg.norm(face.weights - given))
    slack = _SLACK * max(np.longdouble(1), abs(least))
    yield at_most("distance", proved.distance, max(0.0, moved - 1e-12))
    yield at_least("value_lower", proved.value_lower, float(least) + 2.0**-50 * abs(float(least)))
    yield at_most("value_upper", proved.value_upper, float(least) - 2.0**-50 * abs(float(least)))
    seen = min(_climbed(rng, objective, basis, proved.radius, centre, least - slack) for _ in range(_CLIMBS))
    yield at_least("growth", proved.growth, seen)


def _on_kinks(basis: Basis) -> np.ndarray:
    """The refined weights, moved onto their kinks in longdouble: beside them f is larger by κ|u|."""
    face, hidden = basis.face, basis.network.layers[0].weight
    weights, x = face.weights.astype(np.longdouble), basis.network.inputs.astype(np.longdouble)
    rows = np.zeros((len(basis.pairs), len(weights)), dtype=np.longdouble)
    for row, (sample, unit) in zip(rows, basis.pairs, strict=True):
        row[unit * hidden.shape[1] : (unit + 1) * hidden.shape[1]] = x[sample]
        row[hidden.size + unit] = 1
    if not len(rows):
        return weights
    for _ in range(2):
        off = (rows @ weights).astype(np.float64)
        plain = rows.astype(np.float64)
        weights = weights - rows.T @ np.linalg.lstsq(plain @ plain.T, off, rcond=None)[0].astype(np.longdouble)
    return weights


def _objective(basis: Basis) -> Callable[[np.ndarray], np.longdouble]:
    """f by the plain formulas, with the true activation, in longdouble throughout."""
    network, face = basis.network, basis.face
    wide = np.longdouble
    slope = wide(face.net.low)
    (hidden, outer), objective = network.layers, network.objective
    rates = {decay.tensor: wide(decay.rate.numerator) / wide(decay.rate.denominator) for decay in objective.decay}
    scale = wide(objective.loss.scale.numerator) / wide(objective.loss.scale.denominator)
    x, y = network.inputs.astype(wide), network.given_targets.astype(wide)
    sizes = np.cumsum([hidden.weight.size, len(hidden.weight), outer.weight.size])

    def value(w: np.ndarray) -> np.longdouble:
        parts = np.split(w.astype(wide), sizes)
        u = x @ parts[0].reshape(hidden.weight.shape).T + parts[1]
        z = np.where(u > 0, u, slope * u) @ parts[2].reshape(outer.weight.shape).T + parts[3]
        terms = np.logaddexp(wide(0), z) - y * z if isinstance(objective.loss, Logistic) else (z - y) ** 2
        names = ("layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias")
        penalty = sum(rates[name] * (part @ part) for name, part in zip(names, parts, strict=True))
        return wide(scale * terms.sum() + penalty / 2)

    return value


def _climbed(
    rng: np.random.Generator,
    objective: Callable[[np.ndarray], np.longdouble],
    basis: Basis,
    radius: float,
    centre: np.ndarray,
    least: np.longdouble,
) -> float:
    """The least of 2(f(w) − f(ŵ))/‖w − ŵ‖² seen on a sphere inside the ball, from the weakest tangent."""
    look = basis.look
    length = radius * float(rng.choice([1.0, 1.0, 0.5, 0.05])) * (1 - 1e-9)
    direction = look.basis @ look.vectors[:, int(rng.integers(min(2, len(look.values))))] * rng.choice([-1.0, 1.0])

    def growth(step: np.ndarray) -> float:
        return float(2 * (objective(centre + step) - least) / np.longdouble(length) ** 2)

    best, spread = growth(length * direction), 0.5
    for _ in range(_STEPS):
        trial = direction + spread * rng.normal(size=len(direction)) / np.sqrt(len(direction))
        trial /= np.linalg.norm(trial)
        here = growth(length * trial)
        if here < best:
            best, direction = here, trial
        else:
            spread *= 0.9
    return best
