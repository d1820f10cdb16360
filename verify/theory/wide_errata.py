"""Errata about wide networks and their tangent kernels."""

from __future__ import annotations

from verify.theory.erratum import Erratum

__all__ = ["WIDE"]

_ESSAY = "Golikov 2021, An essay on optimization mystery of deep learning"

WIDE = (
    Erratum(
        key="GOL1",
        source=f"{_ESSAY}, after Yu and Chen: wide shallow sigmoid networks",
        printed="for d₁ ≥ n sigmoid units and inputs that differ, all local minima are global",
        holds="critical points with rank F₁ = n have loss 0 (theorem 5.2.1); local minima without that rank need not "
        "be global, at any width (theorem 5.2.7)",
        proof="inputs 1, 2, 3 and labels 2, 36/5, 11: units of ln 2 with output weights of the sum 9 are a local "
        "minimum of loss 25/2 at every width, and three units fit the labels. `verify reproduce yu-chen`",
        certificates=("sigmoid-bad-minimum",),
    ),
    Erratum(
        key="GOL2",
        source=f"{_ESSAY}, the Lyapunov argument for it",
        printed="the flow in W₂ leaves every neighbourhood of the point, so the point is no local minimum",
        holds="it may travel a fixed distance while the loss falls by as little as one likes: that a flow in some of "
        "the weights leaves says nothing of local minimality",
        proof="the certificate of GOL1",
        certificates=("sigmoid-bad-minimum",),
    ),
    Erratum(
        key="GOL3",
        source=f"{_ESSAY}, the paper's Lemma 4.4, after Yu and Chen",
        printed="for inputs that differ and d₁ ≥ n sigmoid units without biases, rank F₁ < n on a set of measure zero",
        holds="with biases (lemma 5.2.5). Without them it is false: σ(z) + σ(−z) = 1 = 2σ(0), so that inputs −1, 0, 1, "
        "or any two opposite pairs, have rank F₁ < n for all weights, of any width (lemma 5.2.4)",
        proof="the identity of polynomials in q = e^−z makes row(−1) + row(1) = 2 row(0) for every unit; at multiples "
        "of ln 2 the determinant is 0 without biases, and is not with them",
        instances=("golikov-4.4",),
    ),
    Erratum(
        key="GOL4",
        source=f"{_ESSAY}, the paper's hypotheses 1 to 4 and Corollary 3.9, after Nguyen and Hein",
        printed="inputs that differ, d_k ≥ n, full rank of the layers above and a nonsingular Hessian by the layers "
        "above k, as assumptions of a theorem about critical weights",
        holds="they contradict one another at critical weights unless k = H − 1 and F_k is square, where they only say "
        "that it is invertible (theorem 5.2.6). With more features than samples the Hessian is singular at all "
        "weights. The conclusion is theorem 5.2.1's, without hypothesis 4",
        proof="a network whose weights satisfy all four, with the proof that no critical ones do",
        certificates=("four-hypotheses-contradict",),
    ),
    Erratum(
        key="GOL5",
        source=f"{_ESSAY}, after Nguyen and Hein",
        printed="the width should not increase after the k-th layer",
        holds="after the (k + 1)-th: d_(k+1) ≥ … ≥ d_H. d_(k+1) > d_k is allowed, and for the weaker condition by the "
        "samples d_l ≥ d_H above layer k is enough (theorem 5.2.1)",
        proof="certified: ‖∇f‖² ≥ c f with d₂ = 5 > d₁ = 3 for four samples, k = 1",
        certificates=("wider-above-the-features",),
    ),
    Erratum(
        key="GOL6",
        source=f"{_ESSAY}, rank F₁ = n",
        printed="it necessitates d₁ greater than n",
        holds="d₁ at least n, and n − 1 where the next layer has a bias",
        proof="certified: two units without biases for two samples; three units under a bias for four (GOL4)",
        certificates=("as-many-units-as-samples",),
    ),
    Erratum(
        key="GOL7",
        source=f"{_ESSAY}, (8)",
        printed="the loss without the factor ½ of (7)",
        holds="a factor of the loss changes no statement, but it does every constant: ours are for s‖F − Y‖² with any "
        "s > 0, c = 4s λ_min(F_kᵀF_k) σ_J² (theorem 5.2.1)",
        proof="docs/kinds/wide-gradient-dominance.md",
    ),
    Erratum(
        key="GOL8",
        source=f"{_ESSAY}, the Hessian of the loss of a wide ReLU layer",
        printed="blocks (1/m) Σ_j a_r a_s 1_rj 1_sj x_j²",
        holds="x_j x_jᵀ in place of x_j²: a block is a d × d matrix",
        proof="one unit at x = (1, 2): second differences of ½(w·x − y)² are the entries of xxᵀ, not ‖x‖²",
        instances=("golikov-hessian-block",),
    ),
    Erratum(
        key="GOL9",
        source=f"{_ESSAY}, the decay of gradients with the width",
        printed="gradients fall with m, so training converges in a time that decreases with the number of parameters",
        holds="the gradient by one unit does, ‖∂f/∂w_r‖ ≤ ‖X‖‖e‖/√m; that by all units lies between σ_min(J)‖e‖ and "
        "σ_max(J)‖e‖, both free of m (theory 5.4)",
        proof="half of m units active at one sample: a unit's gradient has the square 1/m, all of them ½",
        instances=("golikov-gradient-decay",),
    ),
    Erratum(
        key="GOL10",
        source=f"{_ESSAY}, the expectation over the first layer",
        printed="E_(w_1) ⋯ E_(w_r)",
        holds="E_(w_1) ⋯ E_(w_m): over all units",
        proof="r is the index of the sum inside",
    ),
    Erratum(
        key="GOL11",
        source=f"{_ESSAY}, after Lee et al.: gradient descent finds a local minimum almost surely",
        printed="since saddles are avoided",
        holds="the theorem excludes strict saddles as limits, for f that is C² with a Lipschitz gradient, small steps "
        "and iterates that converge. Deep linear networks of three or more layers have saddles without curvature, and "
        "ReLU networks are not C²",
        proof="certified: zero weights of three layers are a saddle, the loss falls like t³ and ∇²f = 0",
        certificates=("saddle-without-curvature",),
    ),
    Erratum(
        key="GOL12",
        source=f"{_ESSAY}, after Du et al.: λ₀ > 0 if no two inputs are parallel",
        printed="non-parallel inputs, as the condition for the limit kernel of a ReLU layer to be positive definite",
        holds="it suffices and is not needed. For unit inputs λ₀ > 0 if and only if no two are equal and one input of "
        "each opposite pair, taken together, are linearly independent (theory 5.3.1)",
        proof="x and −x of norm 1 are parallel, and their kernel is ½I: certified is 0.49 < λ_min ≤ 0.5001",
        certificates=("relu-opposite-inputs-kernel",),
    ),
    Erratum(
        key="GOL13",
        source=f"{_ESSAY}, after Lu and Kawaguchi: X of full rank",
        printed="full rank, where XXᵀ is inverted",
        holds="full row rank: no fewer samples than input dimensions. Gap and minimum need no rank at all "
        "(theorems 5.1.1 and 5.1.2)",
        proof="one sample (1, 2): X has full column rank, and det XXᵀ = 0",
        instances=("golikov-full-rank",),
    ),
    Erratum(
        key="GOL14",
        source=f"{_ESSAY}, second-order optimality of wide ReLU networks",
        printed="the Hessian is positive semidefinite almost everywhere, so critical points are second-order optimal",
        holds="with the output layer frozen it is, where it exists; that says nothing of kinks, or of optimality: "
        "flat local minima of any loss are among such points. With the output layer trained it is false",
        proof="½(max(w, 0) − 1)² is ½ with derivatives 0 for all w < 0, and 0 at w = 1; ½(aw − y)² at a = 0, w = y = 1 "
        "has a Hessian of determinant −1",
        instances=("golikov-second-order",),
    ),
    Erratum(
        key="GOL15",
        source=f"{_ESSAY}, min over W = min over R of rank at most r",
        printed="r the least width of the hidden layers",
        holds="r = min(d_0, …, d_H), both ends included: theorems about rank R = r have no point otherwise",
        proof="widths 1, 2, 2: the hidden layers have 2 units, and every product has the rank 1 at most",
        instances=("golikov-bottleneck",),
    ),
)
