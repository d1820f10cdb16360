"""Where each number of a claim and of its evidence ends: the last one that is read, and the first that is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from certificates.claims import (
    gaussian_moment,
    global_landscape,
    gradient_dominance,
    gradient_dominance_sos,
    lipschitz_slope,
    negative_curvature,
    optimality_gap,
    orthogonal_population_convexity,
    positive_rho,
    second_order_stationary,
    tensor_constant,
    zhong_rho,
    zhong_rho_global,
)
from certificates.errors import MalformedCertificate
from certificates.language.limits import check_bits, check_cells, check_sigma
from certificates.language.parts import AssumedGrowth
from certificates.language.slopes import SlopeCells
from tests.support.activations import TINY, interval

ONE, UNIT, MOST = Fraction(1), interval(0, 1), Fraction(10**9)
LEAST = 5e-324
SIGMAS = ((MOST, 1 / MOST), (MOST + TINY, 1 / MOST - TINY, Fraction(0), -ONE))
ABOVE_0 = ((LEAST, 1.0), (0.0, -LEAST))
FROM_0 = ((0.0, LEAST), (-LEAST, -1.0))
RATIONAL_ABOVE_0 = ((TINY, ONE), (Fraction(0), -TINY))

LIMITS = {
    "sigma": (check_sigma, *SIGMAS),
    "sigma of a moment": (lambda x: gaussian_moment.Claim(0, 0, x, UNIT), *SIGMAS),
    "sigma of rho": (lambda x: zhong_rho.Claim(x, UNIT, UNIT, UNIT, UNIT, (1,)), *SIGMAS),
    "sigma of a tensor": (lambda x: tensor_constant.Claim(x, third=UNIT), *SIGMAS),
    "sigma of a Hessian": (lambda x: orthogonal_population_convexity.Claim(x, (ONE,), 1, ONE), *SIGMAS),
    "bits": (check_bits, (53, 4096), (52, 4097)),
    "bits of a moment": (lambda x: gaussian_moment.Evidence("integral", x), (53, 4096), (52, 4097)),
    "bits of a Hessian": (lambda x: orthogonal_population_convexity.Evidence("integral", x), (53, 4096), (52, 4097)),
    "slopes of a moment": (lambda x: gaussian_moment.Claim(x, 0, ONE, UNIT), (0, 4), (-1, 5)),
    "powers of a moment": (lambda x: gaussian_moment.Claim(0, x, ONE, UNIT), (0, 12), (-1, 13)),
    "witness of P2": (
        lambda x: positive_rho.Evidence(x, SlopeCells(ONE, ((-ONE, ONE),))),
        (MOST, -MOST),
        (MOST + TINY, -MOST - TINY),
    ),
    "tail of a slope": (lambda x: lipschitz_slope.Evidence(ONE, ((-ONE, ONE),), x), (0 * ONE, ONE), (-TINY,)),
    "ends of cells": (lambda x: check_cells(((Fraction(0), x),), "cells"), (ONE / 2**40, 3 * ONE), (ONE / 3, ONE / 6)),
    "power of a growth": (lambda x: AssumedGrowth(ONE, ONE, x, ONE), (0, 64), (-1, 65)),
    "start of a growth": (lambda x: AssumedGrowth(ONE, ONE, 0, x), *RATIONAL_ABOVE_0),
    "constant of a growth": (lambda x: AssumedGrowth(x, ONE, 0, ONE), (0 * ONE,), (-TINY,)),
    "slope of a growth": (lambda x: AssumedGrowth(ONE, x, 0, ONE), (0 * ONE,), (-TINY,)),
    "neurons": (
        lambda x: orthogonal_population_convexity.Claim(ONE, (ONE,) * x, 5000, ONE), (1, 4096), (0, 4097)),
    "dimension": (lambda x: orthogonal_population_convexity.Claim(ONE, (ONE, ONE), x, ONE), (2, 3), (1,)),
    "terms": (
        lambda x: zhong_rho.Claim(ONE, UNIT, UNIT, UNIT, UNIT, x), ((1,), (1, 2, 3)), ((), (2, 1), (1, 1), (0,), (4,))),
    "what a tensor claim says": (
        lambda x: tensor_constant.Claim(ONE, **x),
        ({"third": UNIT}, {"fourth": UNIT}, {"vacuous": ("fourth",)}, {"vacuous": ("third", "fourth")}, {"degree": 1}),
        ({}, {"vacuous": ("fourth", "third")}, {"vacuous": ("third", "third")}, {"third": UNIT, "vacuous": ("",)})),
    "constant of rho": (lambda x: zhong_rho_global.Claim(1, ONE, x), *RATIONAL_ABOVE_0),
    "scale of rho": (lambda x: zhong_rho_global.Claim(1, ONE, ONE, x), *RATIONAL_ABOVE_0),
    "power of rho": (lambda x: zhong_rho_global.Claim(x, ONE, ONE), (0, 16), (-1, 17)),
    "decay of rho": (
        lambda x: zhong_rho_global.Claim(1, x, ONE),
        (0 * ONE, ONE / 2, 16 * ONE), (-ONE / 2, ONE / 3, ONE / 4, 33 * ONE / 2)),
    "degree of Hermite": (lambda x: zhong_rho_global.HermiteChoice(x, 0), (0, 12), (-1, 13)),
    "order of Hermite": (lambda x: zhong_rho_global.HermiteChoice(0, x), (0, 8), (-1, 9)),
    "cells of rho": (
        lambda x: zhong_rho_global.Evidence("even", **{x[0]: ((Fraction(0), x[1]),)}),
        tuple(product(("near", "middle", "far"), (ONE / 2,))), tuple(product(("near", "middle", "far"), (ONE / 3,)))),
    "gap": (optimality_gap.Claim, *FROM_0),
    "shift of a gap": (lambda x: optimality_gap.Evidence("nonnegative", shift=x), *FROM_0),
    "gradient norm": (lambda x: second_order_stationary.Claim(x, 1.0, 1.0), *FROM_0),
    "curvature deficit": (lambda x: second_order_stationary.Claim(1.0, x, 1.0), *FROM_0),
    "gap of a stationary point": (lambda x: second_order_stationary.Claim(1.0, 1.0, x), *FROM_0),
    "direction of a unit": (
        lambda x: second_order_stationary.Evidence(0.0, 0.0, units=x), ((), (0.0, LEAST)), ((0.0,), (0.0, -0.0))),
    "curvature": (lambda x: negative_curvature.Claim(x, 0.0, 0.0), *ABOVE_0),
    "gradient norm at a saddle": (lambda x: negative_curvature.Claim(1.0, x, 1.0), *FROM_0),
    "descent from a saddle": (lambda x: negative_curvature.Claim(1.0, 1.0, x), *FROM_0),
    "units": (lambda x: negative_curvature.Evidence(x, (0.0, 1.0), 1.0), ((0.0, LEAST),), ((0.0, -0.0), ())),
    "inputs": (lambda x: negative_curvature.Evidence((0.0, 1.0), x, 1.0), ((0.0, LEAST),), ((0.0, -0.0), ())),
    "eigenvalue": (global_landscape.Claim, (None, LEAST), (0.0, -LEAST)),
    "radius": (lambda x: gradient_dominance.Claim(x, 1.0), *ABOVE_0),
    "constant": (lambda x: gradient_dominance.Claim(1.0, x), *ABOVE_0),
    "radius of a descent": (lambda x: gradient_dominance.Descent(x, 1.0, 1.0), *FROM_0),
    "step of a descent": (lambda x: gradient_dominance.Descent(1.0, x, 1.0), *ABOVE_0),
    "rate of a descent": (lambda x: gradient_dominance.Descent(1.0, 1.0, x), *ABOVE_0),
    "radius of the proof": (lambda x: gradient_dominance.Evidence("ball", x), *ABOVE_0),
    "constant of the proof": (lambda x: gradient_dominance.Evidence("lmi", 1.0, constant=x), *FROM_0),
    "exact radius": (lambda x: gradient_dominance_sos.Claim((ONE,), x, ONE, ONE), *RATIONAL_ABOVE_0),
    "exact constant": (lambda x: gradient_dominance_sos.Claim((ONE,), ONE, x, ONE), *RATIONAL_ABOVE_0),
    "exact radius of the proof": (lambda x: gradient_dominance_sos.Evidence(x, ONE, ONE, (), ()), *RATIONAL_ABOVE_0),
    "exact constant of the proof": (lambda x: gradient_dominance_sos.Evidence(ONE, x, ONE, (), ()), *RATIONAL_ABOVE_0),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_the_last_that_is_read_and_the_first_that_is_refused(name):
    make, read, refused = LIMITS[name]
    for value in read:
        make(value)
    for value in refused:
        with pytest.raises(MalformedCertificate) as caught:
            make(value)
        assert caught.value.place


@pytest.mark.parametrize(
    ("claim", "bound"),
    [
        (zhong_rho_global.Claim(0, Fraction(0), ONE), "≥ 1 for"),
        (zhong_rho_global.Claim(2, Fraction(0), ONE / 4), "≥ 0.25 σ^2 for"),
        (zhong_rho_global.Claim(2, Fraction(3, 2), ONE), "≥ 1 σ^2/(1 + σ²)^1.5 for"),
        (zhong_rho_global.Claim(0, ONE, ONE, 2 * ONE), "≥ 1/(1 + (2 σ)²)^1 for"),
    ],
)
def test_the_sentence_has_every_factor_of_the_bound(claim, bound):
    assert bound in claim.sentence()
