"""Search for the smallest eigenvalue of a tangent kernel: a factor, inverse iteration, and a shift just below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from certificates import Accepted, Network, Undecided, Verdict, decide
from certificates.arithmetic.host import isolated
from certificates.arithmetic.rounding import FloatArray
from certificates.arithmetic.tiles import SymmetricBlocks, tile_spans
from certificates.checks.kernel_inputs import kernel_inputs
from certificates.claims.tangent_kernel import Claim, Evidence
from certificates.enclosures.kernels.limit import LimitKernel, has_limit, limit_kernel
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.numeric.lanczos import lowest_eigenpair
from verify.search.float_kernel import kernel_of
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import weaken, weaken_number
from verify.tiles.run import FolderTiles
from verify.tiles.shift import SHARES, lowest

__all__ = ["SEARCH", "propose"]

Kernel = Literal["limit", "empirical"]

_HUGE, _TINY = 1e308, 5e-324
_GLANCE = 1e5  # flops: no factor is begun
_SPARE = 2.0**-10  # of what is expected of the direction
_WITH_TILES = 1e18  # flops: who names a folder has the time
_MOST_ROWS = 13_000  # of a kernel that the search holds whole
_DIGITS, _PART = 5, 1_000  # of the direction: a list in a certificate is short


@kept_memory()
def propose(network: Network, *, kernel: Kernel | None = None, tiles: FolderTiles | None = None) -> Proposal:
    """Find the strongest provable claim.

    Parameters
    ----------
    network
        The problem.
    kernel
        ``limit`` or ``empirical``; by default the limit, where the network has one hidden layer and it is known.
    tiles
        Who makes the tiles of a limit kernel that fits no memory.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    weakest = _weakest(network, kernel)
    probe = decide(weakest, Evidence(1.0), network, budget=_GLANCE)
    if _is_about_structure(probe):
        return Proposal(network, None, Evidence(1.0), probe)
    limit = weakest.kernel == "limit"
    verdict: Verdict = probe
    evidence = Evidence(1.0)
    for claim, evidence in _attempts(network, weakest, tiles if limit else None):
        verdict = _judged(claim, evidence, network, tiles if limit else None)
        if not isinstance(verdict, Accepted) and verdict.proved is not None:
            claim = weaken(verdict.proved)
            verdict = _judged(claim, evidence, network, tiles if limit else None)
        if isinstance(verdict, Accepted):
            return Proposal(network, claim, evidence, verdict)
        if verdict.check != 5:
            break
    return Proposal(network, None, evidence, verdict)


def _is_about_structure(verdict: Verdict) -> bool:
    """Refused, and not for want of a budget, before the evidence is looked at."""
    beyond = isinstance(verdict, Undecided) and verdict.cause == "budget"
    return not isinstance(verdict, Accepted) and not beyond and verdict.check in (0, 1, 3)


def _judged(claim: Claim, evidence: Evidence, network: Network, tiles: FolderTiles | None) -> Verdict:
    return decide(claim, evidence, network, budget=_WITH_TILES if tiles else None, tiles=tiles)


def _weakest(network: Network, kernel: Kernel | None) -> Claim:
    activation = network.activations[0]
    if kernel is None:
        known = len(network.layers) == 2 and has_limit(activation, unit=True)
        kernel = "limit" if known else "empirical"
    stored = kernel == "empirical" or has_limit(activation, unit=False)
    return Claim(kernel, "stored" if stored else "unit", _TINY, _HUGE)


def _attempts(network: Network, claim: Claim, tiles: FolderTiles | None) -> Iterator[tuple[Claim, Evidence]]:
    """Shifts from the best on, with what they should prove; without a factor a tiny one, for the judge's words."""
    found = _lowest(network, claim, tiles)
    if found is None:
        yield claim, Evidence(2.0**-500)
        return
    value, vector = found
    numbers = [float(f"{x:.{_DIGITS}g}") for x in vector]
    direction = tuple(tuple(numbers[i : i + _PART]) for i in range(0, len(numbers), _PART))
    for share in SHARES:
        low, high = weaken_number(share * value, "smaller"), weaken_number((1 + _SPARE) * value, "larger")
        yield replace(claim, lower=low, upper=high), Evidence(share * value, direction)


def _lowest(network: Network, claim: Claim, tiles: FolderTiles | None) -> tuple[float, FloatArray] | None:
    if claim.kernel == "empirical":
        kernel = kernel_of(network)
        found = None if kernel is None else _dense_lowest(kernel)
        return None if found is None else (found[0], _as_judged(network, found[1]))
    try:
        matrix = _limit(network, claim.inputs == "unit")
    except EnclosureFailure:
        return None
    if tiles is not None:
        return lowest(matrix, tiles)
    return _dense_lowest(_whole(matrix)) if matrix.size <= _MOST_ROWS else None


def _as_judged(network: Network, vector: FloatArray) -> FloatArray:
    """Rows ordered (output, sample) in place of (sample, output)."""
    return vector.reshape(network.sample_count, -1).T.ravel()


@isolated(searching=True)
def _limit(network: Network, unit: bool) -> LimitKernel:
    return limit_kernel(kernel_inputs(network), network.activations[0], unit=unit)


@isolated(searching=True)
def _whole(matrix: SymmetricBlocks) -> FloatArray:
    """The midpoints of the lower triangle."""
    found = np.zeros((matrix.size, matrix.size))
    spans = tile_spans(matrix.size, 384)
    for i, rows in enumerate(spans):
        for columns in spans[: i + 1]:
            found[rows, columns] = matrix.block(rows, columns).mid
    return found


def _dense_lowest(matrix: FloatArray) -> tuple[float, FloatArray] | None:
    try:
        factor = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=True)
    except (np.linalg.LinAlgError, ValueError):
        return None
    return lowest_eigenpair(lambda x: cho_solve(factor, x), len(matrix))


def _fits(network: Network) -> str | None:
    trained = [layer.trained for layer in network.layers]
    limit = trained == [True, False] and has_limit(network.activations[0], unit=True)
    return "λ_min of the tangent kernel in the limit of width" if limit else None


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    verdict = decide(_weakest(network, None), Evidence(1.0), network, budget=_GLANCE)
    return verdict.finding() if not isinstance(verdict, Accepted) and _is_about_structure(verdict) else None


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, kernel=options.kernel, tiles=options.tiles)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"kernel", "tiles"}), fits=_fits, excludes=_excludes)
