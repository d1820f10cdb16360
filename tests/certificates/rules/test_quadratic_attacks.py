"""Brute force against the rules about quadratic networks: hostile evidence and data, proofs held against floats.

Nothing here comes from a proposal: dual points, matrices, shifts, directions and θ are drawn, most of them useless.
Data have duplicate samples, dead inputs and units, fewer samples than inputs, and are scaled by powers of two far
enough for squares to overflow or underflow; what is proved is then held against the problem before scaling, exactly.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize

from certificates import Accepted, Dense, Undecided, decide
from certificates.claims import certified_orbit_run as run
from certificates.claims import global_landscape as landscape
from certificates.claims import gradient_dominance as dominance
from certificates.claims import negative_curvature as saddle
from certificates.claims import optimality_gap as gap
from certificates.claims import orbit_convergence as orbit
from certificates.claims import second_order_stationary as point
from certificates.language.local_constants import LocalConstants
from tests.support import planted
from tests.support import quadratic as naive

HUGE = 1e300
SLACK = 1 + 1e-9


def _spread(rng, low, high):
    """A number of either sign and any size."""
    return float(rng.choice([-1.0, 1.0]) * 10.0 ** rng.uniform(low, high))


class Instance:
    """A small problem, and the same with inputs times 2ᵉ, labels times 2²ᵉ and its loss times s."""

    def __init__(self, rng):
        self.k, self.d, self.n = (int(c) for c in rng.integers(1, [8, 4, 7]))
        signs = rng.choice(["positive", "negative", "mixed"])
        v = rng.uniform(0.5, 2, self.k) * {"positive": 1, "negative": -1, "mixed": rng.choice([-1, 1], self.k)}[signs]
        self.w, self.x = rng.normal(size=(self.k, self.d)), rng.normal(size=(self.n, self.d))
        self.y = rng.choice([0.0, 1.0, 3.0]) * rng.normal(size=self.n)
        if rng.random() < 0.3 and self.k > 1:
            v[rng.integers(self.k)] = 0.0
        if rng.random() < 0.3:
            self.x[rng.integers(self.n)] = self.x[0]
        if rng.random() < 0.3 and self.d > 1:
            self.x[:, rng.integers(self.d)] = 0.0
        if rng.random() < 0.3:
            self.w *= rng.choice([0.0, 1e-3])
        if rng.random() < 0.2:
            self.y *= -0.0
        self.v = v
        if rng.random() < 0.4:
            self.w = self._minimiser(self.w)[0]
        self.exponent = int(rng.choice([0, 0, 0, 20, -20, 120, -120, -270]))
        scale = Fraction(10) ** int(rng.choice([0, 0, 30, -30]))
        self.factor = 2 * self.n * scale * Fraction(2) ** (4 * self.exponent)  # f = factor·L
        size = 2.0**self.exponent
        self.problem = naive.network_problem(self.w, v, self.x * size, self.y * size * size, scale)
        self.kept, self.used = v != 0, self.x.any(axis=0)
        if not self.used.any():
            self.used[:] = True

    def plant(self, weights, outer):
        """Replace the labels by those of a teacher."""
        teacher = Dense(weights, None, False), Dense(outer[None], None, False)
        self.y = naive.residual(weights, outer, self.x, 0)
        self.problem = replace(self.problem, targets=None, teacher=teacher)

    def loss(self, w):
        return naive.loss(w, self.v, self.x, self.y)

    def _minimiser(self, start):
        """(W, L(W)) where L-BFGS stops."""

        def both(flat):
            w = flat.reshape(start.shape)
            return self.loss(w), naive.gradient(w, self.v, self.x, self.y).ravel()

        with np.errstate(all="ignore"):
            found = minimize(both, start.ravel(), jac=True, method="L-BFGS-B")
        return found.x.reshape(start.shape), float(found.fun)

    def least(self, rng, starts):
        """The least loss that is found."""
        found = [self._minimiser(start)[1] for start in (self.w, *rng.normal(size=(starts, *self.w.shape)))]
        return min(value for value in (self.loss(self.w), *found) if np.isfinite(value))

    def judged(self, rng, claim, evidence):
        """What is proved, if anything is; the claim asks for almost nothing."""
        verdict = decide(claim, evidence, self.problem, arithmetic=str(rng.choice(["fast", "arb"])))
        return verdict.proved if isinstance(verdict, Accepted) else None

    def exceeds(self, number, expected):
        """Whether a proved upper bound of the scaled problem is no less than the plain one's number."""
        return Fraction(number) >= Fraction(expected) * self.factor / Fraction(SLACK) - self.factor / 10**12


def _check_gap(rng, case):
    q_residual = naive.residual(case.w, case.v, case.x, case.y)
    method = str(rng.choice(["dual", "self-dual", "least-squares", "nonnegative"]))
    pairs = int(case.used.sum() * (case.used.sum() + 1) // 2)
    size, sign = 4.0**case.exponent, -1 if not (case.v > 0).any() else 1
    nu = rng.normal(size=case.n) + rng.choice([0.0, 1.0, 3.0]) + sign * rng.choice([0, 1]) * q_residual
    vector = {"dual": nu * size, "least-squares": rng.normal(size=pairs)}.get(method, np.zeros(0))
    t = float(rng.choice([0.0, 0.1, 1.0, 5.0]) * size) if method == "self-dual" else 0.0
    shift = float(rng.choice([0.0, 1e-3, -30.0, -30.0]) * 16.0**case.exponent)
    proved = case.judged(rng, gap.Claim(HUGE), gap.Evidence(method, shift, t, tuple(map(float, vector))))
    if proved is None:
        return False
    assert case.exceeds(proved.gap, case.loss(case.w) - case.least(rng, 3))
    return True


def _check_landscape(rng, case):
    shift = float(rng.choice([1e-6, 1e-2, 0.1])) * 16.0**case.exponent
    proved = case.judged(rng, landscape.Claim(5e-324), landscape.Evidence(shift))
    if proved is None:
        return False
    gram = (case.x @ case.x.T) ** 2
    kappa = Fraction(proved.gram_eigenvalue) / Fraction(16) ** case.exponent
    assert kappa <= Fraction(np.linalg.eigvalsh(gram)[0]) + Fraction(1, 10**9)
    assert (case.v > 0).sum() >= case.used.sum() <= (case.v < 0).sum()
    assert case.least(rng, 6) < 1e-6 * (1 + case.y @ case.y)
    return True


def _check_saddle(rng, case):
    u, b = rng.normal(size=int(case.kept.sum())), rng.normal(size=int(case.used.sum()))
    step = float(rng.choice([0.0, 1e-3, 0.3, _spread(rng, -3, 3)]))
    evidence = saddle.Evidence(tuple(map(float, u)), tuple(map(float, b)), step)
    proved = case.judged(rng, saddle.Claim(5e-324, HUGE, 0.0), evidence)
    if proved is None:
        return False
    full_u, full_b = np.zeros(case.k), np.zeros(case.d)
    full_u[case.kept], full_b[case.used] = u, b
    direction = np.outer(full_u, full_b)
    form = direction.ravel() @ naive.hessian(case.w, case.v, case.x, case.y) @ direction.ravel()
    size = case.factor * Fraction(float(np.sum(direction**2)))
    assert Fraction(proved.curvature) <= -Fraction(form) * case.factor**2 / size + case.factor / 10**4
    assert case.exceeds(proved.gradient_norm, np.linalg.norm(naive.gradient(case.w, case.v, case.x, case.y)))
    args = case.v, case.x, case.y
    moved = naive.exact_loss_at(case.w, full_u.tolist(), full_b.tolist(), Fraction(step), *args)
    descent = naive.exact_loss(case.w, *args) - moved
    assert Fraction(proved.descent) <= max(Fraction(0), descent) * case.factor
    return True


def _check_point(rng, case):
    size = 16.0**case.exponent
    if rng.random() < 0.3:
        case.plant(rng.normal(size=(2, case.d)), rng.choice([-1.0, 1.0], 2))
    own = naive.force(case.w, case.v, case.x, case.y) * (1 if (case.v > 0).any() else -1)
    low, high = np.linalg.eigvalsh(own)[[0, -1]]
    room = float(rng.choice([1e-9, 1e-3, 0.5]))
    options = {}
    for name, value in (
        ("covariance_shift", rng.choice([0.01, 0.1]) * 4.0**case.exponent),
        ("moment_shift", rng.choice([0.001, 0.01]) * size),
        ("gram_shift", rng.choice([0.001, 0.1]) * size),
        ("hessian_shift", -rng.choice([0.1, 3.0, 30.0]) * size),
        ("fourth_moment_shift", rng.choice([3.0, 30.0, 300.0]) * size),
    ):
        if rng.random() < 0.3:
            options[name] = float(value)
    if "fourth_moment_shift" in options and rng.random() < 0.5:
        options["units"] = tuple(rng.normal(size=int(case.kept.sum())).tolist())
    theta = Fraction(float(rng.choice([0.0, 0.5, 1.0, _spread(rng, -2, 2)]))) * Fraction(16) ** case.exponent
    evidence = point.Evidence(float((low - room) * size), float((high + room) * size), theta=theta, **options)
    proved = case.judged(rng, point.Claim(HUGE, HUGE, HUGE), evidence)
    if proved is None:
        return False
    w, v, x, y = case.w, case.v, case.x, case.y
    # gradient and Hessian are with respect to W, which is not scaled: both scale as f does
    assert case.exceeds(proved.gradient_norm, np.linalg.norm(naive.gradient(w, v, x, y)))
    least = np.linalg.eigvalsh(naive.hessian(w, v, x, y))[0]
    assert Fraction(proved.curvature_deficit) >= -(Fraction(least) + Fraction(1, 10**4)) * case.factor
    assert case.exceeds(proved.gap, case.loss(w) - case.least(rng, 3))
    return True


def _check_dominance(rng, case):
    if rng.random() < 0.7:  # labels close to the outputs
        case.y = case.y * 0 + naive.residual(case.w, case.v, case.x, 0) + rng.choice([0, 1e-3, 0.1]) * case.y
        size = 2.0**case.exponent
        scale = case.problem.objective.loss.scale
        case.problem = naive.network_problem(case.w, case.v, case.x * size, case.y * size * size, scale)
    size = 16.0**case.exponent
    radius = float(10.0 ** rng.uniform(-4, 0))
    bound = float(rng.choice([1.0, 5.0, 30.0, 300.0])) * size
    hidden = case.x @ case.w.T * case.v
    least = np.linalg.eigvalsh(4 * (hidden @ hidden.T) * (case.x @ case.x.T))[0]
    kernel = float(least * rng.choice([1 - 1e-6, 0.9, 1.1])) * size
    theta = float(rng.choice([0.0, 0.5, 1.0])) * size
    descent = dominance.Descent(HUGE, 5e-324, 5e-324) if rng.random() < 0.5 else None
    evidence = dominance.Evidence("ball", radius, theta, bound, kernel)
    proved = case.judged(rng, dominance.Claim(5e-324, 5e-324, descent), evidence)
    if proved is None:
        return False
    constant = float(Fraction(proved.constant) / case.factor)
    v, x, y = case.v, case.x, case.y
    for _ in range(20):
        step = rng.normal(size=case.w.shape)
        w = case.w + radius * step / np.linalg.norm(step) * rng.choice([1.0, rng.random()])
        slope = np.sum(naive.gradient(w, v, x, y) ** 2)
        assert slope * SLACK >= 2 * constant * naive.loss(w, v, x, y)
    if proved.descent is not None:
        eta = float(Fraction(proved.descent.step_size_max) * case.factor)
        rate = float(Fraction(proved.descent.decrease_rate) / case.factor)
        w, start = case.w, naive.loss(case.w, v, x, y)
        for t in range(1, 50):
            w = w - eta * naive.gradient(w, v, x, y)
            assert np.linalg.norm(w - case.w) <= proved.descent.radius * SLACK + 1e-12
            assert naive.loss(w, v, x, y) <= (1 - eta * rate) ** t * start * (1 + 1e-6) + 1e-28
    return True


CHECKS = {
    "optimality-gap": _check_gap,
    "global-landscape": _check_landscape,
    "negative-curvature": _check_saddle,
    "second-order-stationary": _check_point,
    "gradient-dominance": _check_dominance,
}


def _campaign(kind, seeds):
    """How many of the drawn certificates were accepted; each was held against floats."""
    rngs = (np.random.default_rng([seed, 17]) for seed in seeds)
    return Counter(CHECKS[kind](rng, Instance(rng)) for rng in rngs)[True]


DRAWS = dict(zip(CHECKS, (16, 250, 40, 60, 30), strict=True))
LONG = ("global-landscape", "second-order-stationary")


@pytest.mark.parametrize(
    ("kind", "draws"),
    [pytest.param(*each, marks=pytest.mark.slow if each[0] in LONG else ()) for each in DRAWS.items()],
)
def test_what_hostile_evidence_proves_is_true(kind, draws):
    assert _campaign(kind, range(draws)) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHECKS)
def test_what_hostile_evidence_proves_is_true_in_a_campaign(kind):
    assert _campaign(kind, range(1000, 4000)) >= 50


# ---- planted networks ---------------------------------------------------------------------------------------------


def _distance(w, teacher):
    return np.sqrt(max(0.0, np.sum(w**2) + np.sum(teacher**2) - 2 * np.linalg.norm(w @ teacher.T, "nuc")))


def _check_orbit(rng):
    d = int(rng.integers(1, 4))
    r, m = int(rng.integers(1, d + 2)), int(rng.integers(1, 40))
    problem = planted.random_planted(rng, max(d, r), r, m) if r <= d else None
    if problem is None:
        x, teacher = rng.normal(size=(m, d)), rng.normal(size=(r, d))
        problem = planted.planted_problem(teacher, teacher, x)
    x, teacher = problem.inputs, problem.teacher[0].weight
    z = np.einsum("nr,nd->nrd", x @ teacher.T, x).reshape(m, -1)
    form = z.T @ z / m
    fourth = float(rng.choice([5.0, 50.0, 500.0]))
    top = float(np.linalg.eigvalsh(form)[-1] * rng.choice([1.0001, 1.1, 2.0]))
    weight = float(rng.choice([0.0, 4.0, 1e3, 1e300]))
    constants = LocalConstants(
        float(rng.choice([1e-3, 0.05, 0.3])), top, weight, fourth, Fraction(int(rng.integers(2)))
    )
    step, radius = Fraction(10.0 ** rng.uniform(-3, 0.5)), float(10.0 ** rng.uniform(-4, 0.5))
    claim = orbit.Claim(step, 5e-324, 0.0, -1.0, -1.0)
    verdict = decide(claim, orbit.Evidence(radius, constants), problem)
    if not isinstance(verdict, Accepted):
        return False
    proved = verdict.proved
    for share, decrease in ((1.0, proved.decrease), (0.5, proved.half_decrease)):
        for _ in range(20):
            rotation = np.linalg.qr(rng.normal(size=(r, r)))[0]
            shift = rng.normal(size=teacher.shape)
            w = rotation @ (teacher + shift / np.linalg.norm(shift) * radius * share * rng.uniform(0.1, 1))
            before = _distance(w, teacher)
            after = _distance(w - float(step) * planted.gradient(w, teacher, x), teacher)
            assert after <= (1 - decrease) * before * (1 + 1e-6) + 1e-7
    return True


def test_distances_fall_as_hostile_constants_prove():
    assert sum(_check_orbit(np.random.default_rng([seed, 5])) for seed in range(30)) >= 2


@pytest.mark.slow
def test_distances_fall_as_hostile_constants_prove_in_a_campaign():
    assert sum(_check_orbit(np.random.default_rng([seed, 5])) for seed in range(1000, 7000)) >= 100


def test_previous_bug_04_a_run_that_diverges_is_stopped():
    """Its exponents tripled at every step: a million steps within the budget took many minutes."""
    problem = planted.planted_problem([[3.0]], [[1.0]], [[1.0], [2.0]])
    constants = LocalConstants(8.0, 9.0, 0.0, 9.0, Fraction(0))
    claim = run.Claim(Fraction(1, 8), 10**6, HUGE, 0.0, 0.0)
    verdict = decide(claim, run.Evidence(10**6, 64, (1.0,), constants), problem)
    assert isinstance(verdict, Undecided) and "diverges" in verdict.reason
