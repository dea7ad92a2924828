# Two commands are enough: `make demo` and `make test`. Each installs what it needs first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PEERS := $(VENV)/.peers
export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export OMP_WAIT_POLICY := passive

.DEFAULT_GOAL := help
.PHONY: help install demo test installed bench check lint types layers bounds format clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Make the virtual environment in .venv and install everything

$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed (make install PYTHON=/path/to/python3.11)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(INSTALLED) ## Run the main job: simulate, train, score, explain, report
	$(BIN)/moneytrail demo

test: $(INSTALLED) ## Run all tests
	$(BIN)/python -m pytest -n 2

installed: $(INSTALLED) ## Build the wheel, install it elsewhere, and load a registered model there
	$(BIN)/python -m pytest -m installed tests/experiments/tracking

bench: $(PEERS) ## Measure beside Polars, DuckDB, pandas and Snap ML; write docs/benchmarks.md
	$(BIN)/python -m experiments.benchmarks --out docs/benchmarks.md

$(PEERS): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@

check: lint types layers ## Lint, check types and layers

lint: $(INSTALLED) ## Check style with ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## Check types with mypy
	$(BIN)/mypy

layers: $(INSTALLED) ## Check that imports run one way
	$(BIN)/lint-imports

bounds: $(INSTALLED) ## Run the kernels' tests with array bounds checked, in a cache of its own
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=.numba_cache_bounds $(BIN)/python -m pytest -n 2 tests/features features tests/engine/detectors

format: $(INSTALLED) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environment and all caches
	rm -rf $(VENV) .numba_cache* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
