"""What no claim and no evidence may hold; and the order of claims."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest

from certificates.claims.activation_property import AssumedTail, Claim, Evidence, Property, Zero
from certificates.claims.gaussian_moment import Claim as Moment
from certificates.claims.gaussian_moment import Evidence as Quadrature
from certificates.claims.orthogonal_population_convexity import Claim as Hessian
from certificates.claims.tensor_constant import Claim as Tensor
from certificates.claims.zhong_rho import Claim as Rho
from certificates.errors import MalformedCertificate
from certificates.language.order import unproved_fields
from certificates.language.parts import AssumedGrowth
from tests.support.activations import TINY, interval

ONE, UNIT = Fraction(1), interval(0, 1)
NEEDED = {
    "P1": {"slope_bound", "power"},
    "P1'": {"slope_bound", "slope_growth", "power"},
    "P3a-lipschitz": {"curvature_bound"},
    "P3a-strict": {"curvature_bound"},
    "P3b": {"kinks"},
}
CELLS = ("cells", "near", "far", "mean_cells")
VALUES = {"slope_bound": ONE, "slope_growth": ONE, "power": 0, "curvature_bound": ONE, "kinks": 1}


@pytest.mark.parametrize("label", get_args(Property))
def test_a_property_has_exactly_its_numbers(label):
    needed = NEEDED.get(label, set())
    numbers = {name: VALUES[name] for name in needed}
    Claim(label, **numbers)
    for name in VALUES:
        changed = {k: v for k, v in numbers.items() if k != name} if name in needed else {**numbers, name: VALUES[name]}
        with pytest.raises(MalformedCertificate, match="needs") as caught:
            Claim(label, **changed)
        assert caught.value.place == "claim"


@pytest.mark.parametrize("make", [
    lambda: Claim("P1", slope_bound=ONE, power=-1),
    lambda: Claim("P1", slope_bound=ONE, power=65),
    lambda: Claim("P1", slope_bound=-ONE, power=0),
    lambda: Claim("P1'", slope_bound=ONE, slope_growth=-TINY, power=1),
    lambda: Claim("P3a-strict", curvature_bound=-ONE),
    lambda: Zero(ONE, 0),
    lambda: Zero(ONE, 9),
    lambda: AssumedTail(-ONE, ONE, 0, ONE),
    lambda: AssumedTail(ONE, -ONE, 0, ONE),
    lambda: AssumedTail(ONE, ONE, 0, -ONE),
    lambda: AssumedTail(ONE, ONE, -1, ONE),
    lambda: AssumedGrowth(-ONE, ONE, 0, ONE),
    lambda: AssumedGrowth(ONE, ONE, 0, Fraction(0)),
    lambda: AssumedGrowth(ONE, ONE, 65, ONE),
    lambda: Evidence("sign", radius=Fraction(0)),
    lambda: Evidence("sign", radius=-ONE),
    lambda: Evidence("sign", radius=Fraction(2**20 + 1)),
    lambda: Evidence("witness", witness=Fraction(10**9 + 1)),
    *(lambda name=name: Evidence("sign", **{name: ((ONE / 3, ONE),)}) for name in CELLS),
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
    kinks = Claim("P3b", kinks=2)
    assert unproved_fields(Claim("P3b", kinks=1), kinks) == ("kinks",)
    assert unproved_fields(Claim("not-P3b"), kinks) == ("property",)
    tensor = Tensor(ONE, third=UNIT, degree=1, vacuous=("third",))
    assert unproved_fields(Tensor(ONE, third=UNIT), tensor) == ("vacuous",)
    assert unproved_fields(replace(tensor, degree=None), tensor) == ()
