"""Sum-of-squares certificates: exact truths, attacks on every field, and sampled truth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.gradient_dominance_sos import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.rules import gradient_dominance_sos as rule
from certificates.subjects import PolynomialProblem, Square, Term
from tests.support.polynomials import in_ball, neuron, values_and_gradients
from tests.support.quadratic import random_problem
from verify.proposals.gradient_dominance_sos import propose

F = Fraction
ZERO = F(0)
TINY = F(1, 10**30)
PARABOLA = PolynomialProblem(1, (Square(F(1, 2), (Term(F(1), (1,)),)),))  # w²/2: the constant is 1 exactly


@pytest.fixture(scope="module")
def found():
    """(problem, proposal) of the neuron with p = 2."""
    problem, centre = neuron(1, 2, 6)
    return problem, propose(problem, centre, F(1, 5))


def _parabola(constant, gram, level=ZERO):
    return decide(Claim((F(0),), F(1), constant, level), Evidence(F(1), constant, level, gram, ()), PARABOLA)


def test_the_parabola_has_the_constant_1_exactly():
    below = 1 - TINY
    assert isinstance(_parabola(below, (1 - below,)), Accepted)
    assert _parabola(F(1), (F(0),)).check == 5  # singular: not definite
    verdict = _parabola(1 + TINY, (-TINY,))
    assert isinstance(verdict, Rejected) and verdict.check == 5


def _bowl(constant):
    """w ↦ ½wᵀAw, A of eigenvalues 2 and 1 along (3, −1) and (1, 3): the best constant is 1, exactly."""
    steep, flat = (Term(F(-1), (0, 1)), Term(F(3), (1, 0))), (Term(F(3), (0, 1)), Term(F(1), (1, 0)))
    problem = PolynomialProblem(2, (Square(F(1, 10), steep), Square(F(1, 20), flat)))
    top, bottom = 2 * (2 - constant), 1 - constant  # eigenvalues of A² − μA, the Gram matrix in (h_2, h_1)
    gram = ((top + 9 * bottom) / 10, (3 * bottom - 3 * top) / 10, (9 * top + bottom) / 10)
    return decide(Claim((F(0), F(0)), F(1), constant, ZERO), Evidence(F(1), constant, ZERO, gram, ()), problem)


@pytest.mark.parametrize("bits", [100, 500, 2_000])
def test_the_bowl_has_the_constant_1_to_any_precision(bits):
    assert isinstance(_bowl(1 - F(1, 2**bits)), Accepted)
    verdict = _bowl(1 + F(1, 2**bits))
    assert isinstance(verdict, Rejected) and verdict.check == 5


@pytest.mark.parametrize("sign", [0, 1, -1])
def test_a_gram_matrix_that_no_precision_decides_is_undecided(sign):
    """With +1 the claim is false: it is above the true constant 1, by less than 4,096 bits can see."""
    verdict = _bowl(1 + F(sign, 2**5_000))
    assert isinstance(verdict, Undecided) and verdict.check == 5


def test_a_level_above_the_minimum_keeps_the_constant_monomial():
    constant, level = F(1, 2), F(1, 8)
    gram = (2 * constant * level, F(0), 1 - constant)
    assert isinstance(_parabola(constant, gram, level), Accepted)
    assert _parabola(constant, gram, level / 2).check == 4


def test_an_honest_certificate_is_accepted_in_both_arithmetics(found):
    problem, proposal = found
    for arithmetic in ("fast", "arb"):
        verdict = decide(proposal.claim, proposal.evidence, problem, arithmetic=arithmetic)
        assert isinstance(verdict, Accepted) and verdict.arithmetic == "arb" and not verdict.conditional
    assert verdict.facts[0].upper == 0.0


def test_what_is_claimed_holds_at_sampled_points(found):
    problem, proposal = found
    claim = proposal.claim
    points = in_ball(np.random.default_rng(0), claim.centre, float(claim.radius), 4_000)
    values, slopes = values_and_gradients(problem, points)
    quotients = np.sum(slopes**2, axis=1) / (2 * values)
    assert np.min(quotients) >= float(claim.constant)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda c: replace(c, constant=c.constant + TINY), 6),
        (lambda c: replace(c, radius=c.radius + TINY), 6),
        (lambda c: replace(c, level=c.level - TINY), 6),
        (lambda c: replace(c, centre=(c.centre[0] + TINY, c.centre[1])), 4),
        (lambda c: replace(c, centre=c.centre[:1]), 1),
        (lambda c: replace(c, centre=(*c.centre, F(0))), 1),
    ],
)
def test_stronger_or_other_claims_are_refused(found, change, check):
    problem, proposal = found
    verdict = decide(change(proposal.claim), proposal.evidence, problem)
    assert not isinstance(verdict, Accepted) and verdict.check == check


def test_weaker_claims_are_accepted(found):
    problem, proposal = found
    claim = proposal.claim
    for weaker in (
        replace(claim, constant=claim.constant / 3),
        replace(claim, radius=claim.radius / 7),
        replace(claim, level=F(1, 9)),
    ):
        assert isinstance(decide(weaker, proposal.evidence, problem), Accepted)


@pytest.mark.parametrize("name", ["radius", "constant", "level"])
def test_evidence_for_more_than_its_identity_is_rejected(found, name):
    problem, proposal = found
    stronger = replace(proposal.evidence, **{name: getattr(proposal.evidence, name) + TINY})
    verdict = decide(proposal.claim, stronger, problem)
    assert isinstance(verdict, Rejected) and verdict.check == 4


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_changed_entry_breaks_the_identity(found, name):
    problem, proposal = found
    entries = list(getattr(proposal.evidence, name))
    for index in range(0, len(entries), 5):
        changed = [*entries[:index], entries[index] + TINY, *entries[index + 1 :]]
        verdict = decide(proposal.claim, replace(proposal.evidence, **{name: tuple(changed)}), problem)
        assert isinstance(verdict, Rejected) and verdict.check == 4


@pytest.mark.parametrize("name", ["first", "second"])
@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: (*t, F(0)), lambda t: ()])
def test_triangles_of_the_wrong_size_are_rejected(found, name, change):
    problem, proposal = found
    evidence = replace(proposal.evidence, **{name: change(getattr(proposal.evidence, name))})
    verdict = decide(proposal.claim, evidence, problem)
    assert isinstance(verdict, Rejected) and verdict.check == 3


def test_an_identity_whose_gram_matrix_is_indefinite_by_a_hair_is_rejected():
    """H⁴ can be moved between (h², h²) and (h, h³) in the form without changing it."""
    quartic = PolynomialProblem(1, (Square(F(1), (Term(F(1), (1,)), Term(F(1), (2,)))),))  # (w + w²)²
    # ‖∇f‖² = 4(h + h²)²(1 + 2h)² = 4h² + 24h³ + 52h⁴ + 48h⁵ + 16h⁶; 2μf = 2μ(h² + 2h³ + h⁴)
    mu, radius = F(1, 10), F(1, 100)
    c = F(1)  # s_1 = c h² + 50 h⁴

    def verdict(corner):
        second = (c, F(0), F(50))
        rho = radius * radius
        want = {2: 4 - 2 * mu - c * rho, 3: 24 - 4 * mu, 4: 52 - 2 * mu + c - 50 * rho, 5: F(48), 6: F(66)}
        first = (want[2], want[3] / 2, want[4] - 2 * corner, corner, want[5] / 2, want[6])
        return decide(Claim((F(0),), radius, mu, F(0)), Evidence(radius, mu, F(0), first, second), quartic)

    good = verdict(F(0))
    a, b, d, e, f = 4 - 2 * mu - c * radius**2, 12 - 2 * mu, 52 - 2 * mu + c - 50 * radius**2, F(24), F(66)
    determinant = a * (d * f - e * e) - b * b * f
    assert isinstance(good, Accepted) == (determinant > 0 and a * d > b * b)
    # enough on the corner makes the middle pivot negative: rejected by definiteness, with the identity intact
    bad = verdict((d - b * b / a) / 2 + TINY)
    assert isinstance(bad, Rejected) and bad.check == 5
    # and its second matrix, indefinite by 1e-30
    below = decide(
        Claim((F(0),), radius, mu, F(0)),
        Evidence(
            radius,
            mu,
            F(0),
            (4 - 2 * mu + TINY * radius**2, b, 52 - 2 * mu - TINY - 50 * radius**2, F(0), e, f),
            (-TINY, F(0), F(50)),
        ),
        quartic,
    )
    assert isinstance(below, Rejected) and below.check == 5 and "Q_" in below.reason


def test_another_problem_is_rejected(found):
    problem, proposal = found
    heavier = PolynomialProblem(2, (replace(problem.squares[0], weight=F(1)), *problem.squares[1:]))
    assert decide(proposal.claim, proposal.evidence, heavier).check == 4
    with pytest.raises(MalformedCertificate):
        decide(proposal.claim, proposal.evidence, random_problem(np.random.default_rng(0), 2, 2, 3))


def test_numbers_that_are_too_long_are_undecided(found):
    problem, proposal = found
    verdict = decide(proposal.claim, replace(proposal.evidence, constant=F(1, 3**6000)), problem)
    assert isinstance(verdict, Undecided) and verdict.check == 2


def test_numbers_of_8192_bits_are_not_too_long():
    square = PolynomialProblem(1, (Square(F(1), (Term(F(1), (1,)),)),))
    longest, third = F(2**8192 - 1), F(1, 3**5168)  # 3^5168 has 8,192 bits
    for number, check in ((longest, 4), (third, 4), (longest + 1, 2), (third / 3, 2), (third / 2, 2)):
        evidence = Evidence(F(1), F(1), number, (F(1),), ())
        verdict = decide(Claim((F(0),), F(1), F(1), number), evidence, square)
        assert verdict.check == check and isinstance(verdict, Rejected if check == 4 else Undecided)
    long = PolynomialProblem(1, (Square(F(1), (Term(longest + 1, (1,)),)),))
    verdict = decide(Claim((F(0),), F(1), F(1), ZERO), Evidence(F(1), F(1), ZERO, (F(1),), ()), long)
    assert isinstance(verdict, Undecided) and verdict.check == 2


def test_the_constant_alone_can_be_a_basis():
    """h²/2 + 1/8 = (1 + 9h²)/16 + (1 − h²)/16 for f = w²/2, μ = 1/2 and the level 1/8."""
    evidence = Evidence(F(1), F(1, 2), F(1, 8), (F(1, 16), ZERO, F(9, 16)), (F(1, 16),))
    assert isinstance(decide(Claim((ZERO,), F(1), F(1, 2), F(1, 8)), evidence, PARABOLA), Accepted)


def test_the_loss_at_the_centre_is_among_the_facts():
    third = Square(F(1, 3), (Term(F(1), (0,)),))
    problem = PolynomialProblem(1, (*PARABOLA.squares, third))
    evidence = Evidence(F(1), F(1, 2), F(1, 3), (F(1, 2),), ())
    (fact,) = decide(Claim((ZERO,), F(1), F(1, 2), F(1, 3)), evidence, problem).facts
    assert F(fact.lower) < F(1, 3) < F(fact.upper)


def test_triangles_are_read_row_by_row(monkeypatch):
    seen = []
    monkeypatch.setattr(rule, "is_positive_definite", lambda rows: seen.append(rows) or True)
    rule._require_definite(3, tuple(F(k) for k in range(1, 7)), "Q_0")
    assert [[float(entry) for entry in row] for row in seen[0]] == [[1.0], [2.0, 3.0], [4.0, 5.0, 6.0]]


def test_a_centre_of_another_dimension_is_rejected():
    verdict = decide(Claim((ZERO, ZERO), F(1), F(1), ZERO), Evidence(F(1), F(1), ZERO, (F(0),), ()), PARABOLA)
    assert isinstance(verdict, Rejected) and verdict.check == 1


def test_the_budget_is_kept(found):
    problem, proposal = found
    verdict = decide(proposal.claim, proposal.evidence, problem, budget=1.0)
    assert isinstance(verdict, Undecided) and verdict.check == 2


@pytest.mark.parametrize("field", ["radius", "constant"])
@pytest.mark.parametrize("value", [F(0), F(-1)])
def test_balls_and_constants_are_positive(found, field, value):
    for record in (found[1].claim, found[1].evidence):
        with pytest.raises(MalformedCertificate, match=field):
            replace(record, **{field: value})


def test_the_sentence_speaks_of_the_ball_only(found):
    sentence = found[1].claim.sentence()
    assert "within 0.2 of w*" in sentence and "·f(w)." in sentence and "descent" not in sentence
