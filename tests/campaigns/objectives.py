"""Attack what the judge says of Hessians of objectives on balls: exact Hessians by another method, points climbed.

An instance is a random objective (1 to 4 hidden layers, any loss, saturated or fitted, frozen layers) and a radius. At
the weights the enclosure is to contain the Hessian; at points of the ball, climbed towards the largest change, the
Hessian is to have turned by no more than h(R), or by what follows from it for a smaller ball.

Run: ``python -m tests.campaigns.objectives --instances 100000 --seed 1``. It goes on where it was stopped, and prints
instances and the largest ratio of what is true and what is bounded, by the number of layers.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from certificates import Network
from certificates.arithmetic.arb import precision, upper
from certificates.enclosures.objectives.hessian import hessian
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.turning import turning
from certificates.errors import EnclosureFailure
from tests.support.line_jets import hessian_by_lines
from tests.support.naive import parameters
from tests.support.turning_attack import random_objective
from verify.numeric.smooth_objective import FloatObjective

__all__ = ["Seen", "attack"]

FOLDER = Path("build/campaigns")
_RADII, _SMALLER, _STEPS = 2, 4, 3
_NOISE = 1e-10  # of Hessians by lines, in floats


@dataclass
class Seen:
    """How many instances, and the largest ratios by the number of layers; one above 1 is a false theorem."""

    instances: int = 0
    networks: int = 0
    turned: dict[str, float] = field(default_factory=dict)
    contained: float = 0.0

    def is_clean(self) -> bool:
        """Whether nothing was exceeded."""
        return max([self.contained, *self.turned.values()], default=0.0) <= 1


def attack(seed: int, seen: Seen) -> Iterator[Seen]:
    """Draw without end; what was seen so far after every network."""
    while True:
        rng = np.random.default_rng((seed, seen.networks))
        network, name = random_objective(rng)
        seen.networks += 1
        with suppress(EnclosureFailure):  # weights so large that nothing is enclosed: no claim
            _look(rng, network, name, seen)
        yield seen


def _look(rng: np.random.Generator, network: Network, name: str, seen: Seen) -> None:
    layers = str(len(network.layers))
    with precision(128):
        point = evaluate(network)
        matrix = hessian(point)
        exact = hessian_by_lines(network, parameters(network), name)
        apart = np.abs(matrix.mid - exact) - _NOISE * (1e-3 + float(np.abs(exact).max()))
        seen.contained = max(seen.contained, float(np.max(apart / np.maximum(matrix.rad, 5e-324), initial=0.0)))
        for _ in range(_RADII):
            radius = 10.0 ** rng.uniform(-4, 0)
            turned = turning(point, radius)
            for share in (1.0, *rng.uniform(0.05, 1, size=_SMALLER)):
                bound = upper(turned.h if share == 1 else turned.within(radius * share))
                found = _climbed(rng, network, radius * share, max(bound, 1e-300))
                seen.turned[layers] = max(seen.turned.get(layers, 0.0), found)
                seen.instances += 1


def _climbed(rng: np.random.Generator, network: Network, radius: float, bound: float) -> float:
    """The largest ratio of a few points on the sphere, each a step from the best one."""
    objective, best, direction = FloatObjective(network), 0.0, np.zeros(1)
    start = objective.initial()
    centre = objective.hessian(start)
    noise = 1e-13 * float(np.abs(centre).max())
    for _ in range(_STEPS):
        trial = direction + rng.normal(size=len(start)) / np.sqrt(len(start))
        trial = trial / float(np.linalg.norm(trial))
        size = float(np.abs(np.linalg.eigvalsh(objective.hessian(start + radius * trial) - centre)).max())
        if size > noise and size / bound > best:
            best, direction = size / bound, trial
    return best


def _load(path: Path) -> Seen:
    return Seen(**json.loads(path.read_text())) if path.exists() else Seen()


def main() -> int:
    """Run until so many instances were seen; 1 if anything was exceeded."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.objectives", description=__doc__)
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"objectives.{options.seed}.json"
    end, seen = time.monotonic() + 60 * options.minutes, _load(path)
    for now in attack(options.seed, seen):
        if now.networks % 100 == 0 or now.instances >= options.instances or time.monotonic() > end:
            path.write_text(json.dumps(asdict(now)))
            sys.stderr.write(f"{now}\n")
        if now.instances >= options.instances or time.monotonic() > end or not now.is_clean():
            break
    sys.stdout.write(f"{seen}\n")
    return 0 if seen.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
