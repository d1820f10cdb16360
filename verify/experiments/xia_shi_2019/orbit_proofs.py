"""What is proved about a run towards a planted factor: every start near it, and the run itself."""

from __future__ import annotations

from fractions import Fraction

from certificates import decide
from certificates.claims.certified_orbit_run import Claim, Evidence
from verify.certification.proofs import NetworkProof
from verify.descent.planted import orbit_distance
from verify.experiments.xia_shi_2019.orbit_runs import OrbitRun
from verify.proposals import orbit_convergence

__all__ = ["prove_near", "prove_whole"]

_SHARE = 0.9  # of the certified radius: the enclosed iterate has to be inside with its balls
_BITS_PER_STEP = Fraction(13, 20)  # balls of 10 columns grow by a factor of about 1.5 a step
_BITS_LEFT = 128


def prove_near(run: OrbitRun, step: Fraction, name: str) -> NetworkProof:
    """Stage 2 for every start near the teacher."""
    found = orbit_convergence.propose(run.problem, step_size=step)
    return NetworkProof(run.problem, found.claim, found.evidence, found.verdict, name)


def prove_whole(run: OrbitRun, near: NetworkProof, step: Fraction) -> NetworkProof | None:
    """Both stages for the run's own start, in one call of the judge; ``None`` when the run does not get near.

    The claim repeats the radius and the decreases of ``near``: they hold from every point within the radius.
    """
    entry = run.first_within(_SHARE * near.claim.radius)
    if entry is None:
        return None
    _, turn = orbit_distance(run.weights[run.steps.tolist().index(entry)], run.planted)
    bits = _BITS_LEFT + int(_BITS_PER_STEP * entry)
    claim = Claim(step, entry, near.claim.radius, near.claim.decrease, near.claim.asymptotic_decrease)
    evidence = Evidence(entry, bits, tuple(turn.ravel().tolist()), near.evidence.constants)
    return NetworkProof(run.problem, claim, evidence, decide(claim, evidence, run.problem), near.problem_name)
