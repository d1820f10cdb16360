"""Rule *Gaussian quadrature*: when a `gaussian-moment` claim is accepted.

Statement
---------
For z ~ N(0, 1), E[φ'(σz)ⁱ zʲ] lies in ``value``.

Evidence
--------
A quadrature (``integral``, ``taylor``, ``trapezoid`` or ``exact``), a goal in bits, perhaps a bound of φ' to assume.

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. |φ'(w)| ≤ A + B|w|^p beyond the truncation: proven from the formula's expansion at infinity, or else assumed, if
   nothing contradicts it on either side.
3. The enclosure computed here lies in ``value``.

Why they suffice
----------------
1 makes φ locally absolutely continuous where its formulas are shown to be defined, elsewhere that is part of what is
assumed; so φ' exists almost everywhere and the moment is that of the weak derivative.
``integral`` encloses every piece by Arb's adaptive Gauss–Legendre rule, ``trapezoid`` by the strip bound (theory
2.3.2), ``taylor`` by Lagrange's remainder (theory 2.3.3), ``exact`` by completing the square; 2 bounds what lies beyond
(theory 2.3.1). A second quadrature, which shares neither rule nor derivative, must meet the first.

Not checked
-----------
Whether the moment is used for what it is good for.
"""

from __future__ import annotations

from dataclasses import replace

from flint import arb

from certificates.checks.acceptance import accept_if_weaker, fact, interval
from certificates.checks.continuity import require_continuous
from certificates.checks.growth import known_growth
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context
from certificates.claims.gaussian_moment import Claim, Evidence
from certificates.enclosures.gaussian.exact_moments import exact_moment
from certificates.enclosures.gaussian.meeting import met_moments
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Assumption

__all__ = ["KIND"]

TITLE = "Gaussian quadrature"


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 3 in order.

    Guarantee
    ---------
    Accepted only if the statement above is true for ``problem``, given the ledger.

    Raises
    ------
    Refusal, EnclosureFailure
        A check failed, or no enclosure was found.
    """
    require_continuous(1, problem.activation)  # Check 1
    ball, assumptions = _enclosed(claim, evidence, problem)  # Check 2
    proved = replace(claim, value=interval(ball))
    facts = (fact("α", f"E[φ'(σz)^{claim.slope_power} z^{claim.power}]", ball),)
    return accept_if_weaker(context, TITLE, 3, claim, proved, facts, assumptions)  # Check 3


def _enclosed(claim: Claim, evidence: Evidence, problem: ActivationProblem) -> tuple[arb, tuple[Assumption, ...]]:
    activation, orders = problem.activation, (claim.slope_power, claim.power)
    if evidence.quadrature == "exact":
        return exact_moment(activation, *orders, claim.sigma).enclose(), ()
    growth, assumptions = known_growth(activation, evidence.growth)
    quadrature = evidence.quadrature
    found = met_moments(activation, [orders], claim.sigma, evidence.bits, quadrature=quadrature, growth=growth)
    return found[0], assumptions


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
