"""What no claim and no evidence may hold; and the order of claims."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from certificates.claims.activation_counterexample import Evidence as Witness
from certificates.claims.gaussian_moment import Claim as Moment
from certificates.claims.gaussian_moment import Evidence as Quadrature
from certificates.claims.lipschitz_slope import Claim as Lipschitz
from certificates.claims.lipschitz_slope import Evidence as Bends
from certificates.claims.nondegenerate_activation import Evidence as Folds
from certificates.claims.orthogonal_population_convexity import Claim as Hessian
from certificates.claims.piecewise_affine import Claim as Affine
from certificates.claims.positive_rho import Evidence as Positive
from certificates.claims.positive_rho import SigmaCells
from certificates.claims.slope_growth import Claim as Growth
from certificates.claims.tensor_constant import Claim as Tensor
from certificates.claims.zhong_rho import Claim as Rho
from certificates.errors import MalformedCertificate
from certificates.language.order import unproved_fields
from certificates.language.parts import AssumedGrowth
from certificates.language.slopes import AssumedSlope, SlopeCells, Zero
from tests.support.activations import TINY, interval

ONE, UNIT = Fraction(1), interval(0, 1)
RADII = (Fraction(0), -ONE, Fraction(2**20 + 1))
THIRDS = ((ONE / 3, ONE),)
WHOLE = ((-ONE, ONE),)


@pytest.mark.parametrize("make", [
    lambda: Growth(-1, Fraction(0), ONE),
    lambda: Growth(65, Fraction(0), ONE),
    lambda: Growth(0, Fraction(0), -ONE),
    lambda: Growth(1, ONE, -TINY),
    lambda: Growth(1, -TINY, ONE),
    lambda: Growth(0, TINY, ONE),  # a constant bound has one spelling
    lambda: Lipschitz("everywhere", -ONE),
    lambda: Affine(-1),
    lambda: Zero(ONE, 0),
    lambda: Zero(ONE, 9),
    lambda: AssumedSlope(-ONE, ONE, 0),
    lambda: AssumedSlope(ONE, -ONE, 0),
    lambda: AssumedSlope(ONE, ONE, -1),
    lambda: AssumedSlope(ONE, ONE, 65),
    lambda: AssumedGrowth(-ONE, ONE, 0, ONE),
    lambda: AssumedGrowth(ONE, ONE, 0, Fraction(0)),
    lambda: AssumedGrowth(ONE, ONE, 65, ONE),
    *(lambda radius=radius: SlopeCells(radius, WHOLE) for radius in RADII),
    *(lambda radius=radius: Bends(radius, WHOLE) for radius in RADII),
    *(lambda radius=radius: Folds(radius, WHOLE, "identity") for radius in RADII),
    *(lambda radius=radius: Witness("growth", radius) for radius in RADII),
    lambda: Witness("curvature", Fraction(10**9 + 1)),
    lambda: Witness("curvature", -Fraction(10**9 + 1)),
    lambda: Positive(Fraction(10**9 + 1), sigma=SigmaCells(WHOLE, WHOLE)),
    lambda: Positive(ONE),
    lambda: Positive(ONE, SlopeCells(ONE, WHOLE), SigmaCells(WHOLE, WHOLE)),
    lambda: SlopeCells(ONE, THIRDS),
    lambda: Bends(ONE, THIRDS),
    lambda: Bends(ONE, WHOLE, -TINY),
    lambda: SigmaCells(THIRDS, WHOLE),
    lambda: SigmaCells(WHOLE, THIRDS),
    lambda: Folds(ONE, THIRDS, "identity"),
    lambda: Folds(ONE, WHOLE, "slope-sum", THIRDS),
    lambda: Moment(5, 0, ONE, UNIT),
    lambda: Moment(-1, 0, ONE, UNIT),
    lambda: Moment(0, 13, ONE, UNIT),
    lambda: Moment(0, 0, Fraction(0), UNIT),
    lambda: Moment(0, 0, -ONE, UNIT),
    lambda: Moment(0, 0, Fraction(10**9) + TINY, UNIT),
    lambda: Moment(0, 0, Fraction(1, 10**9) - TINY, UNIT),
    lambda: Quadrature("integral", 52),
    lambda: Quadrature("integral", 4097),
    lambda: interval(1, 0),
    *(lambda active=active: Rho(ONE, UNIT, UNIT, UNIT, UNIT, active) for active in ((), (2, 1), (1, 1), (0,), (4,))),
    lambda: Tensor(ONE),
    lambda: Tensor(ONE, vacuous=("fourth", "third")),
    lambda: Tensor(ONE, vacuous=("third", "third")),
    lambda: Hessian(ONE, (), 1, ONE),
    lambda: Hessian(ONE, (ONE, ONE), 1, ONE),
    lambda: Hessian(ONE, (ONE,) * 4097, 5000, ONE),
])  # fmt: skip
def test_out_of_range(make):
    with pytest.raises(MalformedCertificate) as caught:
        make()
    assert caught.value.place


def test_the_order_of_claims_knows_each_direction():
    base = Rho(ONE, UNIT, UNIT, UNIT, UNIT, (1, 2))
    assert unproved_fields(base, base) == ()
    wider, narrower = interval(-1, 2), interval("1/3", "2/3")
    for name in ("first", "second", "third", "rho"):
        assert unproved_fields(replace(base, **{name: wider}), base) == ()
        assert set(unproved_fields(replace(base, **{name: narrower}), base)) == {f"{name}.lower", f"{name}.upper"}
    assert unproved_fields(replace(base, active=(1, 2, 3)), base) == ()
    assert unproved_fields(replace(base, active=(1,)), base) == ("active",)
    assert unproved_fields(replace(base, sigma=Fraction(2)), base) == ("sigma",)
    hessian = Hessian(ONE, (ONE,), 2, ONE)
    assert unproved_fields(replace(hessian, curvature=ONE - TINY), hessian) == ()
    assert unproved_fields(replace(hessian, curvature=ONE + TINY), hessian) == ("curvature",)
    assert unproved_fields(replace(hessian, dimension=1), hessian) == ("dimension",)
    assert unproved_fields(replace(hessian, outer_weights=(-ONE,)), hessian) == ("outer_weights",)
    assert unproved_fields(Affine(1), Affine(2)) == ("kinks",)
    growth = Growth(2, ONE, ONE)
    assert unproved_fields(Growth(2, 1 + TINY, 1 + TINY), growth) == ()
    assert unproved_fields(Growth(3, 1 - TINY, 1 - TINY), growth) == ("power", "constant", "slope")
    assert unproved_fields(Lipschitz("almost everywhere", ONE), Lipschitz("everywhere", ONE)) == ("curvature",)
    tensor = Tensor(ONE, third=UNIT, degree=1, vacuous=("third",))
    assert unproved_fields(Tensor(ONE, third=UNIT), tensor) == ("vacuous",)
    assert unproved_fields(replace(tensor, degree=None), tensor) == ()
