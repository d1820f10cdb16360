"""The judge: parse, dispatch to the rule of the kind, decide. The only way to a verdict.

Everything is decided from the bytes given: the certificate's, and those of the problem it names, whose sha256
must be the one in the certificate. Each file is opened once; what is hashed is what is parsed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from certificates.arithmetic.effort import FLOPS_PER_OPERATION, limited_effort
from certificates.arithmetic.host import isolated
from certificates.arithmetic.platform import probe_products
from certificates.certificate import Certificate, decode_certificate
from certificates.checks.outcome import Context, Refusal, TileMaker
from certificates.checks.workload import DEFAULT_BUDGET, memory_limit
from certificates.document import (
    CERTIFICATE_LIMIT,
    PROBLEM_LIMIT,
    ProblemReference,
    find_problem,
    read_regular_file,
    require_hash,
    sha256_hex,
)
from certificates.errors import BudgetExhausted, EnclosureFailure, MalformedCertificate
from certificates.expression import parse_activation
from certificates.kinds import AnyKind, find
from certificates.language.claim import Claim
from certificates.subjects import ActivationProblem, Network, Problem
from certificates.verdict import Rejected, Undecided, Verdict

__all__ = ["ARITHMETICS", "check", "check_bytes", "decide"]

ARITHMETICS = ("fast", "arb")


@isolated()
def check(
    path: str | Path,
    *,
    problem: str | Path | None = None,
    arithmetic: str = "fast",
    budget: float | None = None,
    tiles: TileMaker | None = None,
) -> Verdict:
    """Judge a certificate file.

    Parameters
    ----------
    path
        The certificate.
    problem
        Where to look for the problem when it is not beside the certificate: its file, or a directory.
    arithmetic
        ``fast`` (error-bounded binary64) or ``arb`` (the independent, slow re-check). Claims about activations are
        always judged in Arb, those about polynomials exactly and in Arb.
    budget
        Floating-point operations to spend at most; 10¹² when ``None``. An operation on balls counts as 10,000: the
        default is one or two minutes. Memory is allotted in proportion, 2 GiB by default and at least.
    tiles
        Who makes the tiles of matrices too large to be held; the ledger names them. ``None``: the judge, in memory.

    Returns
    -------
    Verdict
        ``Accepted``, ``Rejected`` or ``Undecided``, bound to the sha256 of the bytes that were read.

    Raises
    ------
    Malformed
        The file is no certificate, its problem is missing, or is not the one it names. Nothing else escapes for what
        files hold: no :class:`OSError`, :class:`MemoryError` or :class:`ValueError`.
    OutOfMemory
        A file is too large for this machine to read.
    UnsoundPlatform
        The platform self-test failed.
    ValueError
        The arithmetic has no such name, or the budget is no positive, finite number.
    """
    path = Path(path)
    data = read_regular_file(path, CERTIFICATE_LIMIT)
    parsed = decode_certificate(data)
    reference, other = parsed.problem, parsed.other
    problem_data = origin_data = None
    if reference.embedded is None and not reference.inline:
        problem_data = find_problem(reference.path, reference.sha256, path.parent, problem, PROBLEM_LIMIT)
    if other is not None:
        place, named = other
        origin_data = find_problem(named.path, named.sha256, path.parent, problem, PROBLEM_LIMIT, place=place)
    return _check(parsed, sha256_hex(data), problem_data, origin_data, arithmetic, budget, tiles)


@isolated()
def check_bytes(
    certificate: bytes,
    problem: bytes | None = None,
    *,
    origin: bytes | None = None,
    arithmetic: str = "fast",
    budget: float | None = None,
) -> Verdict:
    """Judge a certificate from its bytes and those of the problem (and origin, or further data) it names.

    Parameters
    ----------
    certificate, problem, origin
        Whole files; ``problem`` may be ``None`` when the certificate embeds it or holds its subject inline. ``origin``
        is the other problem that the claim names: ``claim.origin``, or ``claim.data``.
    arithmetic, budget
        As in :func:`check`.

    Guarantee
    ---------
    ``Accepted`` means: the claim in these bytes holds for the problem in these bytes, given the ledger.

    Raises
    ------
    Malformed
        As in :func:`check`.
    """
    parsed = decode_certificate(certificate)
    reference, other = parsed.problem, parsed.other
    if reference.inline or (problem is None and reference.embedded is not None):
        problem = None
    else:
        require_hash(problem, reference.sha256, "problem")
    if other is None:
        origin = None
    else:
        place, named = other
        require_hash(origin, named.sha256, place)
    return _check(parsed, sha256_hex(certificate), problem, origin, arithmetic, budget)


def _check(
    certificate: Certificate,
    sha256: str,
    problem: bytes | None,
    origin: bytes | None,
    arithmetic: str,
    budget: float | None,
    tiles: TileMaker | None = None,
) -> Verdict:
    """Judge what was read; the bytes have the hashes that the certificate names."""
    subject = _subject(certificate.problem, problem)
    source = None if origin is None else _network(origin)
    verdict = decide(
        certificate.claim,
        certificate.evidence,
        subject,
        origin=source,
        arithmetic=arithmetic,
        budget=budget,
        tiles=tiles,
    )
    return replace(verdict, certificate_sha256=sha256, problem_sha256=certificate.problem.sha256)


@isolated(searching=True)
def decide(
    claim: Claim,
    evidence: object,
    problem: Problem,
    *,
    origin: Problem | None = None,
    arithmetic: str = "fast",
    budget: float | None = None,
    tiles: TileMaker | None = None,
) -> Verdict:
    """Judge a claim that is not in a file yet; proposals call it before they write one.

    Parameters
    ----------
    claim, evidence
        Dataclasses of one kind.
    problem, origin
        Parsed subjects: of the claim, and the other one that it names.
    arithmetic, budget, tiles
        As in :func:`check`.

    Raises
    ------
    MalformedCertificate
        The claim is about another type of subject.
    ValueError
        As in :func:`check`.
    """
    if arithmetic not in ARITHMETICS:
        raise ValueError(f"arithmetic: expected one of {', '.join(ARITHMETICS)}, got {arithmetic!r}")
    kind = find(claim.kind)
    allowed = DEFAULT_BUDGET if budget is None else budget
    if not 0 < allowed < math.inf:  # no number switches the meter off
        raise ValueError(f"budget: expected a positive, finite number of operations, got {budget!r}")
    if not isinstance(problem, Network):
        # most of these rules compute with balls and exact numbers only: there is no binary64 to test
        arithmetic = "arb" if "arb" in kind.arithmetics else "fast"
    context = Context(arithmetic, allowed, origin, tiles)
    limits = limited_effort(allowed / FLOPS_PER_OPERATION, memory_limit(allowed))
    with limits, _sound_products(context):
        verdict = _judge(kind, claim, evidence, problem, context)
    return replace(verdict, notes=problem.notes if isinstance(problem, Network) else ())


@contextmanager
def _sound_products(context: Context) -> Iterator[None]:
    """Matrix products are probed before and after a rule that rests on them."""
    fast = context.arithmetic == "fast"
    if fast:
        probe_products()
    yield
    if fast:
        probe_products()


def _judge(kind: AnyKind, claim: object, evidence: object, problem: Problem, context: Context) -> Verdict:
    fast = context.arithmetic == "fast"
    try:
        return kind.judge(claim, evidence, problem, context)
    except Refusal as refusal:
        outcome = Rejected if refusal.certain else Undecided
        return outcome(kind.name, kind.title, context.arithmetic, refusal.check, refusal.reason, **refusal.fields)
    except BudgetExhausted as excess:
        return Undecided(
            kind.name,
            kind.title,
            context.arithmetic,
            0,
            "the work exceeds the budget",
            cause="budget",
            required=f"at most {excess.allowed:.3g} {excess.unit}",
            seen=f"at least {excess.estimate:.3g} {excess.unit}",
            advice="evidence of fewer cells or bits",
            options="a larger --budget",
        )
    except (MemoryError, RecursionError) as lack:
        return Undecided(
            kind.name,
            kind.title,
            context.arithmetic,
            0,
            "the work does not fit into memory" if isinstance(lack, MemoryError) else "the work does not fit the stack",
            cause="budget",
            advice="a machine with more memory" if isinstance(lack, MemoryError) else "a call from a shallower stack",
        )
    except EnclosureFailure as failure:
        return Undecided(
            kind.name,
            kind.title,
            context.arithmetic,
            0,
            f"no finite enclosure: {failure}",
            cause="enclosure",
            advice="rescale the problem" if isinstance(problem, Network) else "",
            options="--arithmetic arb" if fast and "arb" in kind.arithmetics else "",
        )


def _subject(reference: ProblemReference, problem: bytes | None) -> Problem:
    """What the claim is about."""
    if reference.record is not None:
        return reference.record
    if reference.expression is not None:
        return ActivationProblem(parse_activation(reference.expression))
    data = reference.embedded if problem is None else problem
    if data is None:
        raise MalformedCertificate("the problem file is missing", place="problem", remedy="pass its bytes")
    return _network(data)


def _network(data: bytes) -> Problem:
    """A problem file, read by what claims about other subjects do not load."""
    from certificates.document.problem_file import decode_problem

    return decode_problem(data)
