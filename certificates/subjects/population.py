"""A network of one hidden layer that learns another from standard normal inputs: the subject of population claims."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedProblem
from certificates.expression import Activation
from certificates.subjects.problem import Problem

__all__ = ["MOST_DIMENSION", "MOST_UNITS", "PopulationProblem", "Units"]

MOST_UNITS = 64
MOST_DIMENSION = 64


@dataclass(frozen=True)
class Units:
    """F(x) = Σ_l v_l φ(w_l·x), exact.

    Parameters
    ----------
    weights
        The rows w_l, 1 to 64 of equal length.
    outer
        v, one a unit.

    Examples
    --------
    >>> Units(((Fraction(1), Fraction(0)), (Fraction(3, 5), Fraction(4, 5))), (Fraction(1), Fraction(1))).width
    2
    """

    weights: tuple[tuple[Fraction, ...], ...]
    outer: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        """Refuse no units, too many of them, and rows that do not fit together."""
        if not 1 <= len(self.weights) <= MOST_UNITS:
            raise MalformedProblem(f"expected 1 to {MOST_UNITS} units, got {len(self.weights)}", place="weights")
        if len(self.outer) != len(self.weights):
            raise MalformedProblem(f"expected {len(self.weights)} numbers, got {len(self.outer)}", place="outer")
        if not 1 <= self.dimension <= MOST_DIMENSION:
            raise MalformedProblem(f"expected 1 to {MOST_DIMENSION} numbers, got {self.dimension}", place="weights[0]")
        for index, row in enumerate(self.weights):
            if len(row) != self.dimension:
                raise MalformedProblem(f"expected {self.dimension} numbers, got {len(row)}", place=f"weights[{index}]")

    @property
    def width(self) -> int:
        """How many units."""
        return len(self.weights)

    @property
    def dimension(self) -> int:
        """d, of the inputs."""
        return len(self.weights[0])


@dataclass(frozen=True)
class PopulationProblem(Problem):
    """f(W) = ½E(Σ_l v_l φ(w_l·x) − Σ_j v*_j φ(w*_j·x))², x ~ N(0, I_d), over the student's rows W.

    Parameters
    ----------
    activation
        φ, of both.
    teacher
        w* and v*.
    student
        W and v, of any width; ``None`` where a claim is about a student at the teacher's own weights.

    Raises
    ------
    MalformedProblem
        Student and teacher take inputs of different dimensions.
    """

    type: ClassVar[str] = "population"

    activation: Activation
    teacher: Units
    student: Units | None = None

    def __post_init__(self) -> None:
        """Refuse a student of other inputs."""
        if self.student is not None and self.student.dimension != self.teacher.dimension:
            raise MalformedProblem(
                f"takes {self.student.dimension} inputs, the teacher {self.teacher.dimension}", place="student.weights"
            )

    @property
    def dimension(self) -> int:
        """d."""
        return self.teacher.dimension

    def __repr__(self) -> str:
        """Widths and activation."""
        student = "" if self.student is None else f"{self.student.width} units learn "
        return (
            f"PopulationProblem({student}{self.teacher.width} units, d={self.dimension}, {self.activation.text[:60]})"
        )
