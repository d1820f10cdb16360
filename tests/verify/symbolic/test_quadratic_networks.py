"""Derived by differentiation, held against the closed forms and against the judge's enclosures at exact instances."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

from certificates.arithmetic.arb import precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.enclosures.quadratic import network as quadratic
from certificates.theorems.quadratic_gaps import _gap_at
from tests.twins.quadratic_networks import IDENTITIES, SymbolicNetwork, bilinear_form, defect

_SHAPES = ((2, 2, 1), *(pytest.param(shape, marks=pytest.mark.slow) for shape in ((2, 2, 3), (3, 2, 2), (2, 3, 2))))


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("name", IDENTITIES)
def test_the_identities_hold(name, shape):
    left, right = IDENTITIES[name](SymbolicNetwork(*shape))
    assert any(entry != 0 for entry in left)
    assert left.shape == right.shape
    assert defect(IDENTITIES[name], SymbolicNetwork(*shape)).is_zero_matrix


def test_a_false_identity_is_seen():
    """Without the factor 2 of (1.1), and with G instead of D_v ⊗ G in (1.3)."""
    net = SymbolicNetwork(2, 1, 2)
    assert not defect(lambda n: (n.gradient, n.gradient_closed / 2), net).is_zero_matrix
    curved = sp.kronecker_product(sp.ones(2, 2), net.force)
    wrong = net.jacobian.T * net.jacobian / net.samples + 2 * curved
    assert not defect(lambda n: (n.hessian, wrong), net).is_zero_matrix


# ---- against the judge ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[(2, 2, 3), (2, 3, 2)])
def instance(request):
    """A symbolic network, an instance of it with dyadic numbers, and the same for the judge."""
    net = SymbolicNetwork(*request.param)
    rng = np.random.default_rng(sum(request.param))
    arrays = {}
    numbers = {}
    for name in ("weights", "outer", "inputs", "labels"):
        symbols = getattr(net, name)
        drawn = rng.integers(-20, 20, size=symbols.shape) / 8 + 1 / 16  # no zeros
        arrays[name] = drawn
        numbers |= dict(zip(symbols, (sp.Rational(*x.as_integer_ratio()) for x in drawn.ravel().tolist()), strict=True))
    network = quadratic.QuadraticNetwork(
        arrays["inputs"], arrays["labels"][:, 0], arrays["weights"], arrays["outer"][:, 0], Fraction(1)
    )
    with precision(128):
        yield net, numbers, network, quadratic.evaluate(network, ArbMatrix)


def _assert_encloses(matrix, exact, width=1e-25):
    assert (matrix.table.nrows(), matrix.table.ncols()) == exact.shape
    for ball, entry in zip(matrix.entries(), exact, strict=True):
        truth = fmpq(int(entry.p), int(entry.q))
        assert ball.contains(truth)
        assert float(ball.rad()) < width


def test_the_judge_encloses_residual_and_force(instance):
    net, numbers, _, point = instance
    _assert_encloses(point.outputs, net.outputs.subs(numbers))
    _assert_encloses(point.residual, net.residual.subs(numbers))
    _assert_encloses(point.force, net.force.subs(numbers))


def test_the_judge_encloses_the_loss(instance):
    net, numbers, network, point = instance
    loss = net.loss.subs(numbers)
    assert quadratic.loss(network, point).contains(fmpq(int(loss.p), int(loss.q)))


def test_the_judge_encloses_the_hessian(instance):
    """The Hessian by differentiating twice, at exact numbers."""
    net, numbers, network, point = instance
    _assert_encloses(quadratic.hessian(network, point), net.hessian.subs(numbers))


def test_the_judge_encloses_the_jacobian_gram(instance):
    net, numbers, network, point = instance
    jacobian = net.jacobian.subs(numbers)
    _assert_encloses(quadratic.jacobian_gram(network, point), jacobian * jacobian.T)


def test_the_judges_gradient_norm(instance):
    net, numbers, network, point = instance
    squared = sum((entry**2 for entry in net.gradient.subs(numbers)), sp.Integer(0))
    found = quadratic.gradient_norm(network, point)
    assert float(found) == pytest.approx(float(sp.sqrt(squared)), rel=1e-12)
    assert float(found.upper()) ** 2 >= float(squared) * (1 - 1e-15)


def test_the_form_is_the_second_derivative_along_a_line(instance):
    """D²L[U, U] against the coefficient of t² of L(W + tU), exactly."""
    net, numbers, _, _ = instance
    direction = sp.Matrix(net.units, net.dimension, lambda i, j: sp.Rational(i - 2 * j + 1, 3))
    t = sp.Symbol("t")
    moved = {w: w + t * u for w, u in zip(net.weights, direction, strict=True)}
    along = sp.Poly(net.loss.subs(moved, simultaneous=True).subs(numbers), t)
    assert 2 * along.coeff_monomial(t**2) == bilinear_form(net, direction).subs(numbers)


def test_the_judges_gram_matrix_is_the_operator_times_its_adjoint(instance):
    """K's column j is 𝒜(𝒜*(e_j))."""
    net, numbers, network, _ = instance
    columns = [net.measured(net.adjoint(sp.eye(net.samples)[:, j])) for j in range(net.samples)]
    _assert_encloses(quadratic.gram_of_products(network, ArbMatrix), sp.Matrix.hstack(*columns).subs(numbers))


def test_the_judges_duality_gap_is_loss_minus_dual_value(instance):
    """(3.1) at M = M(W): the symbolic ℓ − 𝒟 at an arbitrary rational ν."""
    net, numbers, network, point = instance
    vector = np.arange(1, net.samples + 1) / 4
    column = ArbMatrix.from_exact(vector[:, None])
    exact = net.loss - net.dual_value(sp.Matrix([sp.Rational(*x.as_integer_ratio()) for x in vector.tolist()]))
    gap = exact.subs(numbers)
    assert _gap_at(network, point, column, Fraction(1)).contains(fmpq(int(gap.p), int(gap.q)))
