"""What Python shows of results and problems: one line, five lines, a notebook's cell, a page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import verify
from certificates.subjects.objective import Decay
from tests.support.naive import random_network


def network(residual):
    return random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=residual)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    path = verify.save_problem(network(1e-5), tmp_path_factory.mktemp("a folder") / "a net.safetensors")
    return verify.certify(path)


@pytest.fixture(scope="module")
def refused():
    return verify.certify(network(0.3))


@pytest.fixture(scope="module")
def table():
    return verify.activation("relu", ["1"])


def test_one_line_each(done, refused, table):
    assert repr(network(1e-5)) == "Network(4–24–1, tanh, n=6, squared)"
    assert repr(network(1e-5).layers) == "(Dense(24×4, bias, trained), Dense(1×24, bias, trained))"
    assert repr(done).startswith("Certified(accepted: zero-loss-convergence, ")
    assert repr(refused) == "Certified(undecided: zero-loss-convergence, nothing written)"
    assert repr(done.verdict) == "Accepted(zero-loss-convergence, radial trapping, fast)"
    assert repr(refused.verdict).startswith("Undecided(zero-loss-convergence, check 7: the residual is too large")
    assert repr(done.certificate).startswith("Certificate(zero-loss-convergence, network ")
    assert repr(table).startswith("ActivationTable(relu, ")
    assert repr(verify.replay(done.certificate_path, steps=5)).startswith("Replay(5 steps of size ")
    polished = verify.certify(network(0.3), polish=True).polished
    assert repr(polished).startswith(f"Polished({polished.steps} steps, residual 0.507 to ")
    assert "array" not in repr(Decay("layers.0.weight", done.network.objective.loss.scale, np.ones((24, 4))))


def test_a_proof_is_five_lines_whose_command_works(done):
    labels, texts = zip(*(line.split(": ", 1) for line in str(done).splitlines()), strict=True)
    assert labels == ("proved", "numbers", "written", "fits as well", "check it")
    assert all(name in texts[1] for name in ("radius ", "step size max ", "decrease rate "))
    assert "'" in texts[4] and str(done.certificate_path) in texts[4]  # quoted: its folder has a space


def test_a_refusal_is_five_lines_with_the_numbers_and_what_to_try(refused):
    labels, texts = zip(*(line.split(": ", 1) for line in str(refused).splitlines()), strict=True)
    assert labels == ("not proved", "why", "numbers", "written", "try")
    assert "needs ‖e‖ <" in texts[2] and "has ‖e‖ ≤" in texts[2] and "polish" in texts[4]


class _Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not {"src", "href"} & dict(attrs).keys()


def test_a_notebooks_cell_is_escaped_and_fetches_nothing(done, table):
    hostile = replace(done, offers=(("<script>", "why"),))
    for shown in (hostile, table):
        html = shown._repr_html_()
        assert _Tags(html).tags == {"table", "tr", "th", "td"}


@pytest.mark.parametrize("format", ["text", "markdown", "latex", "html"])
def test_everything_explains_itself(done, refused, format):
    page = done.explain(format)
    assert "Theorem" in page and "a net.zero-loss-convergence.cert.json" in page
    assert page == verify.explain(done, format) == verify.explain(done.certificate_path, format)
    assert "polish" in refused.explain(format) and "Theorem" not in refused.explain(format)
    alone = verify.explain(done.verdict, format)
    assert "Theorem" in alone and "Check it again" not in alone
    assert "verify.certify" in verify.explain(done.network, format)


def test_what_is_in_memory_is_judged_from_its_bytes():
    page = verify.certify(network(1e-5)).explain()
    assert "Accepted" in page and re.search(r"certificate +[0-9a-f]{64}", page)


def test_a_table_of_an_activation_is_printed_as_the_command_prints_it(table):
    assert "Properties" in verify.explain(table) and r"\section*" in verify.explain(table, "latex")
    with pytest.raises(ValueError, match="text, latex"):
        verify.explain(table, "html")
