"""From a problem to a certificate file: propose, polish if asked to, judge, write."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from certificates import Accepted, Network, Verdict
from certificates.certificate import Certificate, encode_certificate
from certificates.document import (
    PROBLEM_LIMIT,
    decode_problem,
    encode_problem,
    read_regular_file,
    sha256_hex,
    write_atomically,
)
from certificates.errors import MalformedProblem
from certificates.kinds import KINDS, find
from verify.certification.choice import chosen_kind, offers, search
from verify.certification.files import reference
from verify.certification.files import target as target_path
from verify.certification.searches import network_searches, refuse_unread, search_of
from verify.problems.objectives import refuse_objective
from verify.search.polish import Polished
from verify.search.proposal import Objective, Options, Proposal
from verify.search.provenance import provenance

__all__ = ["Certified", "SearchNotice", "certify", "refuse_kind"]


class SearchNotice(UserWarning):
    """What stands in the way of a search that has only begun."""


@dataclass(frozen=True)
class Certified:
    """What :func:`certify` found and wrote.

    Parameters
    ----------
    verdict
        The judge's verdict about the certificate, or about the best attempt.
    certificate
        ``None`` when nothing was proved.
    certificate_path, problem_path
        The files; ``None`` when nothing was written. ``problem_path`` is the polished problem if there is one.
    network
        The problem the verdict is about.
    polished
        The polishing run, if there was one.
    notes
        What the search says about itself: a solver that failed, a method that was not tried.
    offers
        (kind, why): other kinds of claims that fit the problem, not tried.
    """

    verdict: Verdict
    certificate: Certificate | None
    certificate_path: Path | None
    problem_path: Path | None
    network: Network
    polished: Polished | None = None
    notes: tuple[str, ...] = ()
    offers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Source:
    """The problem as given: a file's path and bytes, or a network in memory and its bytes."""

    path: Path | None
    data: bytes
    network: Network


def certify(
    problem: Network | str | Path,
    *,
    kind: str | None = None,
    polish: bool = False,
    objective: Objective = "rate",
    step_size: Fraction | None = None,
    radius: Fraction | None = None,
    output: str | Path | None = None,
    force: bool = False,
    progress: Callable[[str, int, float | None], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Certified:
    """Prove something about weights and data, and write the certificate.

    Parameters
    ----------
    problem
        A problem file, or a network in memory (then the certificate embeds it, up to 1 MiB).
    kind
        The kind of claim. By default ``zero-loss-convergence``; for a one-hidden-layer quadratic network whose first
        layer alone is trained either ``negative-curvature``, if some direction guarantees a decrease of the loss by
        more than 1e-6 of the zero network's, or ``optimality-gap``.
    polish
        Take Levenberg–Marquardt steps if the weights as given miss the criterion of ``zero-loss-convergence``, and
        certify the polished weights with their distance to the given ones.
    objective
        ``rate`` for the largest certified decrease per step of ``zero-loss-convergence``, ``radius`` for its smallest
        ball.
    step_size
        η of ``orbit-convergence`` and ``certified-orbit-run``; about 1/(8Λ) in the scaling 1/(4m) by default.
    radius
        ϱ of ``gradient-dominance`` (by default one on which gradient descent stays) and ``gradient-dominance-sos``
        (by default an eighth of the weights' norm).
    output
        The certificate file; ``PROBLEM.KIND.cert.json`` beside a problem file by default.
    force
        Replace an existing, different file.
    progress
        Called as ``progress(stage, step, residual_norm)``; only polishing has a residual norm.
    notice
        Called before a long search with what stands in its way; a :class:`SearchNotice` is issued otherwise.

    Returns
    -------
    Certified
        Nothing is written unless the verdict is ``Accepted``.

    Raises
    ------
    Malformed
        The problem is not one, an option belongs to another kind, or an output cannot be written.

    Examples
    --------
    >>> import numpy as np, verify
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(3, 4))
    >>> net = verify.from_arrays([rng.normal(size=(30, 4)), 0.01 * rng.normal(size=(1, 30))], None, "tanh", x,
    ...                          np.zeros((3, 1)))
    >>> certify(net, polish=True).verdict.outcome
    'accepted'
    """
    refuse_kind(kind)
    source = _load(problem)
    refuse_objective(source.network, kind)
    options = Options(
        step_size=step_size,
        radius=radius,
        objective=objective,
        polish=polish,
        source=None if source.path is None else (sha256_hex(source.data), source.path.name),
        progress=progress or (lambda *_: None),
        notice=notice or (lambda text: warnings.warn(text, SearchNotice, stacklevel=5)),
    )
    wanted = chosen_kind(source.network, kind, options)
    refuse_unread(options, wanted)
    found = search(source.network, wanted, options)
    if found.claim is None or not isinstance(found.verdict, Accepted):
        return Certified(found.verdict, None, None, None, _network(found, source), found.polished, found.notes)
    return _write(found, source, output, force, offers(source.network, found) if wanted is None else ())


def refuse_kind(kind: str | None) -> None:
    """Refuse a kind of claim that is not about weights and data, and say which command is for it."""
    if kind is None or (kind in KINDS and search_of(kind).subject is Network):
        return
    if kind in KINDS:
        raise MalformedProblem(
            f"{kind} is a claim about an {find(kind).subject.type}, not about weights and data",
            place="--kind",
            remedy="use `verify activation NAME|EXPRESSION -o PREFIX`",
        )
    raise MalformedProblem(
        f"no proposal for kind {kind!r}",
        place="--kind",
        remedy="use one of " + ", ".join(sorted(name for name, _ in network_searches())),
    )


def _load(problem: Network | str | Path) -> _Source:
    if isinstance(problem, Network):
        return _Source(None, encode_problem(problem), problem)
    path = Path(problem)
    data = read_regular_file(path, PROBLEM_LIMIT)
    return _Source(path, data, decode_problem(data))


def _network(found: Proposal, source: _Source) -> Network:
    return source.network if found.polished is None else found.polished.network


def _write(
    found: Proposal, source: _Source, output: str | Path | None, force: bool, offered: tuple[tuple[str, str], ...]
) -> Certified:
    """Write the polished problem first, then the certificate about it."""
    network = _network(found, source)
    problem_path, data = source.path, source.data
    if found.polished is not None:
        data = encode_problem(network)
        if source.path is not None:
            problem_path = source.path.with_name(f"{source.path.stem}.polished.safetensors")
    kind = found.claim.kind
    path = target_path(source.path, kind, output)
    certificate = Certificate(
        kind=kind,
        problem=reference(found.problem, problem_path, data),
        claim=found.claim,
        evidence=found.evidence,
        provenance=provenance(),
    )
    encoded = encode_certificate(certificate)
    if found.polished is not None and problem_path is not None:
        write_atomically(problem_path, data, force=force)
    if path is not None:
        write_atomically(path, encoded, force=force)
    return Certified(found.verdict, certificate, path, problem_path, network, found.polished, found.notes, offered)
