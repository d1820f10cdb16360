"""The subjects of claims: frozen data, no algorithms."""

from __future__ import annotations

from certificates.subjects.activation import ActivationProblem
from certificates.subjects.layers import Dense, FloatArray, Layer
from certificates.subjects.losses import Logistic, Loss, SoftmaxCrossEntropy, Squared
from certificates.subjects.network import LONGEST_NOTE, MOST_NOTES, Network
from certificates.subjects.objective import Decay, Objective
from certificates.subjects.polynomial import (
    MOST_DEGREE,
    MOST_VARIABLES,
    PolynomialProblem,
    Square,
    Term,
    monomial_key,
)
from certificates.subjects.population import PopulationProblem, Units
from certificates.subjects.problem import SUBJECT_TYPES, Problem

__all__ = [
    "LONGEST_NOTE",
    "MOST_DEGREE",
    "MOST_NOTES",
    "MOST_VARIABLES",
    "SUBJECT_TYPES",
    "ActivationProblem",
    "Decay",
    "Dense",
    "FloatArray",
    "Layer",
    "Logistic",
    "Loss",
    "Network",
    "Objective",
    "Problem",
    "PolynomialProblem",
    "PopulationProblem",
    "SoftmaxCrossEntropy",
    "Square",
    "Squared",
    "Term",
    "Units",
    "monomial_key",
]
