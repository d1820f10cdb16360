"""Every bad input of theory 2.8 has its outcome: malformed with a place, rejected, undecided or conditional."""

from __future__ import annotations

import json
from typing import Any

import pytest

from certificates import Accepted, Rejected, Undecided, Verdict, check_bytes
from certificates.errors import Malformed


def certificate(kind: str, expression: str, claim: dict[str, Any], evidence: dict[str, Any]) -> bytes:
    """A file as a stranger could write it."""
    problem = {"type": "activation", "expression": expression}
    top = {"format": "gradcert/1", "kind": kind, "problem": problem, "claim": claim, "evidence": evidence}
    return json.dumps({**top, "provenance": {}}).encode()


def moment(expression: str = "tanh", evidence: dict[str, Any] | None = None, **claim: Any) -> bytes:
    interval = {"lower": claim.pop("lower", "0"), "upper": claim.pop("upper", "1")}
    base = {"slope_power": "1", "power": "0", "sigma": "1", "value": interval, **claim}
    return certificate(
        "gaussian-moment", expression, base, {"quadrature": "integral", "bits": "64", **(evidence or {})}
    )


def bounded(expression: str = "tanh", claim: dict[str, Any] | None = None, **evidence: Any) -> bytes:
    cells = [[str(k), str(k + 1)] for k in range(-8, 8)]
    base = {"curvature": "everywhere", "curvature_bound": "9", **(claim or {})}
    return certificate("lipschitz-slope", expression, base, {"radius": "8", "cells": cells, **evidence})


def covered(cells: list[list[str]], expression: str = "tanh") -> bytes:
    return bounded(expression, radius="1", cells=cells)


def nested(depth: int) -> str:
    return "sin(" * depth + "z" + ")" * depth


FINE = {"a moment": moment(), "a slope": bounded()}

MALFORMED = {
    "σ = 0": (moment(sigma="0"), "claim.sigma"),
    "σ < 0": (moment(sigma="-1"), "claim.sigma"),
    "σ > 1e9": (moment(sigma="1000000001"), "claim.sigma"),
    "σ < 1e-9": (moment(sigma="1/1000000001"), "claim.sigma"),
    "NaN": (moment(sigma="nan"), "claim.sigma"),
    "inf": (moment(upper="inf"), "claim.value.upper"),
    "NaN token": (moment().replace(b'"sigma": "1"', b'"sigma": NaN'), ""),
    "a float in place of a string": (moment().replace(b'"sigma": "1"', b'"sigma": 1.0'), ""),
    "a hexadecimal float": (moment(sigma="0x1.0000000000000p+0"), "claim.sigma"),
    "a decimal": (moment(sigma="0.5"), "claim.sigma"),
    "not reduced": (moment(sigma="2/4"), "claim.sigma"),
    "a number": (moment(sigma=1), ""),
    "a truth value": (moment(sigma=True), ""),
    "null": (moment(sigma=None), "$.claim.sigma"),
    "an empty interval": (certificate("gaussian-moment", "tanh", {"value": {}}, {}), "claim"),
    "a reversed interval": (moment(lower="1", upper="0"), "claim"),
    "a point in place of an interval": (moment(value="1"), "claim.value"),
    "cells that are not dyadic": (covered([["-1", "1/3"], ["1/3", "1"]]), "evidence.cells"),
    "more cells than a list holds": (covered([["-1", "1"]] * 4097), "evidence.cells"),
    "a cell of three ends": (covered([["-1", "0", "1"]]), "evidence.cells[0]"),
    "precision > 4096": (moment(evidence={"bits": "4097"}), "evidence.bits"),
    "precision < 53": (moment(evidence={"bits": "52"}), "evidence.bits"),
    "an unknown activation": (moment("tahn"), "problem.expression"),
    "an unknown function": (moment("gamma(z)"), "problem.expression"),
    "something to execute": (moment("__import__('os').system('true')"), "problem.expression"),
    "β = 0": (moment("softplus(0)"), "problem.expression"),
    "β < 0": (moment("softplus(-1)"), "problem.expression"),
    "a = 0": (moment("smooth_leaky_relu(0)"), "problem.expression"),
    "a > 1": (moment("smooth_leaky_relu(2)"), "problem.expression"),
    "a missing parameter": (moment("smooth_leaky_relu"), "problem.expression"),
    "unsorted breakpoints": (moment("piecewise(z, 1, z, 0, z)"), "problem.expression"),
    "equal breakpoints": (moment("piecewise(z, 0, z, 0, z)"), "problem.expression"),
    "an expression too deep": (moment(nested(200)), "problem.expression"),
    "hostile parentheses": (moment("(" * 10_000 + "z" + ")" * 10_000), "problem.expression"),
    "an expression too long": (moment("+".join(["z"] * 5001)), "problem.expression"),
    "a tower of powers": (moment("z^z^z"), "problem.expression"),
    "another spelling": (moment("softplus"), "problem.expression"),
    "a formula with a name": (moment("z*sigmoid(z)"), "problem.expression"),
    "numbers without end": (moment(sigma="1" + "0" * 5000), "claim.sigma"),
    "an unknown quadrature": (moment(evidence={"quadrature": "romberg"}), "evidence.quadrature"),
    "an unknown reading": (bounded(claim={"curvature": "somewhere"}), "claim.curvature"),
    "a number too many": (bounded(claim={"kinks": "1"}), "claim"),
    "an unknown key": (moment(evidence={"verdict": "accepted"}), "evidence"),
    "conditional by itself": (moment(evidence={"assumptions": []}), "evidence"),
}


@pytest.mark.parametrize("data", FINE.values(), ids=FINE)
def test_the_certificates_that_are_spoilt_below_are_fine(data):
    assert isinstance(check_bytes(data), Accepted)


@pytest.mark.parametrize(("data", "place"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_with_its_place(data, place):
    with pytest.raises(Malformed) as caught:
        check_bytes(data)
    assert caught.value.place and caught.value.place.startswith(place)
    assert len(str(caught.value)) < 1000


HALF = [["-1", "0"], ["0", "1"]]
NOT_ACCEPTED = {
    "no cells": (covered([]), Rejected, 2),
    "a gap": (covered([["-1", "0"], ["1/2", "1"]]), Rejected, 2),
    "an overlap": (covered([["-1", "1/2"], ["0", "1"]]), Rejected, 2),
    "a reversed cell": (covered([["-1", "0"], ["1", "0"]]), Rejected, 2),
    "cells that end too early": (covered([["-1", "1/2"]]), Rejected, 2),
    "a jump": (moment("piecewise(0, 0, 1)"), Rejected, 1),
    "a division by what may vanish on a cell": (covered(HALF, "1/z"), Undecided, 0),
    "… also where it cancels": (covered(HALF, "z^2/z"), Undecided, 0),
    "a claim narrower than the ball": (moment(lower="1/2", upper="1/2", evidence={"bits": "53"}), Rejected, 3),
    "… around the truth": (moment("gelu", lower="1/2", upper="1/2"), Undecided, 3),
    "a claim beside the ball": (moment(lower="2", upper="3"), Rejected, 3),
    "no proof of a tail": (moment("z+atan(sin(z))/4", upper="9"), Undecided, 0),
}


@pytest.mark.parametrize(("data", "outcome", "number"), NOT_ACCEPTED.values(), ids=NOT_ACCEPTED)
def test_refused_by_its_check(data, outcome, number):
    verdict = check_bytes(data)
    assert isinstance(verdict, outcome) and verdict.check == number and verdict.reason


def test_a_claim_narrower_than_the_ball_is_told_the_ball():
    verdict: Verdict = check_bytes(moment("gelu", lower="1/2", upper="1/2"))
    assert isinstance(verdict, Undecided)
    assert verdict.proved.value.lower < verdict.proved.value.upper and verdict.seen.startswith("value = [0.4999")


def test_conditional_is_written_by_the_judge():
    growth = {"constant": "2", "slope": "0", "power": "0", "beyond": "32"}
    verdict = check_bytes(moment("z+atan(sin(z))/4", upper="9", evidence={"growth": growth}))
    assert isinstance(verdict, Accepted) and verdict.conditional
    assert [a.text for a in verdict.ledger if a.mathematical] == ["|φ'(w)| ≤ 2 for all |w| ≥ 32 (not proven)"]


def test_the_convention_of_erf_is_its_name():
    """1/√3 for erf0, (2/√π)/√3 for erf."""
    claim = {"lower": "577/1000", "upper": "289/500"}
    assert isinstance(check_bytes(moment("erf0", **claim)), Accepted)
    assert isinstance(check_bytes(moment("erf", **claim)), Rejected)


def test_what_is_said_of_huge_numbers_is_short():
    with pytest.raises(Malformed) as caught:
        check_bytes(moment(lower="9" * 4000, upper="0"))
    assert len(str(caught.value)) < 200
