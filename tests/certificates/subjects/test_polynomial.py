"""Polynomial losses: what is one, its one spelling inside a certificate, and what is refused."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from certificates import check_bytes
from certificates.certificate import Certificate, decode_certificate, encode_certificate
from certificates.claims.gradient_dominance_sos import Claim, Evidence
from certificates.document import ProblemReference
from certificates.errors import Malformed, MalformedCertificate, MalformedProblem
from certificates.subjects import PolynomialProblem, Square, Term

ONE = Fraction(1)
LINE = PolynomialProblem(1, (Square(Fraction(1, 2), (Term(ONE, (1,)),)),))  # w²/2
HALF = Evidence(ONE, Fraction(1, 2), Fraction(0), (Fraction(1, 2),), ())
CERTIFICATE = Certificate(
    "gradient-dominance-sos",
    ProblemReference.of_record(LINE),
    Claim((Fraction(0),), ONE, Fraction(1, 2), Fraction(0)),
    HALF,
    {},
)


def _terms(*powers):
    return tuple(Term(ONE, p) for p in powers)


def test_a_certificate_with_its_polynomial_inline_round_trips_and_is_judged():
    data = encode_certificate(CERTIFICATE)
    assert decode_certificate(data) == CERTIFICATE and encode_certificate(decode_certificate(data)) == data
    verdict = check_bytes(data)
    assert verdict.outcome == "accepted" and verdict.problem_sha256 == ProblemReference.of_record(LINE).sha256


def test_the_subject_hash_depends_on_every_number():
    others = [
        PolynomialProblem(1, (Square(Fraction(1, 3), (Term(ONE, (1,)),)),)),
        PolynomialProblem(1, (Square(Fraction(1, 2), (Term(Fraction(2), (1,)),)),)),
        PolynomialProblem(1, (Square(Fraction(1, 2), (Term(ONE, (2,)),)),)),
        PolynomialProblem(2, (Square(Fraction(1, 2), (Term(ONE, (1, 0)),)),)),
    ]
    assert len({ProblemReference.of_record(p).sha256 for p in (LINE, *others)}) == 5


def test_the_degree_is_twice_that_of_the_highest_residual():
    squares = (Square(ONE, _terms((0, 0), (1, 2))), Square(ONE, _terms((0, 1))))
    assert PolynomialProblem(2, squares).degree == 6


@pytest.mark.parametrize(
    ("variables", "squares", "place"),
    [
        (0, (Square(ONE, _terms(())),), "variables"),
        (7, (Square(ONE, _terms((1,) + (0,) * 6)),), "variables"),
        (1, (), "squares"),
        (1, (Square(ONE, ()),), "terms"),
        (1, (Square(Fraction(0), _terms((1,))),), "weight"),
        (1, (Square(Fraction(-1), _terms((1,))),), "weight"),
        (1, (Square(ONE, (Term(Fraction(0), (1,)),)),), "coefficient"),
        (2, (Square(ONE, _terms((1,))),), "exponents"),
        (1, (Square(ONE, _terms((1, 0))),), "exponents"),
        (2, (Square(ONE, _terms((-1, 2))),), "exponents"),
        (2, (Square(ONE, _terms((4, 3))),), "sum"),
        (1, (Square(ONE, _terms((10**9,))),), "sum"),
        (2, (Square(ONE, _terms((1, 0), (1, 0))),), "strictly increasing"),
        (2, (Square(ONE, _terms((1, 0), (0, 1))),), "strictly increasing"),
        (2, (Square(ONE, _terms((0, 2), (1, 0))),), "strictly increasing"),
    ],
)
def test_what_is_no_loss_in_its_one_spelling_is_refused(variables, squares, place):
    with pytest.raises(MalformedProblem, match=place):
        PolynomialProblem(variables, squares)


def _edited(change) -> bytes:
    top = json.loads(encode_certificate(CERTIFICATE))
    change(top)
    return json.dumps(top).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda top: top["problem"].update(variables="01"),
        lambda top: top["problem"].update(variables=["1"]),
        lambda top: top["problem"].update(extra="1"),
        lambda top: top["problem"].pop("squares"),
        lambda top: top["problem"].update(squares="1"),
        lambda top: top["problem"].update(sha256="0" * 64),
        lambda top: top["problem"]["squares"][0].update(weight="2/4"),
        lambda top: top["problem"]["squares"][0].update(weight="0x1.0000000000000p+0"),
        lambda top: top["problem"]["squares"][0]["terms"][0].update(powers=["1", "0"]),
        lambda top: top["problem"]["squares"][0]["terms"][0].update(powers=["1000000000000"]),
        lambda top: top["problem"]["squares"][0]["terms"][0].update(coefficient="0"),
        lambda top: top["problem"]["squares"][0]["terms"].append(top["problem"]["squares"][0]["terms"][0]),
        lambda top: top["problem"].update(type="network"),
        lambda top: top["problem"].update(type="matrix"),
        lambda top: top.update(problem={"type": "activation", "expression": "tanh"}),
        lambda top: top.update(problem={"type": "network", "sha256": "0" * 64, "path": "p.safetensors"}),
        lambda top: top.update(problem=[]),
        lambda top: top["claim"].update(radius="0"),
        lambda top: top["claim"].update(constant="-1"),
        lambda top: top["evidence"].update(radius="-1"),
    ],
)
def test_malformed_spellings_are_refused(change):
    with pytest.raises(MalformedCertificate):
        decode_certificate(_edited(change))


def test_a_polynomial_is_no_subject_of_other_kinds():
    def change(top):
        top["kind"] = "optimality-gap"
        top["claim"], top["evidence"] = {"gap": "0x1.0000000000000p+0"}, {"method": "nonnegative"}

    with pytest.raises(Malformed):
        decode_certificate(_edited(change))


def test_a_repeated_monomial_names_its_place():
    def change(top):
        top["problem"]["squares"][0]["terms"] *= 2

    with pytest.raises(MalformedCertificate, match=r"problem\.squares\[0\]\.terms\[1\]\.powers"):
        decode_certificate(_edited(change))
