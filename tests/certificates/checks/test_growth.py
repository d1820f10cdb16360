"""Growth at its bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.checks import growth as checks
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.language.parts import AssumedGrowth


def test_an_assumed_growth_is_added_to_what_is_found_inside():
    """φ' = 10 + cos z/(4(1 + sin²z)), at most 10.25 on [−20, 20]."""
    activation, given = (
        parse_activation("10*z+atan(sin(z))/4"),
        AssumedGrowth(Fraction(11), Fraction(1, 2), 1, Fraction(20)),
    )
    growth, (assumption,) = checks.known_growth(activation, given)
    assert 21.25 <= float(growth.constant) <= 21.5 and growth.slope == 0.5 and growth.power == 1
    assert assumption.text.startswith("|φ'(w)| ≤ 11 + 1/2|w|^1 for all |w| ≥ 20")
    with pytest.raises(EnclosureFailure):
        checks.known_growth(activation, None)
    assert checks.known_growth(parse_activation("tanh"), given) == (None, ())
