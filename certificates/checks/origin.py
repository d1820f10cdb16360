"""What every kind that may be about polished weights checks: how far they are from those they were polished from."""

from __future__ import annotations

from certificates.arithmetic.arb import upper
from certificates.checks.matrices import matrices
from certificates.checks.outcome import Context, Refusal
from certificates.enclosures.networks.distance import differs_in_trained_weights_only, parameter_distance
from certificates.language.parts import Origin
from certificates.subjects import Network

__all__ = ["proved_origin"]


def proved_origin(check: int, claimed: Origin | None, problem: Network, context: Context) -> Origin | None:
    """The claimed origin with the distance that is proved; ``None`` if none is claimed.

    Parameters
    ----------
    check
        The number of this check in its rule.
    claimed
        As in the claim; its network is the context's origin, which has the claimed sha256.

    Raises
    ------
    Refusal
        The origin differs in more than trained weights.
    """
    if claimed is None:
        return None
    origin = context.origin
    if not isinstance(origin, Network) or not differs_in_trained_weights_only(problem, origin):
        raise Refusal.rejected(
            check,
            "the origin is not this problem with other trained weights",
            required="the same data, activations, loss, layers and frozen weights",
        )
    distance = parameter_distance(problem, origin, matrices(context))
    return Origin(claimed.sha256, claimed.path, upper(distance))
