"""Figure 2 of Xia and Shi: two stages of gradient descent, with both stages proved for these data and starts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from verify.certification.proofs import NetworkProof
from verify.experiments.reproduction import Progress, Reproduction, is_proved, judged
from verify.experiments.xia_shi_2019.orbit_proofs import prove_near, prove_whole
from verify.experiments.xia_shi_2019.orbit_runs import (
    OrbitRun,
    Settings,
    above_rounding,
    planted_problem,
    run_orbit,
    tail_factor,
)
from verify.theory.xia_shi_2019.printed import SOURCE, contraction, radius_over_delta

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "Measured", "run"]

TITLE = "Figure 2 of Xia and Shi: relative error, signal and noise of gradient descent from a random start"

_STAGES = ("descent", "every start near M♮", "this start")
_ENTERS_WITHIN = 4_000
_RATE_WITHIN = (0.97, 1.1)
_GROWTH_WITHIN = 0.05
_RAW_GROWTH = 0.05  # of the ratio of the raw iterate over the last sixth of the run


@dataclass(frozen=True, eq=False)
class Measured:
    """A run with what is proved about it.

    Parameters
    ----------
    dimension, descent
        n, and the iterates' measurements.
    near, whole
        Certificates of Stage 2 for every start near M♮, and of this run from its first step, if that was tried.
    """

    dimension: int
    descent: OrbitRun
    near: NetworkProof
    whole: NetworkProof | None

    @cached_property
    def observed(self) -> float | None:
        """ρ_obs, the factor of the error per step in the tail."""
        return tail_factor(self.descent.steps, self.descent.errors, above_rounding(self.descent))

    @cached_property
    def growth(self) -> float | None:
        """The factor of the aligned ratio α/β per step in the tail."""
        ratio = self.descent.aligned[:, 0] / self.descent.aligned[:, 1]
        return tail_factor(self.descent.steps, ratio, above_rounding(self.descent))

    @property
    def raw_ratio(self) -> np.ndarray:
        """α/β of the iterate as it is."""
        return self.descent.raw[:, 0] / self.descent.raw[:, 1]


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Run, measure and certify each dimension.

    Parameters
    ----------
    progress
        Called as ``progress(name, step, steps)``.
    settings
        n = 20 and 30 by default; the paper has 50 and 80, too.
    """
    chosen = Settings() if settings is None else settings
    measured = []
    for index, n in enumerate(chosen.dimensions):
        stages = [partial(progress or _silent, f"n={n}: {stage}", 3 * index + k) for k, stage in enumerate(_STAGES)]
        stages[0](3 * len(chosen.dimensions))
        descent = run_orbit(chosen, planted_problem(chosen, n))
        stages[1](3 * len(chosen.dimensions))
        near = prove_near(descent, chosen.step, f"n{n}")
        stages[2](3 * len(chosen.dimensions))
        whole = prove_whole(descent, near, chosen.step) if n <= chosen.whole_up_to and is_proved(near) else None
        measured.append(Measured(n, descent, near, whole))
    return _reproduction(chosen, measured)


def _silent(name: str, step: int, steps: int) -> None:
    """No progress is asked for."""


def _reproduction(settings: Settings, measured: list[Measured]) -> Reproduction:
    found = [pair for each in measured for pair in _criteria(each)]
    proofs = {f"n{each.dimension}-{name}": proof for each in measured for name, proof in _named(each).items()}
    return Reproduction(
        title=TITLE,
        source=f"{SOURCE}, Figure 2",
        header=("n", "quantity", "printed", "observed", "proved"),
        rows=tuple(row for each in measured for row in _rows(settings, each)),
        notes=(*_notes(settings), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in found)),
        proofs=proofs,
        document={
            "experiment": "xia-shi-fig-2",
            "settings": {
                "columns": settings.columns,
                "samples_per_dimension": settings.samples_per_dimension,
                "step": str(settings.step),
                "steps": settings.steps,
                "bits": settings.bits,
                "seed": settings.seed,
            },
            "runs": [_document(settings, each) for each in measured],
            "criteria": [{"criterion": text, "met": met} for text, met in found],
        },
        is_complete=all(map(is_proved, proofs.values())) and all(met for _, met in found),
        figure=lambda: _figure(measured),
    )


def _named(each: Measured) -> dict[str, NetworkProof]:
    found = {"orbit-convergence": each.near}
    return found if each.whole is None else {**found, "certified-orbit-run": each.whole}


def _rows(settings: Settings, each: Measured) -> list[tuple[str, ...]]:
    squared, norm = each.descent.smallest_squared, float(np.linalg.norm(each.descent.planted))
    near, whole = each.near, each.whole
    entered = each.descent.first_within(near.claim.radius) if is_proved(near) else None
    n = str(each.dimension)
    return [
        (
            n,
            "radius of Stage 2",
            f"δ · {radius_over_delta(squared, norm):.4f}, δ not given",
            "–",
            f"{near.claim.radius:.4f}" if is_proved(near) else "not proved",
        ),
        (
            n,
            "factor per step, in the limit",
            f"{contraction(float(settings.step), squared):.6f}",
            "–" if each.observed is None else f"{each.observed:.6f}",
            f"{1 - near.claim.asymptotic_decrease:.6f}" if is_proved(near) else "not proved",
        ),
        (
            n,
            "Stage 1 ends at t",
            "O(r² log n)",
            "–" if entered is None else str(entered),
            "not tried" if whole is None else str(whole.claim.entry_step) if is_proved(whole) else "not proved",
        ),
        (
            n,
            "relative error at t = " + ", ".join(str(each.descent.steps[k]) for k in _shown(each)),
            "–",
            ", ".join(f"{each.descent.errors[k]:.2g}" for k in _shown(each)),
            "–",
        ),
        (n, "α/β of M_t, first and last", "grows", _ends(each.raw_ratio), "–"),
        (n, "α/β of M_tQ_t, first and last", "–", _ends(each.descent.aligned[:, 0] / each.descent.aligned[:, 1]), "–"),
    ]


def _entry(each: Measured) -> int | None:
    return each.whole.claim.entry_step if each.whole is not None and is_proved(each.whole) else None


def _shown(each: Measured) -> list[int]:
    wanted = (0, 200, 1_000, 2_000, 6_000)
    return [k for k, t in enumerate(each.descent.steps) if t in wanted]


def _ends(values: np.ndarray) -> str:
    return f"{values[0]:.3g}, {values[-1]:.3g}"


def _notes(settings: Settings) -> tuple[str, ...]:
    return (
        (
            f"m = {settings.samples_per_dimension}n Gaussian inputs, r = {settings.columns}, μ = {settings.step}; "
            f"columns of M♮ are Gaussian directions of length 1, seed {settings.seed}; all numbers are multiples of "
            f"2^−{settings.bits}, so the lengths are 1 up to that."
        ),
        "Proved: for these data, for every start within the radius, and for this start; c, δ and T_δ are not printed.",
        (
            "Stage 1 ends where the run is within the proved radius; proved for this start (n at most "
            f"{settings.whole_up_to}), every iterate up to there enclosed. At the radius itself the proved factor is "
            "barely below 1; it tends to the one in the limit."
        ),
        "As printed, α and β are those of M_t, which tends to M♮ times a rotation: their ratio stays bounded (XS7).",
        "XS1 … XS8: see `verify list errata`.",
    )


def _criteria(each: Measured) -> list[tuple[str, bool]]:
    """What the curves should show, theory 3.7.2; what cannot be evaluated is not met."""
    n, found = each.dimension, [_rate_criterion(each)]
    entered = each.descent.first_within(each.near.claim.radius) if is_proved(each.near) else None
    found.append(
        (
            f"n = {n}: the certified ball is entered within {_ENTERS_WITHIN} steps",
            entered is not None and entered <= _ENTERS_WITHIN,
        )
    )
    found.append(_growth_criterion(each))
    late = each.raw_ratio[-max(2, len(each.raw_ratio) // 6) :]
    found.append((f"n = {n}: the raw ratio stays bounded", bool(late.max() <= (1 + _RAW_GROWTH) * late.min())))
    return found


def _rate_criterion(each: Measured) -> tuple[str, bool]:
    text = f"n = {each.dimension}: geometric tail, (1 − ρ_obs)/(2μλ) in [{_RATE_WITHIN[0]}, {_RATE_WITHIN[1]}]"
    if each.observed is None or not is_proved(each.near):
        return judged(text, None, "no tail above rounding" if each.observed is None else "Stage 2 is not proved")
    ratio = (1 - each.observed) / each.near.claim.asymptotic_decrease
    return judged(f"{text}, found {ratio:.3f}", _RATE_WITHIN[0] <= ratio <= _RATE_WITHIN[1])


def _growth_criterion(each: Measured) -> tuple[str, bool]:
    text = f"n = {each.dimension}: the aligned ratio grows by 1/ρ_obs per step, within 5 %"
    if each.observed is None or each.growth is None:
        return judged(text, None, "no tail above rounding")
    share = float(np.log(each.growth) / -np.log(each.observed))
    return judged(f"{text}, exponents {share:.3f} : 1", abs(share - 1) <= _GROWTH_WITHIN)


def _document(settings: Settings, each: Measured) -> dict[str, Any]:
    squared = each.descent.smallest_squared
    near = each.near
    return {
        "dimension": each.dimension,
        "smallest_singular_value_squared": squared,
        "printed_factor": contraction(float(settings.step), squared),
        "printed_radius_over_delta": radius_over_delta(squared, float(np.linalg.norm(each.descent.planted))),
        "observed_factor": each.observed,
        "proved_radius": near.claim.radius if is_proved(near) else None,
        "proved_asymptotic_decrease": near.claim.asymptotic_decrease if is_proved(near) else None,
        "proved_entry_step": _entry(each),
        "steps": each.descent.steps.tolist(),
        "relative_errors": each.descent.errors.tolist(),
        "raw": each.descent.raw.tolist(),
        "aligned": each.descent.aligned.tolist(),
    }


def _figure(measured: list[Measured]) -> Figure:
    from verify.experiments.xia_shi_2019.drawing import Curve, draw

    return draw(
        [
            Curve(
                each.dimension,
                each.descent.steps,
                each.descent.errors,
                each.descent.raw,
                each.descent.aligned,
                _entry(each),
            )
            for each in measured
        ]
    )
