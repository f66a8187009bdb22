# `make demo` and `make test` do all their own set-up: a virtual environment in .venv with the package and its
# development tools, made once and made again when pyproject.toml changes or the folder moves.

# The first Python that is new enough; set PYTHON=... to choose another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
# For example PYTEST_ARGS="-k archive -x"; JOBS=0 runs the tests in one process, where a debugger can stop.
PYTEST_ARGS ?=
JOBS ?= auto

RUN := .venv/bin/python
STAMP := .venv/.installed-for

# The editable install holds this folder's path: a copied or moved tree needs its own.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

# Another tree on PYTHONPATH would be tested in this one's place.
unexport PYTHONPATH PYTHONHOME

.PHONY: demo test lint format types bars clean help

demo: $(STAMP)  ## the main job on real data: trains, prints the formulas and the front
	@.venv/bin/symbolnet demo

test: lint types  ## style, types and tests
	$(RUN) -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

lint: $(STAMP)  ## style
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

format: $(STAMP)  ## mend what style can mend by itself
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

types: $(STAMP)  ## static types
	$(RUN) -m mypy

bars: $(STAMP)  ## measure the project's figures and rewrite docs/results/bars.md
	$(RUN) -m benchmarks.bars

clean:  ## remove what the other targets made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

$(STAMP): pyproject.toml tools/make-venv
	@test -n "$(PYTHON)" || { echo "make: no Python of version 3.11 or newer found; install one (apt install python3 python3-venv)" >&2; exit 2; }
	@echo "Setting up .venv with $(PYTHON): once, a few minutes on a slow network"
	@tools/make-venv $(PYTHON) .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check --prefer-binary --editable '.[dev]'
	@echo "$(CURDIR)" > $(STAMP)
