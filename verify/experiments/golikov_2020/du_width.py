"""Du et al. 2019: the width that the theorem asks for, a sharpened one, and those at which starts are certified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from certificates import Accepted
from verify.certification.proofs import NetworkProof
from verify.experiments.golikov_2020.widths import (
    CertifiedWidth,
    Layer,
    Name,
    certified_scale,
    certified_width,
    descent_width,
)
from verify.experiments.reproduction import Progress, Reproduction
from verify.proposals import width_bound
from verify.search.proposal import Proposal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "Row", "Settings", "run"]

TITLE = "Widths from which a wide layer goes to loss 0: the theorem, and starts that are certified"

_HEADER = (
    "n",
    "d",
    "λ₀",
    "theorem",
    "sharpened",
    "ReLU flow, pairs / plain",
    "tanh, pairs / plain",
    "softplus, pairs / plain",
    "scale at 4n units: tanh / ReLU",
    "ReLU descent",
)
_SCALED: tuple[Name, ...] = ("tanh", "relu")
_NAMES: tuple[Name, ...] = ("relu", "tanh", "softplus")
_LAYERS = tuple((name, paired) for name in _NAMES for paired in (True, False))
_GAIN = 1e6  # of certified ReLU layers over the theorem, at least


@dataclass(frozen=True)
class Settings:
    """Sizes.

    Parameters
    ----------
    sizes
        (n, d).
    largest
        Trained weights of a start that is tried; 8 bytes each, two and a half times that in memory.
    seed
        Of data and starts.
    """

    sizes: tuple[tuple[int, int], ...] = tuple((n, d) for n in (20, 50, 100, 200) for d in (n, n // 2))
    largest: int = 250_000_000
    seed: int = 7


@dataclass(frozen=True)
class Row:
    """Of one data set.

    Parameters
    ----------
    printed, sharpened
        Certificates of theorems 5.3.3 and 5.3.4, plain starts, at failure 1/10.
    widths
        By (activation, whether units come in pairs).
    scales
        At 4n units in pairs, of tanh and of ReLU, with their proofs.
    descent
        About how many ReLU units descent would need.
    """

    samples: int
    dimension: int
    printed: NetworkProof
    sharpened: NetworkProof
    widths: dict[tuple[Name, bool], CertifiedWidth]
    scales: dict[Name, tuple[float, NetworkProof]]
    descent: float

    @property
    def eigenvalue(self) -> float:
        """λ₀, from below."""
        return float(self.sharpened.claim.eigenvalue)


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Certify every entry of the table that fits in memory."""
    chosen = Settings() if settings is None else settings
    rows, total = [], len(chosen.sizes) * (len(_LAYERS) + 1)
    for index, (n, d) in enumerate(chosen.sizes):
        widths = {}
        for step, (activation, paired) in enumerate(_LAYERS):
            if progress is not None:
                progress(f"n = {n}, d = {d}, {activation}", index * (len(_LAYERS) + 1) + step, total)
            layer = Layer(n, d, activation, paired, chosen.seed)
            widths[activation, paired] = certified_width(layer, largest=chosen.largest)
        rows.append(_row(n, d, widths, chosen))
    return _reproduction(rows, chosen)


def _row(n: int, d: int, widths: dict[tuple[Name, bool], CertifiedWidth], settings: Settings) -> Row:
    data = Layer(n, d, "relu", False, settings.seed).problem(2)
    scales = {}
    for activation in _SCALED:
        scale, found, problem = certified_scale(Layer(n, d, activation, True, settings.seed), 4 * n)
        scales[activation] = scale, _proof(found, problem, f"{activation}-{n}-{d}")
    printed, sharpened = (
        _proof(width_bound.propose(data, form=form), data, f"data-{n}-{d}") for form in ("printed", "sharpened")
    )
    descent = descent_width(Layer(n, d, "relu", True, settings.seed))
    return Row(n, d, printed, sharpened, widths, scales, descent)


def _proof(found: Proposal, problem: Any, name: str) -> NetworkProof:
    return NetworkProof(problem, found.claim, found.evidence, found.verdict, name)


def _reproduction(rows: list[Row], settings: Settings) -> Reproduction:
    judged = _criteria(rows)
    return Reproduction(
        title=TITLE,
        source="Du, Zhai, Poczos and Singh, Gradient descent provably optimizes over-parameterized networks, 2019",
        header=_HEADER,
        rows=tuple(_texts(row) for row in rows),
        notes=(*_notes(settings), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in judged)),
        proofs=dict(_proofs(rows)),
        document={
            "experiment": "du-width",
            "settings": {"sizes": [list(size) for size in settings.sizes], "seed": settings.seed},
            "rows": [_document(row) for row in rows],
            "criteria": [{"criterion": text, "met": met} for text, met in judged],
        },
        is_complete=all(met for _, met in judged),
        figure=lambda: _figure(rows),
    )


def _criteria(rows: list[Row]) -> list[tuple[str, bool]]:
    smooth = [width for row in rows for (name, _), width in row.widths.items() if name != "relu"]
    relu = [width for row in rows for (name, _), width in row.widths.items() if name == "relu" and width.is_certified]
    small = [row for row in rows if row.samples == row.dimension and row.samples <= 50]  # their starts fit in memory
    return [
        (f"all {len(smooth)} widths of tanh and softplus are certified", all(each.is_certified for each in smooth)),
        (
            f"flows of ReLU layers are certified at {len(relu)} widths, for n = d = 20 and 50 among them",
            all(row.widths["relu", True].is_certified for row in small),
        ),
        (
            "the theorem asks for more than the sharpened one, and that for more than any certified start",
            all(row.printed.claim.width > row.sharpened.claim.width > _most(row) for row in rows),
        ),
        (
            f"certified starts of ReLU are at least {_GAIN:g} times smaller than the theorem's",
            all(row.printed.claim.width >= _GAIN * row.widths["relu", True].units for row in rows),
        ),
        ("both widths and both scales of each row are accepted by the judge", all(map(_is_accepted, rows))),
    ]


def _most(row: Row) -> int:
    return max(each.units for each in row.widths.values())


def _is_accepted(row: Row) -> bool:
    proofs = (row.printed, row.sharpened, *(proof for _, proof in row.scales.values()))
    return all(isinstance(proof.verdict, Accepted) for proof in proofs)


def _texts(row: Row) -> tuple[str, ...]:
    pairs = [" / ".join(_units(row.widths[name, paired]) for paired in (True, False)) for name in _NAMES]
    return (
        str(row.samples),
        str(row.dimension),
        f"{row.eigenvalue:.4f}",
        f"{row.printed.claim.width:.1e}",
        f"{row.sharpened.claim.width:.1e}",
        *pairs,
        " / ".join(f"{scale:g}" for scale, _ in row.scales.values()),
        f"≈ {row.descent:.1e}",
    )


def _units(found: CertifiedWidth) -> str:
    return f"{found.units:.2e}" if found.is_certified else f"≈ {found.units:.1e}"


def _notes(settings: Settings) -> tuple[str, ...]:
    return (
        "Inputs are random unit vectors, labels ±1, w_r ~ N(0, I), output weights ±m^(−1/2) that stay (scale 1).",
        (
            "Theorem (5.3.3, as printed, every constant) and sharpened (5.3.4): widths for nine plain starts in ten, "
            "gradient flow, ReLU; certificates `width-bound`."
        ),
        (
            "Other widths are of this very start: the least m of the grid 2^(k/2) that is accepted while the next "
            "smaller one is not. Pairs: units twice with opposite signs, outputs 0. tanh and softplus: gradient "
            "descent and flow, `zero-loss-convergence`. ReLU: the flow, `relu-convergence`."
        ),
        (
            f"≈ is no proof: by the criterion's growth from smaller starts (of more than {settings.largest:,} weights "
            "none is tried). ReLU descent is of that kind altogether, of units in pairs (theorem 5.3.9)."
        ),
        (
            "Scale: the least α, to two percent, at which 4n units in pairs are certified. Larger starts are not kept; "
            "with the numbers of `result.json`, `verify problem wide --samples N --dimension D --width M --activation "
            "NAME --antisymmetric --seed SEED -o START` writes them again, for `verify certify START`."
        ),
    )


def _proofs(rows: list[Row]) -> Iterator[tuple[str, NetworkProof]]:
    """Problems are shared by the two widths of a data set; starts of 4n units with few samples are small."""
    for row in rows:
        size = f"{row.samples}-{row.dimension}"
        yield f"theorem-{size}", row.printed
        yield f"sharpened-{size}", row.sharpened
        for activation, (_, proof) in row.scales.items():
            yield f"{activation}-{size}", proof


def _document(row: Row) -> dict[str, Any]:
    return {
        "samples": row.samples,
        "dimension": row.dimension,
        "eigenvalue": row.eigenvalue,
        "theorem": row.printed.claim.width,
        "sharpened": row.sharpened.claim.width,
        "widths": [
            {
                **asdict(each.layer),
                "units": each.units,
                "guess": each.guess,
                "certified": each.is_certified,
            }
            for each in row.widths.values()
        ],
        "scales": {activation: scale for activation, (scale, _) in row.scales.items()},
        "relu_descent_guess": row.descent,
    }


def _figure(rows: list[Row]) -> Figure:
    from verify.experiments.golikov_2020.du_width_drawing import draw

    return draw(rows)
