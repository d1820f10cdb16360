"""Population Hessians of φ = az² + bz + c entry by entry, and null spaces by elimination of fractions."""

from __future__ import annotations

from fractions import Fraction

from certificates.subjects import Units

Matrix = list[list[Fraction]]


def exact_hessian(linear: Fraction, quadratic: Fraction, teacher: Units) -> Matrix:
    """v_i v_j E[φ'(w_i·x) φ'(w_j·x) x_p x_q] at ((i, p), (j, q)), by Isserlis' theorem for each entry."""
    k, d = teacher.width, teacher.dimension
    return [
        [_entry(linear, 2 * quadratic, teacher, i, p, j, q) for j in range(k) for q in range(d)]
        for i in range(k)
        for p in range(d)
    ]


def _entry(b: Fraction, s: Fraction, teacher: Units, i: int, p: int, j: int, q: int) -> Fraction:
    """E[(b + s w·x)(b + s u·x) x_p x_q] = b² δ_pq + s² (w·u δ_pq + w_p u_q + w_q u_p)."""
    w, u, same = teacher.weights[i], teacher.weights[j], int(p == q)
    inner = sum(x * y for x, y in zip(w, u, strict=True))
    return teacher.outer[i] * teacher.outer[j] * (b * b * same + s * s * (inner * same + w[p] * u[q] + w[q] * u[p]))


def null_space(matrix: Matrix) -> Matrix:
    """A basis of the null space, by Gauss–Jordan elimination."""
    rows, columns, pivots = [list(row) for row in matrix], len(matrix[0]), []
    for column in range(columns):
        at = len(pivots)
        pivot = next((r for r in range(at, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [entry / rows[at][column] for entry in rows[at]]
        for r in range(len(rows)):
            if r != at and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[at], strict=True)]
        pivots.append(column)
    free = [column for column in range(columns) if column not in pivots]
    return [_solution(rows, pivots, column, columns) for column in free]


def _solution(rows: Matrix, pivots: list[int], free: int, columns: int) -> list[Fraction]:
    vector = [Fraction(0)] * columns
    vector[free] = Fraction(1)
    for index, pivot in enumerate(pivots):
        vector[pivot] = -rows[index][free]
    return vector


def form(matrix: Matrix, vector: list[Fraction]) -> Fraction:
    """The quadratic form at a vector."""
    return sum(
        (x * sum((a * y for a, y in zip(row, vector, strict=True)), Fraction(0)))
        for x, row in zip(vector, matrix, strict=True)
    )
