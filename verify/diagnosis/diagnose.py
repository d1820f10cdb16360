"""``verify.diagnose``: what stands between a problem and its certificates, within seconds and without a proof."""

from __future__ import annotations

import math
from pathlib import Path

from certificates import Network
from verify.diagnosis.diagnosis import Diagnosis
from verify.diagnosis.prospects import prospects
from verify.problems import load_problem
from verify.search.data_causes import look_at_data, rank_cause
from verify.search.estimates import SECONDS, estimates
from verify.search.saturation import saturation
from verify.search.target_relations import obstruction, relation

__all__ = ["diagnose"]

_MOST_FEATURES = 1e9  # n h² up to which the independence of the last features is enclosed


def diagnose(problem: Network | str | Path) -> Diagnosis:
    """Estimate in binary64 what a certificate would need, and what the problem has.

    Parameters
    ----------
    problem
        A problem file, or a network in memory.

    Returns
    -------
    Diagnosis
        Everything in it is an estimate; of large problems it is about some of the samples, and says so.

    Raises
    ------
    Malformed
        The file is no problem.

    Examples
    --------
    >>> import numpy as np, verify
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(3, 4))
    >>> net = verify.from_arrays([rng.normal(size=(30, 4)), 0.1 * rng.normal(size=(1, 30))], None, "tanh", x,
    ...                          np.zeros((3, 1)))
    >>> diagnose(net)
    Diagnosis(estimates: loss 0.0585, λ_min 3.55, β 1.78, residual 0.419, needed 0.721 (met))
    """
    network = problem if isinstance(problem, Network) else load_problem(problem)
    known = estimates(network, effort=SECONDS)
    last = network.layers[-1]
    related = None
    if network.targets is not None and network.sample_count > network.widths[-1]:  # fewer satisfy one as a rule
        related = relation(network.targets, affine=last.bias is not None)
    cheap = network.sample_count * last.weight.shape[1] ** 2 <= _MOST_FEATURES
    data = look_at_data(network)
    wanted = known.needed == 0 and not math.isnan(known.largest) and not data.inputs.is_odd
    return Diagnosis(
        network=network,
        estimates=known,
        data=data,
        saturation=tuple(saturation(network)),
        relation=related,
        obstruction=obstruction(network) if related is not None and cheap else None,
        rank=rank_cause(network) if wanted else None,
        prospects=tuple(prospects(network, known)),
    )
