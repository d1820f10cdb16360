"""What the judge proves, held against independently known truth: ``python -m tests.truth [KIND…]``.

One module a kind, with the kind's basename. Each has

* ``draw(rng) -> Case``: a small problem, honest or hostile, with a claim that asks for little, evidence that may be
  bent, and a function that says what is true of the problem. It may raise ``Malformed``.
* ``SAMPLE``: how many draws the quick suite makes.

:mod:`tests.truth.trial` judges a case on both arithmetics, claims again what was proved, and claims a little more;
:mod:`tests.truth.campaign` repeats that, keeps the worst ratios and can be resumed.
"""
