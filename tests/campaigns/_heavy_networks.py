"""Certificates about networks that cost the judge as much as a file below one megabyte can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise
from math import comb
from typing import Any

import numpy as np

from certificates import Dense, Network
from certificates.claims import (
    certified_accuracy,
    certified_orbit_run,
    certified_run,
    convergence_basin,
    critical_point,
    cross_entropy_convergence,
    deep_linear_critical,
    deep_linear_gap,
    deep_linear_gradient_dominance,
    descent_path,
    float_run,
    global_landscape,
    gradient_dominance,
    gradient_dominance_sos,
    interpolation,
    kink_minimum,
    local_convergence,
    negative_curvature,
    no_local_minimum,
    optimality_gap,
    orbit_convergence,
    planted_convergence,
    population_minimum,
    relu_convergence,
    second_order_stationary,
    spurious_minimum,
    strict_minimum,
    strong_convexity,
    tangent_kernel,
    wide_checklist,
    wide_gradient_dominance,
    width_bound,
    zero_loss_convergence,
)
from certificates.expression import parse_activation
from certificates.language.frozen_output import FrozenShifts
from certificates.language.local_constants import LocalConstants
from certificates.subjects import (
    Decay,
    Objective,
    PolynomialProblem,
    SoftmaxCrossEntropy,
    Square,
    Squared,
    Term,
    monomial_key,
)
from certificates.theorems.gradient_dominance import twist_count
from tests.support.certificates import certificate_bytes
from tests.support.frozen import planted
from tests.support.kinks import random_relu_net
from tests.support.linear import linear_problem, linear_weights
from tests.support.planted import planted_problem
from tests.support.planted_frozen import frozen_problem
from tests.support.quadratic import network_problem
from tests.support.shallow import shallow_problem
from tests.support.wide import wide_net
from verify.generators.wide import unit_data, wide_problem
from verify.search.relu_students import orthonormal_problem

__all__ = ["NETWORKS", "POLYNOMIALS"]

Case = Callable[[], bytes]
LONG_FORMULA = "+".join(f"tanh(z*{k}/7)*exp(-z^2/{k})*sin({k}*z)" for k in range(1, 36))


TAME_FORMULA = "z+" + "+".join(f"tanh(z/{k})*sin(z/{k})*exp(-z^2/{k})/99" for k in range(2, 50))


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


# ---- zero-loss convergence ----------------------------------------------------------------------------------------


def _multilayer(
    depth: int, width: int, samples: int, form: Any, nodes: int, activation: str = "identity", outputs: int = 1
) -> bytes:
    rng, act = _rng(), parse_activation(activation)
    sizes = [width] * depth + [outputs]
    layers = tuple(
        Dense(np.round(rng.normal(size=(b, a)), 2) if width > 1 else np.ones((b, a)), None) for a, b in pairwise(sizes)
    )
    inputs = np.round(rng.normal(size=(samples, width)), 4) if samples > 1 else np.ones((1, width))
    network = Network(
        layers, (act,) * (depth - 1), inputs, np.ones((samples, outputs)), Objective(Squared(Fraction(1, 2)))
    )
    grid = (*(1e-3 * (k + 1) / nodes for k in range(nodes - 1)), 1e-3)
    evidence = zero_loss_convergence.Evidence(1e-3, 0.5, grid, 1e-2, 1e9, form)
    return certificate_bytes(network, zero_loss_convergence.Claim(1e-3, 5e-324, 0.0, 1e300), evidence)


# ---- cross-entropy ------------------------------------------------------------------------------------------------


def _classes(depth: int, width: int, samples: int, outputs: int, activation: str = "tanh", size: float = 40.0) -> bytes:
    """Every sample of class 0, by a bias that grows with the number of classes."""
    rng, sizes = _rng(), [width] * depth + [outputs]
    layers = [Dense(np.round(rng.normal(size=(b, a)) / a, 2), None) for a, b in pairwise(sizes)]
    layers[-1] = Dense(layers[-1].weight, np.where(np.arange(outputs) == 0, size, 0.0))
    targets = np.zeros((samples, outputs))
    targets[:, 0] = 1
    inputs = np.round(rng.normal(size=(samples, width)), 3)
    objective = Objective(SoftmaxCrossEntropy(Fraction(1, samples)))
    network = Network(tuple(layers), (parse_activation(activation),) * (depth - 1), inputs, targets, objective)
    steps = cross_entropy_convergence.Steps(5e-324, 0.999)
    claim = cross_entropy_convergence.Claim(Fraction(1, samples), 5e-324, 5e-324, steps=steps)
    return certificate_bytes(network, claim, cross_entropy_convergence.Evidence(0.01))


# ---- minima on kinks ----------------------------------------------------------------------------------------------


def _kinks(samples: int, dimension: int, units: int, outputs: int, held: int = 0) -> bytes:
    """Units far from their kinks but the first on the first samples, where labels press it down; a small ball."""
    network = random_relu_net(_rng(), (dimension, units, outputs), samples)
    inputs, bias = np.round(network.inputs, 3), np.where(np.arange(units) < 1, 0.0, 100.0)
    inputs[:held] *= 0
    inputs[held:, 0] += 50
    hidden = Dense(np.round(np.abs(network.layers[0].weight), 2) + 1, bias)
    outer = Dense(np.round(np.abs(network.layers[1].weight), 2) + 1, np.zeros(outputs))
    network = replace(network, inputs=inputs, targets=np.full((samples, outputs), -1e6), layers=(hidden, outer))
    kinks = tuple((sample, 0) for sample in range(held))
    claim = kink_minimum.Claim(1e-9, 1e-9, 5e-324, -1e308, 1e308, kinks)
    return certificate_bytes(network, claim, kink_minimum.Evidence(1e-9, (0.5,) * held, 1e-6, 1e6))


# ---- local convergence ---------------------------------------------------------------------------------------------


def _starts(samples: int, dimension: int, units: int, activation: str = "tanh", shift: float | None = None) -> bytes:
    """Around a teacher of well separated samples."""
    network = shallow_problem(_rng(), dimension, units, samples, activation)
    rounded = tuple(replace(layer, weight=np.round(layer.weight, 2)) for layer in network.layers)
    teacher = tuple(replace(layer, trained=False) for layer in rounded)
    network = replace(network, layers=rounded, teacher=teacher, inputs=np.round(network.inputs, 3))
    columns = local_convergence.Columns(1e-9, 1e-9, 1e-9, 1e-9, 1e-9)
    claim = local_convergence.Claim("teacher", 0.0, 1e308, 5e-324, 0.0, 1e308)
    return certificate_bytes(network, claim, local_convergence.Evidence(0.0, 1e-9, 1e-3, Fraction(1), columns, shift))


# ---- quadratic networks -------------------------------------------------------------------------------------------


def _quadratic(width: int, dimension: int, samples: int, spread: int = 0, sign: float = 1.0) -> Network:
    rng = _rng()
    x = rng.normal(size=(samples, dimension))
    if spread:
        x = np.ldexp(x, rng.integers(-spread, spread, size=x.shape))
    outer = np.where(np.arange(width) % 2 == 0, 1.0, sign)
    return network_problem(rng.normal(size=(width, dimension)), outer, x, rng.normal(size=samples))


def _linear_gap(widths: tuple[int, ...], samples: int, spread: int = 0) -> bytes:
    """Full mantissas, and exponents that differ by ``spread``."""
    rng = _rng()
    x, y = rng.normal(size=(samples, widths[0])), rng.normal(size=(samples, widths[-1]))
    network = linear_problem(linear_weights(rng, widths), x * 2.0 ** rng.integers(-spread, 1, size=x.shape), y)
    dual = tuple((*rng.normal(size=i).tolist(), 1e9) for i in range(widths[-1]))
    return certificate_bytes(network, deep_linear_gap.Claim(1e308), deep_linear_gap.Evidence(0.1, dual))


def _linear_dominance(widths: tuple[int, ...], samples: int, spread: int = 0) -> bytes:
    """Bounds that hold wherever they are as small as this."""
    rng = _rng()
    x, y = rng.normal(size=(samples, widths[0])), rng.normal(size=(samples, widths[-1]))
    network = linear_problem(linear_weights(rng, widths), x * 2.0 ** rng.integers(-spread, 1, size=x.shape), y)
    tiny, claim = 1e-300, deep_linear_gradient_dominance.Claim(5e-324)
    if min(widths[1:-1]) >= min(widths[0], widths[-1]):
        many = (tiny,) * (len(widths) - 1)
        return certificate_bytes(network, claim, deep_linear_gradient_dominance.Evidence("end", tiny, many, many))
    rows = tuple(tuple(row.tolist()) for row in rng.normal(size=(widths[0], widths[-1])) * 1e-3)
    numbers = (tiny, (tiny,), (tiny,), 2 * tiny, tiny, 1e9, 1e30, rows)
    return certificate_bytes(network, claim, deep_linear_gradient_dominance.Evidence("interior", *numbers))


def _linear_critical(widths: tuple[int, ...]) -> bytes:
    """Zero weights, which are critical, and a path of full mantissas in every layer."""
    rng = _rng()
    x, y = rng.normal(size=(widths[0], widths[0])), rng.normal(size=(widths[0], widths[-1]))
    weights = [0 * weight for weight in linear_weights(rng, widths)]
    terms = tuple(tuple(rng.normal(size=weight.size).tolist()) for weight in weights)
    evidence = deep_linear_critical.Evidence(0.0, tuple((k, 1) for k in range(1, len(widths))), terms)
    return certificate_bytes(
        linear_problem(weights, x, y), deep_linear_critical.Claim("saddle", -1e308, 1e308), evidence
    )


def _relu(width: int, samples: int, dimension: int, radii: int, movement: relu_convergence.Movement = "unit") -> bytes:
    """A wide start whose units are counted at so many radii."""
    network = wide_problem(*unit_data(samples, dimension), width=width)
    evidence = relu_convergence.Evidence(tuple(float(r) for r in range(1, radii + 1)), 1e-3)
    return certificate_bytes(network, relu_convergence.Claim(movement, 1e308, 0.0), evidence)


def _path(widths: tuple[int, ...], samples: int, powers: int) -> bytes:
    """So many powers in every layer, full mantissas."""
    rng = _rng()
    x, y = rng.normal(size=(samples, widths[0])), rng.normal(size=(samples, widths[-1]))
    weights = linear_weights(rng, widths)
    places = tuple((k, power) for k in range(1, len(widths)) for power in range(1, powers + 1))
    terms = tuple(tuple(rng.normal(size=weights[k - 1].size).tolist()) for k, _ in places)
    evidence = descent_path.Evidence(places, terms)
    return certificate_bytes(linear_problem(weights, x, y), descent_path.Claim(1e308, 0.0), evidence)


def _gap(method: Any, width: int, dimension: int, samples: int, spread: int = 0) -> bytes:
    network = _quadratic(width, dimension, samples, spread)
    if method == "self-dual":  # a residual of −1 everywhere, and inputs of half the rank
        x = network.inputs.copy()
        half = samples // 2
        x[half : 2 * half] = 2 * x[:half]
        network = network_problem(np.zeros((width, dimension)), [1.0] * width, x, [1.0] * samples)
    lengths = {"dual": samples, "least-squares": dimension * (dimension + 1) // 2}
    columns = (0,) if method == "self-dual" else ()
    evidence = optimality_gap.Evidence(method, 0.0, 0.0, (0.5,) * lengths.get(method, 0), columns)
    return certificate_bytes(network, optimality_gap.Claim(1e300), evidence)


def _second_order(width: int, dimension: int, samples: int) -> bytes:
    evidence = second_order_stationary.Evidence(
        -1e6, 1e6, -1e9, 1e-9, Fraction(1), 1e9, (1.0,) * width, 1e-9, 1e-9 if samples < 3_000 else None
    )
    claim = second_order_stationary.Claim(1e300, 1e300, 1e300)
    return certificate_bytes(_quadratic(width, dimension, samples), claim, evidence)


def _landscape(samples: int, dimension: int) -> bytes:
    network = _quadratic(2 * dimension + 2, dimension, samples, sign=-1.0)
    return certificate_bytes(network, global_landscape.Claim(1e-9), global_landscape.Evidence(1e-9))


def _negative(width: int, dimension: int, samples: int) -> bytes:
    network = _quadratic(width, dimension, samples)
    evidence = negative_curvature.Evidence((1.0,) * width, (1.0,) * dimension, 0.5)
    return certificate_bytes(network, negative_curvature.Claim(1e-300, 1e300, 0.0), evidence)


def _dominance(method: Any, width: int, dimension: int, samples: int) -> bytes:
    network = _quadratic(width, dimension, samples)
    size = width * dimension
    triangle = tuple(1.0 if a == b else 0.0 for a in range(samples) for b in range(a + 1))
    evidence = gradient_dominance.Evidence("ball", 1e-3, 0.0, 1e9, 1e-9)
    if method == "lmi":
        twists = (0.0,) * twist_count(size, samples)
        evidence = gradient_dominance.Evidence("lmi", 1e-3, 0.0, 1e9, 1e-9, 1e-9, triangle, twists)
    descent = gradient_dominance.Descent(1e300, 1e-300, 1e-300)
    return certificate_bytes(network, gradient_dominance.Claim(1e-3, 1e-9, descent), evidence)


# ---- planted quadratic networks -------------------------------------------------------------------------------------


def _planted(width: int, dimension: int, samples: int, spread: int = 0) -> Network:
    rng = _rng()
    x = np.round(rng.normal(size=(samples, dimension)) * 16) / 16
    x = np.ldexp(x, rng.integers(-2 * spread, 0, size=x.shape)) if spread else x
    teacher = rng.normal(size=(width, dimension))
    return planted_problem(teacher + 0.01, teacher, x)


_CONSTANTS = LocalConstants(1e-9, 1e9, 1.0, 1e9, Fraction(1))


def _orbit(width: int, dimension: int, samples: int) -> bytes:
    claim = orbit_convergence.Claim(Fraction(1, 100), 5e-324, 0.0, 0.0, 0.0)
    evidence = orbit_convergence.Evidence(1e-3, _CONSTANTS)
    return certificate_bytes(_planted(width, dimension, samples), claim, evidence)


def _towards(
    units: int, dimension: int, samples: int, activation: str = "tanh", outputs: int = 1, *, pairs: bool = True
) -> bytes:
    """Shifts that bound nothing or nearly, and a ball on which every unit may change its side."""
    rng = _rng()
    x, teacher = np.round(rng.normal(size=(samples, dimension)), 3), np.round(rng.normal(size=(units, dimension)), 2)
    network = frozen_problem(teacher, teacher, np.ones((outputs, units)), x, activation)
    claim = planted_convergence.Claim(Fraction(1, 10**6), 5e-324, 0.0)
    shift = 1e12 if pairs else None
    return certificate_bytes(network, claim, planted_convergence.Evidence(1e6, 0.0, 1e-9, 1e12, Fraction(1), shift))


def _run(width: int, dimension: int, samples: int, steps: int, bits: int, spread: int = 0) -> bytes:
    rotation = tuple(np.eye(width).ravel().tolist())
    claim = certified_orbit_run.Claim(Fraction(1, 10**6), steps, 1e300, 0.0, 0.0)
    evidence = certified_orbit_run.Evidence(steps, bits, rotation, _CONSTANTS)
    return certificate_bytes(_planted(width, dimension, samples, spread), claim, evidence)


# ---- critical points of objectives ---------------------------------------------------------------------------------


def _softmax(widths: tuple[int, ...], samples: int) -> Network:
    """A classifier with a penalty on its first layer."""
    rng, act = _rng(), parse_activation("tanh")
    layers = tuple(Dense(np.round(rng.normal(size=(b, a)), 2), np.zeros(b)) for a, b in pairwise(widths))
    labels = np.eye(widths[-1])[rng.integers(0, widths[-1], size=samples)]
    objective = Objective(SoftmaxCrossEntropy(Fraction(1)), (Decay("layers.0.weight", Fraction(1, 10)),))
    inputs = np.round(rng.normal(size=(samples, widths[0])), 4)
    return Network(layers, (act,) * (len(layers) - 1), inputs, labels, objective)


def _kernel(name: str, samples: int, inputs: int, *, shift: float | None = 1e-9, kernel: str = "limit") -> bytes:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(samples, inputs))
    layers = Dense(rng.normal(size=(40, inputs)), None), Dense(rng.normal(size=(1, 40)), None)
    network = Network(layers, (parse_activation(name),), x, np.zeros((samples, 1)), Objective(Squared(Fraction(1))))
    unit = name not in ("relu", "erf") and kernel == "limit"
    claim = tangent_kernel.Claim(kernel, "unit" if unit else "stored", 5e-324, 1e308)
    direction = None if shift is None else ((1.0,) * 1_000,) * (samples // 1_000)
    return certificate_bytes(network, claim, tangent_kernel.Evidence(shift, direction))


def _solvable(widths: tuple[int, ...], samples: int, form: str) -> bytes:
    """One Newton step at random weights."""
    network = wide_net(widths, samples)
    parts = tuple((0.0,) * min(1_000, samples - i) for i in range(0, samples, 1_000))
    return certificate_bytes(network, interpolation.Claim(1e308, 0.0), interpolation.Evidence(1e-9, parts, 1e-3, form))


def _replay(widths: tuple[int, ...], samples: int, steps: int) -> bytes:
    """So many steps so short that nothing happens."""
    form = "one-hidden-layer" if len(widths) == 3 else "recursion"
    evidence = certified_run.Evidence(steps, 0.5, (1e-9,), 1e-6, 1e6, form)
    claim = certified_run.Claim(1e-12, 2**31, 1e308, 0.0, 1e308)
    return certificate_bytes(wide_net(widths, samples), claim, evidence)


def _ball(widths: tuple[int, ...], samples: int, form: str) -> bytes:
    """A small ball around random weights."""
    parts = tuple((0.0,) * min(1_000, samples - i) for i in range(0, samples, 1_000))
    claim = convergence_basin.Claim(5e-324, 5e-324, 0.0, 1e308, 1e308, 1e308)
    evidence = convergence_basin.Evidence(1e-12, 1e-12, 0.1, 1e-9, parts, 1e-3, 1e9, form)
    return certificate_bytes(wide_net(widths, samples), claim, evidence)


def _nearest(widths: tuple[int, ...], samples: int, form: str) -> bytes:
    """One Newton step at random weights, and a grid of 256 cells."""
    network = wide_net(widths, samples)
    parts = tuple((0.0,) * min(1_000, samples - i) for i in range(0, samples, 1_000))
    given = zero_loss_convergence.DistanceEvidence(1e-9, parts, 256)
    evidence = zero_loss_convergence.Evidence(1e-9, 0.5, (1e-9,), 1e-3, 1e9, form, given)
    claim = zero_loss_convergence.Claim(1e308, 5e-324, 0.0, 1e308, None, zero_loss_convergence.ByDistance(1e308, 1e308))
    return certificate_bytes(network, claim, evidence)


def _looped(widths: tuple[int, ...], samples: int, form: str) -> bytes:
    """A long run at random weights."""
    parts = tuple((0.0,) * min(1_000, samples - i) for i in range(0, samples, 1_000))
    claim = float_run.Claim(1e-12, 0, 5e-324, 5e-324, 0.0, *(1e308,) * 5)
    numbers = (1e-12, 10**12, 1e-15, 4e-15, 0.1, 0.9, 100.0, 1e-9)
    return certificate_bytes(wide_net(widths, samples), claim, float_run.Evidence(*numbers, parts, 1e-3, 1e9, form))


def _enough(samples: int, dimension: int) -> bytes:
    """A limit kernel, its factor, and the norm of a Gram matrix in strips."""
    network = wide_problem(*unit_data(samples, dimension), width=1)
    part = Fraction(1, 100)
    claim = width_bound.Claim("sharpened", "plain", Fraction(1, 10), 1e308, 5e-324)
    return certificate_bytes(network, claim, width_bound.Evidence(1e-4, part, part, part))


def _wide(widths: tuple[int, ...], samples: int, radius: float = 0.0) -> bytes:
    rng = np.random.default_rng(0)
    layers = tuple(Dense(np.round(rng.normal(size=(b, a)) / np.sqrt(a), 3), None) for a, b in pairwise(widths))
    x, y = np.round(rng.normal(size=(samples, widths[0])), 3), np.round(rng.normal(size=(samples, widths[-1])), 3)
    network = Network(layers, (parse_activation("tanh"),) * (len(layers) - 1), x, y, Objective(Squared(Fraction(1))))
    above = len(layers) - 2
    ways = (1e-6, None) if above else (None, None)
    claim, evidence = wide_gradient_dominance.Claim(1, 5e-324), wide_gradient_dominance.Evidence(1e-3, *ways, radius)
    return certificate_bytes(network, claim, evidence)


def _checklist(widths: tuple[int, ...], samples: int, **answers: Any) -> bytes:
    rng = np.random.default_rng(0)
    layers = tuple(Dense(np.round(rng.normal(size=(b, a)), 4), None) for a, b in pairwise(widths))
    x, y = np.round(rng.normal(size=(samples, widths[0])), 4), np.round(rng.normal(size=(samples, widths[-1])), 4)
    network = Network(layers, (parse_activation("tanh"),) * (len(layers) - 1), x, y, Objective(Squared(Fraction(1))))
    return certificate_bytes(network, wide_checklist.Claim(1, **answers), wide_checklist.Evidence())


def _no_minimum(widths: tuple[int, ...], samples: int) -> bytes:
    network = _softmax(widths, samples)
    evidence = no_local_minimum.Evidence((1.0,) * network.trained_parameter_count, 1e-9)
    return certificate_bytes(network, no_local_minimum.Claim(5e-324, 5e-324, 1e308), evidence)


def _critical(widths: tuple[int, ...], samples: int) -> bytes:
    network = _softmax(widths, samples)
    index = network.trained_parameter_count // 3
    flat = ("output.bias shift", "output.weight shift")
    claim = critical_point.Claim(index, 1e-9, 1e-9, 5e-324, 0.0, -1e308, 1e308, flat)
    return certificate_bytes(network, claim, critical_point.Evidence(1e-9, 1e-9, 1e-9))


def _minimum(kind: Any, widths: tuple[int, ...], samples: int) -> bytes:
    """A strict minimum, the accuracy there or better weights, with a gradient of many digits."""
    network = _softmax(widths, samples)
    flat = ("output.bias shift", "output.weight shift")
    parts = 1e-9, 1e-9, 1e-9, 1e9, ()
    if kind is certified_accuracy:
        claim = certified_accuracy.Claim(samples, 0, 0, 1e-9, 1e-9, flat)
        return certificate_bytes(network, claim, certified_accuracy.Evidence(*parts))
    if kind is spurious_minimum:
        pieces = (0.5,) * network.trained_parameter_count
        claim = spurious_minimum.Claim(5e-324, 1e-9, 1e-9, -1e308, 1e308, flat)
        return certificate_bytes(network, claim, spurious_minimum.Evidence(*parts, witness=(pieces,)))
    claim = strict_minimum.Claim(1e-9, 1e-9, 5e-324, 1e308, -1e308, 1e308, 0.0, flat)
    return certificate_bytes(network, claim, strict_minimum.Evidence(*parts))


def _convex(k: int, d: int, samples: int) -> bytes:
    """A ball of strong convexity with shifts of every kind."""
    rng = _rng()
    network = planted(np.round(rng.normal(size=(samples, d)), 4), np.round(rng.normal(size=(k, d)), 2))
    shifts = strong_convexity.HessianShifts(-1e9, 1e9)
    frozen = FrozenShifts(-1e9, 1e9, 1e9, Fraction(1), 1e9)
    claim = strong_convexity.Claim("planted", 1e-9, 5e-324, 1e308)
    return certificate_bytes(network, claim, strong_convexity.Evidence(1e-9, shifts, frozen))


# ---- polynomials --------------------------------------------------------------------------------------------------


def _triangle(variables: int, highest: int, digits: int = 0) -> tuple[Fraction, ...]:
    """A Gram matrix of all monomials up to a degree, if a list may be so long."""
    size = comb(variables + highest, variables)
    if size * (size + 1) // 2 > 4_096:
        return ()
    entry = Fraction(10**digits + 1, 2**digits)
    return tuple(entry if a == b else Fraction(0) for a in range(size) for b in range(a + 1))


def _polynomial(variables: int, degree: int, count: int, digits: int) -> bytes:
    powers = sorted(
        (
            tuple(chosen.count(i) for i in range(1, variables + 1))
            for chosen in combinations_with_replacement(range(variables + 1), degree)
        ),
        key=monomial_key,
    )
    numerator = 10**digits + 1
    terms = tuple(Term(Fraction(numerator + k, 2 ** min(3 * digits, 8_000)), p) for k, p in enumerate(powers))
    problem = PolynomialProblem(variables, tuple(Square(Fraction(1), terms) for _ in range(count)))

    centre = tuple(Fraction(numerator + k, 2 ** min(3 * digits, 8_000)) for k in range(variables))
    evidence = gradient_dominance_sos.Evidence(
        Fraction(1),
        Fraction(1, 1000),
        Fraction(0),
        _triangle(variables, 2 * degree - 1),
        _triangle(variables, 2 * degree - 2),
    )
    return certificate_bytes(
        problem, gradient_dominance_sos.Claim(centre, Fraction(1), Fraction(1, 1000), Fraction(0)), evidence
    )


def _gram(variables: int, degree: int, digits: int) -> bytes:
    """Sparse squares of the full degree with whole Gram matrices."""
    unit = tuple(degree if i == 0 else 0 for i in range(variables))
    zero = (0,) * variables
    square = Square(Fraction(1), (Term(Fraction(-1), zero), Term(Fraction(1), unit)))
    problem = PolynomialProblem(variables, (square,))

    evidence = gradient_dominance_sos.Evidence(
        Fraction(1), Fraction(1, 1000), Fraction(0), *(_triangle(variables, 2 * degree - k, digits) for k in (1, 2))
    )
    claim = gradient_dominance_sos.Claim((Fraction(0),) * variables, Fraction(1), Fraction(1, 1000), Fraction(0))
    return certificate_bytes(problem, claim, evidence)


def _student(units: int, index: int = 0, digits: int = 0) -> bytes:
    """A student of a population loss, near no critical point; its weights may have long fractions."""
    rows = np.eye(units) * 0.7 + 0.3 * _rng().random((units, units))
    problem = orthonormal_problem(rows)
    if digits and problem.student is not None:
        third = Fraction(1, 3 * 10**digits + 1)
        long = tuple(tuple(entry + third for entry in row) for row in problem.student.weights)
        problem = replace(problem, student=replace(problem.student, weights=long))
    claim = population_minimum.Claim(index, 1e-9, 1e-9, 1e-9, -1.0, 1e9, population_minimum.Transverse(0, 1e-9))
    return certificate_bytes(problem, claim, population_minimum.Evidence(1e-9, 1e-3, 1e-3))


POLYNOMIALS: dict[tuple[str, str], Case] = {
    ("population-minimum", "units"): lambda: _student(64),
    ("population-minimum", "index"): lambda: _student(55, 1),
    ("population-minimum", "long weights"): lambda: _student(16, 0, 1_500),
    ("gradient-dominance-sos", "many squares"): lambda: _polynomial(1, 1, 3_000, 2),
    ("gradient-dominance-sos", "dense squares"): lambda: _polynomial(6, 6, 5, 3),
    ("gradient-dominance-sos", "long numbers"): lambda: _polynomial(2, 6, 5, 2_400),
    ("gradient-dominance-sos", "long numbers, 6 variables"): lambda: _polynomial(6, 2, 5, 2_400),
    ("gradient-dominance-sos", "Gram matrices"): lambda: _gram(4, 2, 2),
    ("gradient-dominance-sos", "Gram matrices of long numbers"): lambda: _gram(2, 5, 400),
}

NETWORKS: dict[tuple[str, str], Case] = {
    ("zero-loss-convergence", "200 layers, recursion"): lambda: _multilayer(200, 1, 1, "recursion", 3),
    ("zero-loss-convergence", "200 layers, adjoint"): lambda: _multilayer(200, 1, 1, "adjoint", 1),
    ("zero-loss-convergence", "1,000 layers"): lambda: _multilayer(1_000, 1, 1, "adjoint", 1),
    ("zero-loss-convergence", "900 layers, recursion"): lambda: _multilayer(900, 1, 1, "recursion", 1),
    ("zero-loss-convergence", "256 nodes, long formula"): lambda: _multilayer(3, 4, 1, "recursion", 256, TAME_FORMULA),
    ("zero-loss-convergence", "20 layers, long formula"): lambda: _multilayer(20, 3, 1, "adjoint", 32, TAME_FORMULA),
    ("zero-loss-convergence", "nested"): lambda: _multilayer(
        6, 10, 1, "adjoint", 256, "z+tanh(sin(exp(-(z^2/9)^8)))/9"
    ),
    ("zero-loss-convergence", "wide"): lambda: _multilayer(3, 150, 60, "adjoint", 8, "tanh"),
    ("zero-loss-convergence", "by distance"): lambda: _nearest((20, 100, 1), 500, "per-unit"),
    ("zero-loss-convergence", "many samples"): lambda: _multilayer(2, 250, 120, "one-hidden-layer", 8, "gelu"),
    ("zero-loss-convergence", "many outputs"): lambda: _multilayer(2, 90, 40, "one-hidden-layer", 8, "tanh", 90),
    ("zero-loss-convergence", "many samples, by units"): lambda: _multilayer(2, 250, 120, "per-unit", 8, "gelu"),
    ("zero-loss-convergence", "more samples, by units"): lambda: _multilayer(2, 60, 1_500, "per-unit", 256, "tanh"),
    ("zero-loss-convergence", "wide, centre"): lambda: _multilayer(3, 150, 60, "sample-centre", 8, "tanh"),
    ("zero-loss-convergence", "wide, by units"): lambda: _multilayer(3, 150, 60, "adjoint-per-unit", 8, "tanh"),
    ("zero-loss-convergence", "deep, by units"): lambda: _multilayer(24, 20, 90, "adjoint-per-unit", 8, "gelu"),
    ("zero-loss-convergence", "12 layers, centre"): lambda: _multilayer(12, 20, 30, "sample-centre", 256, "tanh"),
    ("zero-loss-convergence", "deep and wide, centre"): lambda: _multilayer(40, 40, 6, "sample-centre", 2, "tanh"),
    ("zero-loss-convergence", "deep and wide"): lambda: _multilayer(40, 40, 6, "adjoint", 2, "tanh"),
    ("kink-minimum", "samples"): lambda: _kinks(25_000, 1, 2, 2),
    ("kink-minimum", "inputs"): lambda: _kinks(60, 250, 8, 2),
    ("kink-minimum", "units"): lambda: _kinks(100, 2, 300, 2),
    ("kink-minimum", "outputs"): lambda: _kinks(100, 2, 3, 250),
    ("kink-minimum", "kinks"): lambda: _kinks(5_000, 1, 2, 2, 4_000),
    ("local-convergence", "samples"): lambda: _starts(900, 40, 60),
    ("local-convergence", "inputs"): lambda: _starts(60, 500, 4),
    ("local-convergence", "units"): lambda: _starts(60, 4, 2_000),
    ("local-convergence", "moments"): lambda: _starts(60, 90, 4, shift=1e9),
    ("local-convergence", "long formula"): lambda: _starts(40, 4, 20, TAME_FORMULA),
    ("cross-entropy-convergence", "samples"): lambda: _classes(2, 2, 20_000, 2),
    ("cross-entropy-convergence", "classes"): lambda: _classes(2, 8, 200, 400),
    ("cross-entropy-convergence", "layers"): lambda: _classes(900, 1, 2, 2),
    ("cross-entropy-convergence", "units"): lambda: _classes(3, 150, 100, 150),
    ("deep-linear-gap", "inputs"): lambda: _linear_gap((220, 2, 1), 200),
    ("deep-linear-gap", "outputs"): lambda: _linear_gap((1, 2, 100), 50),
    ("deep-linear-gap", "samples"): lambda: _linear_gap((2, 2, 2), 9_000),
    ("deep-linear-gap", "layers"): lambda: _linear_gap((30,) * 60, 9),
    ("deep-linear-gap", "spread"): lambda: _linear_gap((30, 2, 2), 90, 500),
    ("deep-linear-gradient-dominance", "inputs"): lambda: _linear_dominance((150, 3, 3), 160),
    ("deep-linear-gradient-dominance", "outputs"): lambda: _linear_dominance((90, 2, 90), 100),
    ("deep-linear-gradient-dominance", "layers"): lambda: _linear_dominance((12,) * 150, 13),
    ("deep-linear-gradient-dominance", "spread"): lambda: _linear_dominance((20, 2, 20), 90, 500),
    ("deep-linear-critical", "inputs"): lambda: _linear_critical((200, 2, 2)),
    ("deep-linear-critical", "layers"): lambda: _linear_critical((9,) * 60),
    ("descent-path", "widths"): lambda: _path((60, 60, 60), 60, 3),
    ("descent-path", "layers"): lambda: _path((10,) * 30, 11, 1),
    ("descent-path", "powers"): lambda: _path((8, 8, 8, 8), 9, 64),
    ("relu-convergence", "units"): lambda: _relu(43_000, 6, 2, 64),
    ("relu-convergence", "samples"): lambda: _relu(1_000, 600, 2, 4),
    ("relu-convergence", "radii"): lambda: _relu(4_000, 60, 2, 64),
    ("relu-convergence", "one sample"): lambda: _relu(43_000, 1, 2, 64),
    ("relu-convergence", "samples and radii"): lambda: _relu(600, 600, 2, 40),
    ("relu-convergence", "all weights"): lambda: _relu(43_000, 6, 2, 64, "all"),
    ("optimality-gap", "wide rank"): lambda: _gap("self-dual", 1, 4_400, 1, 60),
    ("optimality-gap", "square rank"): lambda: _gap("self-dual", 1, 200, 200),
    ("optimality-gap", "rank of long numbers"): lambda: _gap("self-dual", 1, 100, 100, 140),
    ("optimality-gap", "moments"): lambda: _gap("least-squares", 1, 90, 700),
    ("optimality-gap", "many inputs"): lambda: _gap("dual", 1, 16_000, 2),
    ("optimality-gap", "many samples"): lambda: _gap("dual", 1, 2, 4_096),
    ("second-order-stationary", "Hessian"): lambda: _second_order(150, 150, 100),
    ("second-order-stationary", "moments"): lambda: _second_order(2, 250, 100),
    ("second-order-stationary", "samples"): lambda: _second_order(3, 2, 2_900),
    ("global-landscape", "samples"): lambda: _landscape(5_000, 4),
    ("global-landscape", "many samples"): lambda: _landscape(40_000, 1),
    ("global-landscape", "inputs"): lambda: _landscape(20, 120),
    ("negative-curvature", "samples"): lambda: _negative(2, 2, 25_000),
    ("negative-curvature", "inputs"): lambda: _negative(2, 4_096, 10),
    ("negative-curvature", "units"): lambda: _negative(4_096, 2, 1_000),
    ("tangent-kernel", "inputs"): lambda: _kernel("relu", 2_000, 44),
    ("tangent-kernel", "samples"): lambda: _kernel("relu", 8_000, 4),
    ("tangent-kernel", "series"): lambda: _kernel("mish", 4_000, 20),
    ("tangent-kernel", "circles"): lambda: _kernel("tanh", 4_000, 20, shift=None),
    ("tangent-kernel", "weights"): lambda: _kernel("tanh", 1_000, 10, kernel="empirical"),
    ("certified-run", "steps"): lambda: _replay((3, 8, 1), 3, 3_000),
    ("certified-run", "samples"): lambda: _replay((20, 100, 1), 300, 20),
    ("certified-run", "layers"): lambda: _replay((3, *(6,) * 12, 1), 3, 200),
    ("convergence-basin", "samples"): lambda: _ball((20, 100, 1), 500, "one-hidden-layer"),
    ("convergence-basin", "deep"): lambda: _ball((20, 60, 60, 60, 1), 60, "sample-centre"),
    ("float-run", "samples"): lambda: _looped((20, 100, 1), 500, "one-hidden-layer"),
    ("float-run", "parameters"): lambda: _looped((60, 2_000, 1), 100, "one-hidden-layer"),
    ("float-run", "deep"): lambda: _looped((20, 60, 60, 60, 1), 60, "sample-centre"),
    ("interpolation", "samples"): lambda: _solvable((20, 100, 1), 500, "one-hidden-layer"),
    ("interpolation", "parameters"): lambda: _solvable((60, 2_000, 1), 100, "one-hidden-layer"),
    ("interpolation", "deep"): lambda: _solvable((20, 60, 60, 60, 1), 60, "sample-centre"),
    ("width-bound", "samples"): lambda: _enough(8_000, 4),
    ("width-bound", "inputs"): lambda: _enough(2_000, 44),
    ("wide-checklist", "parameters"): lambda: _checklist((4, 40, 40, 40, 10), 60, nonsingular="true"),
    ("wide-checklist", "samples"): lambda: _checklist((4, 10, 4), 8_000, nonsingular="true"),
    ("wide-checklist", "ranks"): lambda: _checklist((2, 300, 150, 150), 10, independent_rows="true"),
    ("wide-gradient-dominance", "units"): lambda: _wide((20, 2_500, 1), 2_000, 1e-9),
    ("wide-gradient-dominance", "samples"): lambda: _wide((10, 500, 2, 1), 450, 1e-12),
    ("wide-gradient-dominance", "outputs"): lambda: _wide((20, 160, 120, 20), 150, 1e-12),
    ("wide-gradient-dominance", "layers"): lambda: _wide((20, 60, *(50,) * 8, 2), 45, 1e-15),
    ("no-local-minimum", "samples"): lambda: _no_minimum((2, 4, 3), 8_000),
    ("no-local-minimum", "parameters"): lambda: _no_minimum((30, 40, 10), 40),
    ("no-local-minimum", "outputs"): lambda: _no_minimum((2, 3, 100), 90),
    ("no-local-minimum", "layers"): lambda: _no_minimum((6,) * 40, 60),
    ("critical-point", "samples"): lambda: _critical((2, 4, 3), 8_000),
    ("critical-point", "parameters"): lambda: _critical((30, 40, 10), 40),
    ("critical-point", "outputs"): lambda: _critical((2, 3, 100), 90),
    ("critical-point", "layers"): lambda: _critical((6,) * 40, 60),
    ("strict-minimum", "samples"): lambda: _minimum(strict_minimum, (2, 4, 3), 8_000),
    ("strict-minimum", "parameters"): lambda: _minimum(strict_minimum, (30, 40, 10), 40),
    ("strict-minimum", "outputs"): lambda: _minimum(strict_minimum, (2, 3, 100), 90),
    ("strict-minimum", "layers"): lambda: _minimum(strict_minimum, (6,) * 40, 60),
    ("strong-convexity", "samples"): lambda: _convex(4, 2, 20_000),
    ("strong-convexity", "inputs"): lambda: _convex(2, 60, 300),
    ("strong-convexity", "units"): lambda: _convex(100, 20, 50),
    ("certified-accuracy", "samples"): lambda: _minimum(certified_accuracy, (2, 4, 3), 8_000),
    ("certified-accuracy", "parameters"): lambda: _minimum(certified_accuracy, (30, 40, 10), 40),
    ("certified-accuracy", "layers"): lambda: _minimum(certified_accuracy, (6,) * 40, 60),
    ("spurious-minimum", "samples"): lambda: _minimum(spurious_minimum, (2, 4, 3), 8_000),
    ("spurious-minimum", "parameters"): lambda: _minimum(spurious_minimum, (30, 40, 10), 40),
    ("gradient-dominance", "ball, inputs"): lambda: _dominance("ball", 2, 200, 100),
    ("gradient-dominance", "ball, samples"): lambda: _dominance("ball", 4, 4, 3_000),
    ("gradient-dominance", "lmi, samples"): lambda: _dominance("lmi", 1, 2, 50),
    ("gradient-dominance", "lmi, weights"): lambda: _dominance("lmi", 6, 6, 3),
    ("gradient-dominance", "lmi, inputs"): lambda: _dominance("lmi", 1, 2_000, 1),
    ("orbit-convergence", "units"): lambda: _orbit(4_000, 2, 4),
    ("orbit-convergence", "inputs"): lambda: _orbit(2, 250, 100),
    ("orbit-convergence", "samples"): lambda: _orbit(2, 2, 30_000),
    ("planted-convergence", "samples"): lambda: _towards(2, 2, 30_000),
    ("planted-convergence", "inputs"): lambda: _towards(2, 250, 300),
    ("planted-convergence", "units"): lambda: _towards(1_500, 2, 3_000),
    ("planted-convergence", "pairs of samples"): lambda: _towards(2, 10, 4_000, pairs=False),
    ("planted-convergence", "outputs"): lambda: _towards(100, 3, 100, outputs=100),
    ("planted-convergence", "kinks"): lambda: _towards(60, 8, 6_000, "relu"),
    ("certified-orbit-run", "steps"): lambda: _run(1, 1, 1, 500_000, 53),
    ("certified-orbit-run", "bits"): lambda: _run(3, 3, 10, 10_000, 4_096),
    ("certified-orbit-run", "inputs"): lambda: _run(2, 50, 1_800, 30, 4_096),
    ("certified-orbit-run", "spread"): lambda: _run(2, 20, 500, 100, 4_096, 240),
    ("certified-orbit-run", "units"): lambda: _run(64, 2, 4, 1_000, 1_000),
    ("certified-orbit-run", "samples"): lambda: _run(1, 3, 20_000, 10, 64, 200),
}
