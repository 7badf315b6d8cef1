# Every target makes its own .venv and installs what it needs; nothing is installed by hand.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= python3
SERVE ?= 1
DEMO ?= demo
BIN := .venv/bin
JOBS ?= 2

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Fairview needs Python 3.11 or newer; run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Python lacks its venv module; install it (Debian: apt-get install python3-venv)."; exit 2; }

.venv/.base: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

# aequitas is only compared with, and its charts' dependencies aren't needed for that.
.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --no-deps aequitas
	touch .venv/.base $@

demo: .venv/.base ## Build the synthetic world, audit it before and after, and serve the page
	@exec $(BIN)/fairview demo --folder $(DEMO) $(if $(filter 0,$(SERVE)),--no-serve)

lint: .venv/.dev ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## Lint, types, layers, then unit, property, conformance and browser tests
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadgroup --cov --cov-report=term:skip-covered

prove: .venv/.dev ## The simulations and slow proofs (up to 45 minutes)
	$(BIN)/python -m pytest -m prove --numprocesses $(JOBS) --durations=15

bench: .venv/.dev ## Measure, and write one table to bench/results
	$(BIN)/python -m bench

clean: ## Remove what the targets above made
	rm -rf .venv demo bench/results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage build dist

.PHONY: help demo lint test prove bench clean
