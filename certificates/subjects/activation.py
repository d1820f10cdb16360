"""An activation on its own as a subject of claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.expression import Activation
from certificates.subjects.problem import Problem

__all__ = ["ActivationProblem"]


@dataclass(frozen=True)
class ActivationProblem(Problem):
    """An activation on its own, for claims about its derivative under Gaussian inputs."""

    type: ClassVar[str] = "activation"

    activation: Activation
