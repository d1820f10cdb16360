"""Rounding in the weak direction."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.claims.zero_loss_convergence import Claim
from certificates.language.order import unproved_fields
from certificates.language.parts import Origin
from verify.search.weakening import BITS, SLACK, weaken, weaken_number

numbers = st.floats(min_value=1e-290, max_value=1e290) | st.floats(min_value=-1e290, max_value=-1e-290)


@settings(deadline=None)
@given(numbers, st.sampled_from(["larger", "smaller"]))
def test_goes_outward_by_the_slack_and_no_more_than_two_units(value, direction):
    weak = weaken_number(value, direction)
    relative = (weak - value) / abs(value) * (1 if direction == "larger" else -1)
    assert SLACK * 0.99 <= relative <= 4 * SLACK
    mantissa, _ = math.frexp(weak)
    assert (mantissa * 2**BITS).is_integer()


def test_zero_stays():
    assert weaken_number(0.0, "larger") == 0.0


def test_every_field_of_a_claim_gets_weaker():
    proved = Claim(1.0, 0.5, 0.25, 3.0, Origin("0" * 64, "given.safetensors", 0.125))
    weak = weaken(proved)
    assert unproved_fields(weak, proved) == ()
    assert set(unproved_fields(proved, weak)) == {
        "radius", "step_size_max", "decrease_rate", "distance_factor", "origin.distance",
    }  # fmt: skip
