"""Gaussian moments with proven bounds beside peers, bounds of ρ for every σ, the whole property table.

Ours is the faster of two quadratures that the judge offers for these formulas, at 100 bits. One peer is what one would
write by hand for the one integral: Arb's integration of φ'(σz)² n(z) over [−13, 13], φ' in its shortest form, nothing
proved of what lies beyond. The other is ``mpmath.quad`` over (−∞, ∞) at 30 digits, which states no error bound. All in
processor time, in turns. Certificates are found and judged in a fresh process each, because both remember integrals.

Run: ``python -m benchmarks.activations``
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from typing import Any

import mpmath
from flint import acb, arb

from benchmarks.timing import in_turns, median_seconds, report, say
from certificates import decide
from certificates.arithmetic.arb import precision, upper
from certificates.enclosures.gaussian.moments import moment
from certificates.expression import CATALOGUE, parse_activation
from certificates.subjects import ActivationProblem
from verify.activations.table import activation
from verify.proposals import zhong_rho, zhong_rho_global

SIGMAS = (Fraction(1, 10), Fraction(1), Fraction(10))
ALL_SIGMAS = (Fraction(1, 100), Fraction(1, 10), Fraction(1, 2), *map(Fraction, (1, 3, 10, 30, 100, 1_000)))
SLOPES: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda w: mpmath.sech(w) ** 2,
    "softplus": lambda w: 1 / (1 + mpmath.exp(-w)),
    "gelu": lambda w: mpmath.ncdf(w) + w * mpmath.npdf(w),
}
with precision(128):
    HALF_ROOT, DENSITY = 1 / arb(2).sqrt(), 1 / (2 * arb.pi()).sqrt()
BY_HAND: dict[str, Callable[[acb], acb]] = {
    "tanh": lambda w: w.sech() ** 2,
    "softplus": lambda w: 1 / ((-w).exp() + 1),
    "gelu": lambda w: ((w * HALF_ROOT).erf() + 1) / 2 + w * (-w * w / 2).exp() * DENSITY,
}
GLOBAL = ("tanh", "sigmoid", "softplus", "softplus(3)", "smooth_leaky_relu(1/10)", "erf", "erf0")
PARAMETERS = {"smooth_leaky_relu": "smooth_leaky_relu(1/10)"}  # the only entry without a default
BITS = 100
CLOCK = time.process_time  # both are one thread


def peer_moment(name: str, sigma: Fraction) -> Any:
    """α_{2,0}(σ) by mpmath; no bound."""
    slope, scale = SLOPES[name], mpmath.mpf(sigma.numerator) / sigma.denominator
    return mpmath.quad(lambda z: slope(scale * z) ** 2 * mpmath.npdf(z), [-mpmath.inf, mpmath.inf])


def by_hand(name: str, sigma: Fraction) -> arb:
    """α_{2,0}(σ) up to what lies beyond 13."""
    slope = BY_HAND[name]
    with precision(BITS + 20):
        scale, goal = arb(sigma.numerator) / sigma.denominator, arb(2) ** -BITS

        def integrand(z: acb, _: bool) -> acb:
            return slope(z * scale) ** 2 * (-z * z / 2).exp()

        return acb.integral(integrand, acb(-13), acb(13), rel_tol=goal, abs_tol=goal).real / (2 * arb.pi()).sqrt()


def moments() -> None:
    """α_{2,0} at 30 digits by the faster quadrature, beside the peers."""
    for name in SLOPES:
        for sigma in ALL_SIGMAS:
            ours, theirs, note = min(_measured(name, sigma), key=lambda row: row[0] / row[1])
            report(f"α_20 of {name}, σ={float(sigma):g}", ours, theirs, "Arb by hand", note)
    with mpmath.workdps(30):
        for name in SLOPES:
            for sigma in SIGMAS:
                ours, theirs = in_turns(
                    lambda n=name, s=sigma: moment(parse_activation(n), 2, 0, s, BITS),
                    lambda n=name, s=sigma: peer_moment(n, s),
                    clock=CLOCK,
                )
                report(f"α_20 of {name}, σ={float(sigma):g}, by integral", ours, theirs, "mpmath.quad")


def _measured(name: str, sigma: Fraction) -> Iterator[tuple[float, float, str]]:
    """Seconds of ours and of the integral by hand, and the quadrature with the radius that it reaches."""
    phi = parse_activation(name)
    for quadrature in ("integral", "trapezoid"):
        if quadrature == "trapezoid" and sigma > 10:
            continue  # its nodes are as many as σ is large
        ball = moment(phi, 2, 0, sigma, BITS, quadrature=quadrature)
        times = in_turns(
            lambda q=quadrature: moment(phi, 2, 0, sigma, BITS, quadrature=q),
            lambda: by_hand(name, sigma),
            clock=CLOCK,
        )
        yield *times, f"{quadrature}, ±{upper(ball.rad()):.0e}"


def rho_at_a_point() -> None:
    """Finding and judging a `zhong-rho` claim."""
    for name in (*SLOPES, "mish"):
        phi = parse_activation(name)
        seconds = median_seconds(lambda p=phi: [zhong_rho.propose(p, sigma) for sigma in SIGMAS]) / len(SIGMAS)
        found = zhong_rho.propose(phi, Fraction(1))
        checked = median_seconds(lambda p=phi, f=found: decide(f.claim, f.evidence, ActivationProblem(p)))
        say(f"ρ(σ) of {name}: found and judged in {1e3 * seconds:.0f} ms, judged in {1e3 * checked:.0f} ms")


def global_seconds(name: str) -> tuple[float, float, str, int]:
    """(seconds to find, seconds to judge, sentence, cells); the judge starts without what the search remembers."""
    start = time.perf_counter()
    found = zhong_rho_global.propose(parse_activation(name))
    produced = time.perf_counter() - start
    if found.claim is None:
        raise SystemExit(f"{name}: {found.verdict}")
    with fresh_processes(1) as pool:
        judged = pool.submit(judge_seconds, name, found.claim, found.evidence).result()
    cells = len(found.evidence.near) + len(found.evidence.middle) + len(found.evidence.far)
    return produced, judged, found.claim.sentence(), cells


def judge_seconds(name: str, claim: Any, evidence: Any) -> float:
    """One judgement, timed."""
    problem, start = ActivationProblem(parse_activation(name)), time.perf_counter()
    decide(claim, evidence, problem)
    return time.perf_counter() - start


def fresh_processes(count: int) -> ProcessPoolExecutor:
    """Processes that serve one call each and inherit nothing."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1)


def global_bounds(runs: int = 3) -> None:
    """ρ for every σ: medians over fresh processes."""
    for name in GLOBAL:
        with fresh_processes(1) as pool:
            rows = [pool.submit(global_seconds, name).result() for _ in range(runs)]
        produced, judged = (statistics.median(row[k] for row in rows) for k in (0, 1))
        say(f"{name}: found in {produced:.2f} s, judged in {judged:.2f} s, {rows[0][3]} cells: {rows[0][2]}")


def table_seconds(text: str) -> tuple[str, float, float, int, int]:
    """(name, processor seconds, those of the row about every σ, rows, proved rows)."""
    marks = [("", time.process_time())]
    table = activation(text, progress=lambda name, *_: marks.append((name, time.process_time())))
    marks.append(("", time.process_time()))
    spent = {name: marks[k + 1][1] - begin for k, (name, begin) in enumerate(marks[:-1])}
    return text, marks[-1][1] - marks[0][1], spent["ρ for all σ"], len(table.entries), len(table.proved)


def property_table(processes: int = 2) -> None:
    """Everything about every entry of the catalogue, on two cores."""
    names = [PARAMETERS.get(name, name) for name in CATALOGUE]
    start = time.perf_counter()
    with fresh_processes(processes) as pool:
        rows = list(pool.map(table_seconds, names))
    total = time.perf_counter() - start
    slowest = max(rows, key=lambda row: row[1])
    say(
        f"property table of {len(rows)} activations: {total:.1f} s on {processes} cores, "
        f"{sum(row[4] for row in rows)} of {sum(row[3] for row in rows)} rows proved; "
        f"{sum(row[1] for row in rows):.1f} processor seconds, {sum(row[2] for row in rows):.1f} for ρ at every σ; "
        f"slowest {slowest[0]}, {slowest[1]:.1f} s"
    )


def main() -> None:
    """Print all of it."""
    moments()
    rho_at_a_point()
    global_bounds()
    property_table()


if __name__ == "__main__":
    main()
