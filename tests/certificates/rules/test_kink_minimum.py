"""The rule of `kink-minimum`: vector F of theory chapter 6, growth at points of the ball, and what it must refuse."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.arithmetic.arb import upper
from certificates.certificate import decode_certificate
from certificates.claims.kink_minimum import Claim, Evidence
from certificates.document.problem_file import decode_problem
from certificates.enclosures.objectives.kink_forces import least_rates
from certificates.enclosures.objectives.kinks import Sides, extended_inputs, held_point
from certificates.enclosures.objectives.turning import turning
from certificates.errors import MalformedCertificate
from certificates.rules import kink_minimum
from certificates.subjects import Dense, Objective, Squared
from tests.support.kinks import penalised_everywhere, planted_minimum, random_relu_net, vector_f
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.kink_minimum import propose
from verify.search.kinks.bilinear import Bilinear
from verify.search.kinks.evidence import basis_of, evidence_of
from verify.search.kinks.path import face_at

CORPUS = Path(__file__).parents[2] / "corpus" / "accepted" / "kink-minimum"
KINK = ((1, 0),)
RELU = Sides(Fraction(0), Fraction(1))
EVIDENCE = Evidence(0.01, (0.4,), 0.199, 100.0)


def weakest(radius=0.01, kinks=KINK, flat=()):
    return Claim(radius, radius, 5e-324, -1e308, 1e308, kinks, flat)


def honest(name):
    """Problem, claim and evidence of an accepted file of the corpus."""
    certificate = decode_certificate((CORPUS / f"{name}.cert.json").read_bytes())
    return decode_problem(certificate.problem.embedded), certificate.claim, certificate.evidence


def test_vector_f():
    """h_1 alone accepts R = 1/100 and refuses 1/80; h_2, with the Jacobians of f_θ, goes on to nearly 1/40."""
    proved = decide(weakest(), EVIDENCE, vector_f()).proved
    assert proved.value_lower <= Fraction(109, 800) <= proved.value_upper < Fraction(109, 800) + Fraction(1, 10**14)
    assert 0.1 < proved.growth < 0.199 and proved.distance < 1e-13 and proved.kinks == KINK and proved.radius == 0.01
    wider = decide(weakest(0.0125), replace(EVIDENCE, radius=0.0125), vector_f())
    assert isinstance(wider, Accepted) and wider.proved.growth < proved.growth
    assert decide(weakest(0.03), replace(EVIDENCE, radius=0.03), vector_f()).check == 7


@pytest.mark.parametrize(("label", "share"), [(-0.05, 2.0), (0.25, -0.4)])
def test_vector_f_with_labels_whose_kinks_do_not_hold(label, share):
    """The refusal names unit, sample, θ and κ; the search finds the same θ."""
    verdict = decide(weakest(), replace(EVIDENCE, shares=(share,)), vector_f(label))
    assert isinstance(verdict, Rejected) and verdict.check == 5
    assert "unit 0" in verdict.reason and "sample 1" in verdict.reason
    assert f"θ = {share:g}" in verdict.seen and f"κ in [{-label:g}" in verdict.seen
    assert propose(vector_f(label)).verdict.seen.startswith(f"θ = {share:g}")


@pytest.mark.parametrize("name", ["residuals", "leaky", "two-labels", "three-classes", "absolute-value-like"])
def test_the_objective_grows_on_the_ball(name):
    """At points of the ball, with the true activation, from the best known point; mostly across kinks."""
    network, claim, _ = honest(name)
    assert claim.kinks
    objective, rng = FloatObjective(network), np.random.default_rng(3)
    w = objective.initial()
    for share in (0.03, 0.3, 1.0):
        for _ in range(60):
            step = rng.normal(size=w.size)
            step *= share * claim.radius / np.linalg.norm(step)
            gained = objective.value(w + step) - claim.value_lower
            assert gained >= 0.5 * claim.growth * (share * claim.radius - claim.distance) ** 2
    assert claim.value_lower <= objective.value(w) + 1e-13


def test_forces_are_spent_on_the_whole_ball():
    """Here nearly all curvature across the kink is borrowed from its force, and not a thousandth more is there."""
    planted = planted_minimum(np.random.default_rng(8), (1, 1, 1), 1)
    face = face_at(planted.network, RELU)
    basis = basis_of(face, RELU)
    evidence = evidence_of(basis)
    claim = weakest(evidence.radius, basis.pairs)
    assert np.linalg.eigvalsh(basis.hessian)[0] < basis.lowest / 8
    assert isinstance(decide(claim, replace(evidence, shift=0.99 * basis.lowest), planted.network), Accepted)
    assert decide(claim, replace(evidence, shift=0.999 * basis.lowest), planted.network).check == 7


def beside_kinks(seed, *moves):
    """Weights whose units are off a kink each by these moves of their biases, what is claimed, and the evidence."""
    planted = planted_minimum(np.random.default_rng(seed), (1, len(moves), 1), len(moves))
    basis = basis_of(face_at(planted.network, RELU), RELU)
    (hidden, outer), evidence = basis.network.layers, evidence_of(basis)
    moved = replace(hidden, bias=hidden.bias + moves)
    return replace(basis.network, layers=(moved, outer)), weakest(evidence.radius, basis.pairs), evidence


def by_plain_formulas(network, claim, evidence):
    """Theorem 6.4.1 with the shift for μ: some of its numbers, and the least eigenvalue with the kinks pressed."""
    held, shares = np.zeros((2, network.sample_count, network.widths[1]))
    for pair, share in zip(claim.kinks, evidence.shares, strict=True):
        held[pair], shares[pair] = 1, share
    held = held > 0
    point, net, radius = held_point(network, RELU, held, shares), Bilinear(network, RELU), evidence.radius
    w, x = net.initial(), extended_inputs(network)
    u = net.inputs_of_units(w)
    slopes, reach = np.where(held, shares, u > 0), turning(point, radius, [RELU.frozen])
    matrix, slope = net.hessian(w, slopes), np.linalg.norm(net.gradient(w, slopes * u, slopes))
    lengths = np.array([np.linalg.norm(x[sample]) for sample, _ in claim.kinks])
    off = np.array([abs(u[pair]) for pair in claim.kinks])
    steepest, growth = np.linalg.norm(matrix) + upper(reach.h), evidence.shift - upper(reach.h)
    offset = np.linalg.norm(off) / lengths.min()
    distance = offset + (slope + steepest * offset) / growth
    missed = (slope + steepest * distance) / lengths.min()
    rates = least_rates(point, RELU, reach, radius)
    forces = np.array([rates[pair] * min(shares[pair], 1 - shares[pair]) for pair in claim.kinks])
    for (sample, unit), weight in zip(claim.kinks, 15 / 8 * (forces - missed) / (off + lengths * radius), strict=True):
        matrix[np.ix_(net.inner[unit], net.inner[unit])] += weight * np.outer(x[sample], x[sample])
    numbers = {"m": growth, "‖ŵ − w_0‖": distance, "|ν|": missed}
    return numbers, float(np.linalg.eigvalsh(matrix)[0])


def test_two_units_beside_their_kinks():
    """Growth, distance and multipliers are the theorem's, δ that of both units; what is proved is their safe ends."""
    network, claim, evidence = beside_kinks(14, 2.0**-22, -(2.0**-21))
    verdict = decide(claim, evidence, network)
    found = {fact.symbol: fact for fact in verdict.facts}
    assert (verdict.proved.growth, verdict.proved.distance) == (found["m"].lower, found["‖ŵ − w_0‖"].upper)
    expected = by_plain_formulas(network, claim, evidence)[0]
    growth = expected.pop("m")
    assert growth * (1 - 1e-8) < found["m"].lower < growth
    for name, number in expected.items():  # σ is proved to one part in a thousand
        assert number < found[name].upper < number * (1 + 2.0**-10), name


def test_how_far_units_are_off_their_kinks_costs_force():
    """The largest shift that is shown is less by 5·10⁻⁶ for |C w_0|."""
    network, claim, evidence = beside_kinks(8, 2.0**-18)
    for _ in range(30):
        last, least = evidence.shift, by_plain_formulas(network, claim, evidence)[1]
        evidence = replace(evidence, shift=(last + least) / 2)
    assert evidence.shift == pytest.approx(last, rel=1e-9)
    assert isinstance(decide(claim, replace(evidence, shift=last * (1 - 1e-6)), network), Accepted)
    assert decide(claim, replace(evidence, shift=last * (1 + 1e-6)), network).check == 7


@pytest.mark.parametrize(("share", "check"), [(0.999, None), (1.001, 9)])
def test_all_of_a_force_may_be_spent_and_no_more(monkeypatch, share, check):
    """Whatever the judge presses the kinks with, check 9 sees it."""
    monkeypatch.setattr(kink_minimum, "_SHARE", share)
    network, claim, evidence = beside_kinks(14, 2.0**-22, -(2.0**-21))
    verdict = decide(claim, evidence, network)
    assert isinstance(verdict, Accepted) if check is None else verdict.check == check


def test_a_force_below_what_the_shares_miss_holds_nothing():
    """Vector F with θ = 0.999, at weights that are off by 2⁻¹⁴."""
    network = vector_f(-0.1001)
    off = replace(network, layers=(replace(network.layers[0], bias=np.array([2.0**-14])), network.layers[1]))
    evidence = Evidence(0.0117, (0.999,), 0.1998, 1e4)
    verdict = decide(weakest(0.0117), evidence, off)
    assert isinstance(verdict, Undecided) and verdict.check == 9 and "unit 0" in verdict.reason


def test_weights_off_along_the_kink_and_across_it():
    """The distance covers both, and a ball that is too small holds nothing."""
    network = vector_f()
    hidden, outer = network.layers
    along = replace(network, layers=(replace(hidden, weight=np.array([[1 + 2.0**-20]])), outer))
    across = replace(network, layers=(replace(hidden, bias=np.array([2.0**-20])), outer))
    for moved in (along, across):
        proved = decide(weakest(), EVIDENCE, moved).proved
        assert 2.0**-20 <= proved.distance < 2.0**-12
        assert proved.value_lower <= Fraction(109, 800) <= proved.value_upper
        verdict = decide(weakest(2.0**-20), replace(EVIDENCE, radius=2.0**-20), moved)
        assert isinstance(verdict, Undecided) and verdict.check == 8


def test_units_that_may_meet_their_kinks_on_the_ball():
    """The third sample has u = −1 and ‖x̃‖ = √2."""
    verdict = decide(weakest(0.75), replace(EVIDENCE, radius=0.75), vector_f())
    assert isinstance(verdict, Undecided) and verdict.check == 4
    assert "unit 0" in verdict.reason and "sample 0" in verdict.reason


def test_equal_samples_count_as_one():
    network = vector_f()
    rows, half = [0, 1, 1, 2], Squared(Fraction(1, 4))
    objective = replace(
        network.objective, loss=half, sample_weights=(Fraction(2), Fraction(1), Fraction(1), Fraction(2))
    )
    twice = replace(network, inputs=network.inputs[rows], targets=network.targets[rows], objective=objective)
    both = ((1, 0), (2, 0))
    one = decide(weakest(), EVIDENCE, network).proved
    proved = decide(weakest(kinks=both), replace(EVIDENCE, shares=(0.4, 0.4)), twice).proved
    assert abs(proved.growth - one.growth) < 1e-9
    assert decide(weakest(), EVIDENCE, twice).check == 4


def test_dependent_samples_are_refused():
    """Three kinks of one unit on a line have no more than two independent rows."""
    network = random_relu_net(np.random.default_rng(0), (1, 1, 1), 4)
    inputs = np.array([[1.0], [2.0], [3.0], [5.0]])
    layers = (replace(network.layers[0], weight=np.zeros((1, 1)), bias=np.zeros(1)), network.layers[1])
    layers = (layers[0], replace(layers[1], weight=np.ones((1, 1)), bias=np.zeros(1)))
    flat = replace(network, inputs=inputs, targets=-np.ones((4, 1)), layers=layers)
    kinks = tuple((sample, 0) for sample in range(4))
    verdict = decide(weakest(1e-3, kinks), Evidence(1e-3, (0.5,) * 4, 0.01, 1.0), flat)
    assert isinstance(verdict, Undecided) and verdict.check == 6 and "unit 0" in verdict.reason


def test_a_sample_without_inputs_is_no_kink():
    """Without a bias all units are 0 on it, whatever the weights."""
    network = vector_f()
    layers = (replace(network.layers[0], bias=None), network.layers[1])
    objective = Objective(Squared(Fraction(1, 2)), penalised_everywhere(layers, Fraction(1, 10)))
    network = replace(network, layers=layers, objective=objective)
    verdict = decide(weakest(), EVIDENCE, network)
    assert isinstance(verdict, Rejected) and verdict.check == 2 and "sample 1" in verdict.reason
    best = propose(network, polish=True)
    assert isinstance(best.verdict, Accepted) and best.claim.kinks == ()


@pytest.mark.parametrize("index", [0, 1])
def test_frozen_layers_are_refused(index):
    network = vector_f()
    layers = list(network.layers)
    layers[index] = replace(layers[index], trained=False)
    kept = tuple(decay for decay in network.objective.decay if not decay.tensor.startswith(f"layers.{index}."))
    frozen = replace(network, layers=tuple(layers), objective=replace(network.objective, decay=kept))
    assert decide(weakest(), EVIDENCE, frozen).check == 1


def test_labels_of_a_teacher_are_refused():
    network = vector_f()
    teacher = tuple(Dense(layer.weight, None, False) for layer in network.layers)
    assert decide(weakest(), EVIDENCE, replace(network, targets=None, teacher=teacher)).check == 1


def test_an_unpenalised_softmax_is_strict_modulo_its_shift():
    network, claim, evidence = honest("a-flat-direction")
    assert claim.flat == ("output.bias shift",)
    whole = decide(replace(claim, flat=()), evidence, network)
    assert whole.check == 10 and "flat" in whole.reason


def test_tiny_inputs_beside_huge_ones():
    """The same function in other units of measurement: another penalty, and no minimum of it."""
    network, claim, evidence = honest("residuals")
    scales = np.array([2.0**300, 2.0**-300])
    hidden = replace(network.layers[0], weight=network.layers[0].weight / scales)
    other = replace(network, inputs=network.inputs * scales, layers=(hidden, network.layers[1]))
    assert not isinstance(decide(claim, evidence, other), Accepted)


@pytest.mark.parametrize(
    "bend",
    [
        {"shares": (float("nan"),)},
        {"shares": (1.0,)},
        {"shares": (0.0,)},
        {"radius": 1e300},
        {"radius": float("inf")},
        {"shift": float("inf")},
        {"shift": float("nan")},
        {"shift": 0.0},
        {"penalty": 1e308},
        {"penalty": 5e-324},
    ],
)
def test_bent_evidence_is_refused(bend):
    verdict = decide(weakest(), replace(EVIDENCE, **bend), vector_f())
    assert not isinstance(verdict, Accepted) or bend in ({"penalty": 1e308},)


def test_claims_that_say_nothing_are_malformed():
    for bent in (
        {"distance": 1.0},
        {"growth": 0.0},
        {"value_lower": 1.0, "value_upper": 0.0},
        {"kinks": ((1, 0), (0, 0))},
        {"kinks": ((1, 0), (1, 0))},
        {"kinks": ((-1, 0),)},
    ):
        with pytest.raises(MalformedCertificate):
            replace(weakest(), **bent)
    for bent in ({"radius": 0.0}, {"penalty": -1.0}):
        with pytest.raises(MalformedCertificate):
            replace(EVIDENCE, **bent)
