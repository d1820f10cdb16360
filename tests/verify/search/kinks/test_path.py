"""From any weights to a minimum on kinks, and the evidence for it."""

from fractions import Fraction

import numpy as np

from certificates import Accepted, decide
from certificates.claims.kink_minimum import Claim
from certificates.enclosures.objectives.kinks import Sides
from tests.support.kinks import random_relu_net, vector_f
from verify.proposals.kink_minimum import SEARCH, propose
from verify.search.kinks.evidence import basis_of, evidence_of
from verify.search.kinks.path import face_at

RELU = Sides(Fraction(0), Fraction(1))


def test_weights_at_their_kinks_are_taken_as_they_are():
    face = face_at(vector_f(), RELU)
    assert face.held.ravel().tolist() == [False, True, False] and abs(face.shares[1, 0] - 0.4) < 1e-12
    basis = basis_of(face, RELU)
    evidence = evidence_of(basis)
    assert basis.pairs == ((1, 0),) and abs(basis.lowest - 0.2) < 1e-12 and 0.005 < evidence.radius < 0.02
    claim = Claim(evidence.radius, evidence.radius, 5e-324, -1e308, 1e308, basis.pairs)
    assert isinstance(decide(claim, evidence, vector_f()), Accepted)
    assert evidence_of(basis, Fraction(1, 1024)).radius == 1 / 1024


def test_units_that_carry_nothing_are_left_out():
    """And the notes of the problem say so."""
    network = random_relu_net(np.random.default_rng(4), (1, 3, 1), 6)
    found = propose(network, polish=True)
    assert isinstance(found.verdict, Accepted) and found.polished.ended == "minimum"
    assert found.problem.widths == (1, 2, 1) and "1 of 3 hidden units carry nothing" in found.problem.notes[-1]
    assert found.notes == found.problem.notes and found.polished.losses[1] < found.polished.losses[0]
    assert 0 < found.polished.distance < 10


def test_what_is_excluded_without_a_search():
    assert SEARCH.excludes(vector_f()) is None and SEARCH.fits(vector_f()) is not None
    smooth = random_relu_net(np.random.default_rng(0), (1, 1, 1), 3, activation="tanh")
    assert "ReLU" in SEARCH.excludes(smooth) and SEARCH.fits(smooth) is None
