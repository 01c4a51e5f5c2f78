# Everything a fresh machine needs is Python >= 3.11, git and make.
# a name on the path may be a shim for a version that is not there, so each is asked to run
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11; do $$p -c '' 2>/dev/null && { echo $$p; exit; }; done; echo python3)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo ui test fast check format lock clean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11, 3.12 or 3.13 is needed" if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/.ready  ## the whole job on pretend platforms: connect, sync, calculate, show
	$(BIN)/ignyte demo

ui: .venv/.ready  ## Dagster on the workspace that the demo made
	$(BIN)/ignyte ui

# in the order of the folders, whose slow ones come early: by the number of their tests they would come last, and one
# of the two processes would wait for the other
test: .venv/.ready  ## every test, the slow ones too
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

fast: .venv/.ready  ## the tests that take milliseconds
	$(BIN)/python -m pytest -m "not slow"

check: .venv/.ready  ## lint, types, import rules, dbt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m resources.dbt parse
	$(BIN)/dagster definitions validate -w workspace.yaml

format: .venv/.ready  ## write the code the way ruff likes it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/.ready  ## resolve the dependencies again into requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --extra dev --upgrade --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --quiet pyproject.toml --output-file requirements.lock

clean:  ## remove what was made here, the demo's data included
	rm -rf .venv .ignyte .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dbt_project/target
