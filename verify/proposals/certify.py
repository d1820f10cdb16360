"""From a problem to a certificate file: propose, polish if asked to, judge, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from certificates import Accepted, Network, Verdict
from certificates.arithmetic.arb import precision, upper
from certificates.claims import KINDS, Origin
from certificates.claims.zero_loss_convergence import Claim
from certificates.document import (
    PROBLEM_LIMIT,
    Certificate,
    ProblemReference,
    decode_problem,
    encode_certificate,
    encode_problem,
    read_regular_file,
    sha256_hex,
    write_atomically,
)
from certificates.enclosures.distance import parameter_distance
from certificates.errors import MalformedProblem
from verify.proposals._provenance import provenance
from verify.proposals._weaken import weaken_number
from verify.proposals.polish import Polished, levenberg_marquardt
from verify.proposals.zero_loss_convergence import Objective, Proposal, propose

__all__ = ["Certified", "certify", "refuse_kind"]

_EMBED_LIMIT = 2**20


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
    """

    verdict: Verdict
    certificate: Certificate | None
    certificate_path: Path | None
    problem_path: Path | None
    network: Network
    polished: Polished | None = None


def certify(
    problem: Network | str | Path,
    *,
    kind: str | None = None,
    polish: bool = False,
    objective: Objective = "rate",
    output: str | Path | None = None,
    force: bool = False,
    progress: Callable[[str, int, float], None] | None = None,
) -> Certified:
    """Prove something about weights and data, and write the certificate.

    Parameters
    ----------
    problem
        A problem file, or a network in memory (then the certificate embeds it, up to 1 MiB).
    kind
        The kind of claim; ``zero-loss-convergence`` is the only one in this version.
    polish
        Take Levenberg–Marquardt steps if the weights as given miss the criterion, and certify the polished
        weights with their distance to the given ones.
    objective
        ``rate`` for the largest certified decrease per step, ``radius`` for the smallest ball.
    output
        The certificate file; ``PROBLEM.KIND.cert.json`` beside a problem file by default.
    force
        Replace an existing, different file.
    progress
        Called as ``progress(stage, step, residual_norm)`` while polishing.

    Returns
    -------
    Certified
        Nothing is written unless the verdict is ``Accepted``.

    Raises
    ------
    Malformed
        The problem is not one, or an output cannot be written.

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
    if kind not in (None, Claim.kind):
        raise MalformedProblem(
            f"no proposal for kind {kind!r}", place="--kind", remedy=f"this version proves {Claim.kind}"
        )
    path, data, network = _load(problem)
    found, polished = propose(network, objective=objective), None
    if polish and not isinstance(found.verdict, Accepted) and found.verdict.check in (0, 6, 7):
        polished = levenberg_marquardt(network, progress=progress and (lambda k, e: progress("polish", k, e)))
        origin = _origin(network, polished.network, path, data)
        found = propose(polished.network, objective=objective, origin=None if origin is None else (origin, network))
        network = polished.network
    if found.claim is None or not isinstance(found.verdict, Accepted):
        return Certified(found.verdict, None, None, None, network, polished)
    return _write(found, network, polished, path, data, output, force)


def refuse_kind(kind: str | None) -> None:
    """Refuse a kind of claim that is not about weights and data, and say which command is for it."""
    if kind is not None and kind in KINDS and KINDS[kind].Claim.subject != Claim.subject:
        raise MalformedProblem(
            f"{kind} is a claim about an {KINDS[kind].Claim.subject}, not about weights and data",
            place="--kind",
            remedy="use `verify activation NAME|EXPRESSION -o PREFIX`",
        )


def _load(problem: Network | str | Path) -> tuple[Path | None, bytes, Network]:
    if isinstance(problem, Network):
        return None, encode_problem(problem), problem
    path = Path(problem)
    data = read_regular_file(path, PROBLEM_LIMIT)
    return path, data, decode_problem(data)


def _origin(given: Network, polished: Network, path: Path | None, data: bytes) -> Origin | None:
    """How the certificate names the problem it was polished from; only a file can be named."""
    if path is None:
        return None
    with precision(128):
        distance = upper(parameter_distance(polished, given))
    return Origin(sha256_hex(data), path.name, weaken_number(distance, "larger"))


def _write(
    found: Proposal,
    network: Network,
    polished: Polished | None,
    path: Path | None,
    data: bytes,
    output: str | Path | None,
    force: bool,
) -> Certified:
    """Write the polished problem first, then the certificate about it."""
    problem_path = path
    if polished is not None:
        data = encode_problem(network)
        if path is not None:
            problem_path = path.with_name(f"{path.stem}.polished.safetensors")
    target = _target(path, output)
    certificate = Certificate(
        kind=Claim.kind,
        problem=_reference(problem_path, data),
        claim=found.claim,
        evidence=found.evidence,
        provenance=provenance(),
    )
    encoded = encode_certificate(certificate)
    if polished is not None and problem_path is not None:
        write_atomically(problem_path, data, force=force)
    if target is not None:
        write_atomically(target, encoded, force=force)
    return Certified(found.verdict, certificate, target, problem_path, network, polished)


def _target(path: Path | None, output: str | Path | None) -> Path | None:
    if output is not None:
        return Path(output)
    return None if path is None else path.with_name(f"{path.stem}.{Claim.kind}.cert.json")


def _reference(problem_path: Path | None, data: bytes) -> ProblemReference:
    """Name the problem by path if it is a file, embed it otherwise."""
    sha256 = sha256_hex(data)
    if problem_path is not None:
        return ProblemReference(type=Network.type, sha256=sha256, path=problem_path.name, embedded=None)
    if len(data) > _EMBED_LIMIT:
        raise MalformedProblem(
            f"a problem of {len(data)} bytes is too large to embed (1 MiB at most)",
            place="problem",
            remedy="write it with verify.save_problem and certify the file",
        )
    return ProblemReference(type=Network.type, sha256=sha256, path=None, embedded=data)
