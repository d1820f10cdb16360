"""Evidence for `global-landscape`: one spectral shift; without it the claim about zero loss is left out."""

from __future__ import annotations

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.claims.global_landscape import Claim, Evidence
from certificates.enclosures.quadratic.network import gram_of_products
from certificates.errors import EnclosureFailure
from verify.search.followable import followable
from verify.search.proposal import Proposal, Search
from verify.search.quadratic import lowered, not_quadratic, read
from verify.search.weakening import weaken_number

__all__ = ["SEARCH", "propose"]


def propose(network: Network) -> Proposal:
    """Prove that there are no spurious minima, and that the minimum is 0 for all labels where that holds.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    claim, evidence = Claim(), Evidence()
    verdict = decide(claim, evidence, network)
    shape = read(network)
    if not isinstance(verdict, Accepted) or shape is None:
        return Proposal(network, None, evidence, verdict)
    n, d = shape.sample_count, shape.dimension
    if not shape.negative:
        return Proposal(
            network, claim, evidence, verdict, ("outer weights of one sign: the minimum depends on the labels",)
        )
    if n > d * (d + 1) // 2:
        return Proposal(
            network, claim, evidence, verdict, ("more than d(d + 1)/2 samples: the minimum depends on the labels",)
        )
    with precision(128):
        try:
            shift = lowered(gram_of_products(shape, BallMatrix))
        except EnclosureFailure:
            return Proposal(
                network, claim, evidence, verdict, ("zero loss for all labels is not proven: numbers overflow",)
            )
    strong = decide(Claim(5e-324), Evidence(shift), network)
    if not isinstance(strong, Accepted):
        why = followable(strong).explanation()
        return Proposal(network, claim, evidence, verdict, (f"zero loss for all labels is not proven: {why}",))
    stated = Claim(weaken_number(strong.proved.gram_eigenvalue, "smaller"))
    return Proposal(network, stated, Evidence(shift), decide(stated, Evidence(shift), network))


def _fits(network: Network) -> str | None:
    shape = read(network)
    if shape is None or any(0 < count < shape.dimension for count in (shape.positive, shape.negative)):
        return None
    return f"{shape.dimension} or more outer weights of each sign that occurs: no spurious minima"


def _excludes(network: Network) -> str | None:
    shape = read(network)
    if shape is None:
        return not_quadratic(network)
    found = f"{shape.positive} positive and {shape.negative} negative ones"
    return (
        None
        if _fits(network)
        else f"expected {shape.dimension} or more outer weights of each sign that occurs, got {found}"
    )


SEARCH = Search(Claim, Network, lambda network, _: propose(network), fits=_fits, excludes=_excludes)
