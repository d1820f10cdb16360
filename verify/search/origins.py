"""How a certificate about polished weights names the problem that they were polished from."""

from __future__ import annotations

from certificates import Network
from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.distance import parameter_distance
from certificates.language.parts import Origin
from verify.search.weakening import weaken_number

__all__ = ["origin_of"]


def origin_of(given: Network, polished: Network, source: tuple[str, str] | None) -> tuple[Origin, Network] | None:
    """The origin with its distance, and the network that it is; only a file, (sha256, name), can be named."""
    if source is None:
        return None
    with precision(128):
        distance = upper(parameter_distance(polished, given, BallMatrix))
    sha256, name = source
    return Origin(sha256, name, weaken_number(distance, "larger")), given
