# Two commands matter: `make run` shows the model alive, `make test` proves it.
PYTHON ?= python3
ENVIRONMENT := .venv
BIN := $(ENVIRONMENT)/bin

.DEFAULT_GOAL := run
.PHONY: run test check lint benchmark schemas lock clean

run: $(ENVIRONMENT)/ready  ## set up, then play the model in simulation on http://127.0.0.1:8080
	@exec $(BIN)/maquette run --simulate $(ARGUMENTS)

check: $(ENVIRONMENT)/ready  ## check every document
	@$(BIN)/maquette check $(ARGUMENTS)

test: $(ENVIRONMENT)/ready-for-tests lint  ## style, types, tests against real peers
	@tests/peers
	$(BIN)/pytest $(ARGUMENTS)

lint: $(ENVIRONMENT)/ready-for-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

benchmark: $(ENVIRONMENT)/ready-for-tests  ## figures, never verdicts
	@$(BIN)/python -m tests.benchmarks

schemas: $(ENVIRONMENT)/ready  ## write the JSON schemas of the documents anew
	@$(BIN)/maquette schema --write maquette/config/schemas

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
	  --extra build pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
	  --extra build --group test pyproject.toml -c requirements.txt -o tests/requirements.txt

clean:
	rm -rf $(ENVIRONMENT) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Maquette needs Python 3.11 to 3.13; this is $$($(PYTHON) --version). Try: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(ENVIRONMENT) || \
	  { echo "Python's venv module is missing: sudo apt-get install python3-venv" >&2; rm -rf $(ENVIRONMENT); exit 1; }

$(ENVIRONMENT)/ready: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Setting up (once)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(ENVIRONMENT)/ready-for-tests: tests/requirements.txt $(ENVIRONMENT)/ready
	@echo "Setting up what the tests use (once)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@
