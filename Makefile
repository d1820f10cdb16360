# Every target sets up what it needs in .venv; nothing is installed twice while the stamps are fresh.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH_STAMP := $(VENV)/.torch
CLUSTER_STAMP := $(VENV)/.cluster
SOURCES := $(shell find certificates verify -name '*.py' -o -name '*.j2' 2>/dev/null)
DEMO := build/demo

.PHONY: demo test test-slow test-torch test-cluster test-kernel attack mutants lint docs bench realistic minima clean setup

setup: $(STAMP)

$(STAMP): pyproject.toml constraints/all.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gradcert needs Python >= 3.11; set PYTHON=python3.11 or later"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv (Debian, Ubuntu) or dnf install python3 (Fedora)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints/all.txt -e '.[dev]'
	@touch $@

$(TORCH_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints/all.txt 'torch==2.13.0' scikit-learn
	@touch $@

$(CLUSTER_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints/all.txt distributed
	@touch $@

demo: $(STAMP)
	@mkdir -p $(DEMO)
	@cp examples/digits_parity/problem.safetensors $(DEMO)/digits_parity.safetensors
	$(BIN)/verify certify $(DEMO)/digits_parity.safetensors --force
	$(BIN)/verify check $(DEMO)/digits_parity.zero-loss-convergence.cert.json
	$(BIN)/verify check $(DEMO)/digits_parity.zero-loss-convergence.cert.json --arithmetic arb
	$(BIN)/verify replay $(DEMO)/digits_parity.zero-loss-convergence.cert.json --steps 5000
	$(BIN)/verify explain $(DEMO)/digits_parity.zero-loss-convergence.cert.json --format html --replay 5000 -o $(DEMO)/digits_parity.html --force
	@echo "The page with the proof and the run: $(DEMO)/digits_parity.html"

test: $(STAMP)  # a thread of BLAS for each of the two processes: four share two cores badly
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile

test-slow: $(STAMP)
	$(BIN)/python -m pytest -q -m slow

mutants: $(STAMP)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.mutants $(ROOMS)

test-torch: $(TORCH_STAMP)
	$(BIN)/python -m pytest -q -m torch tests/torch

test-cluster: $(CLUSTER_STAMP)  # a thread of BLAS, as the workers have
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -m cluster tests/cluster

test-kernel: $(STAMP)
	$(BIN)/python -m pytest -q -m slow tests/test_kernel_install.py

attack: $(STAMP)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.truth --attempts 100000 --minutes 10 --jobs 2
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.campaigns.ball_arithmetic --evaluations 1e7 --minutes 5
	$(BIN)/python -m tests.campaigns.formulas --count 20000
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.campaigns.curvature --minutes 5
	$(BIN)/python -m tests.campaigns.parsers --minutes 3

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP)
	$(BIN)/python -m sphinx -q -W -b html docs build/docs
	@echo "The documentation: build/docs/index.html"

bench: $(STAMP)
	env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python -m benchmarks

realistic: $(TORCH_STAMP)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.realistic --output docs

minima: $(TORCH_STAMP)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.minima --output docs

clean:
	rm -rf build $(VENV)
