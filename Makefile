# Two commands matter: `make run` shows the model alive, `make test` proves it.
PYTHON ?= python3
ENVIRONMENT := .venv
# Modules, not scripts: those hold absolute paths, and the folder may be moved.
RUN := $(ENVIRONMENT)/bin/python -m
INSTALL := $(RUN) pip install --quiet --disable-pip-version-check
# One more than there are processors: tests of whole programs wait now and then.
WORKERS = $$(($$(nproc) + 1))
NOT_INSTALLED := The packages could not be installed. The first start needs the Internet; a Raspberry Pi also: sudo apt-get install -y gcc python3-dev
# lgpio has no wheel from Python 3.13 on: there, the Pi's own python3-lgpio is used.
VENV_OPTIONS = $(shell $(PYTHON) -c 'import platform, sys; \
  print("--system-site-packages" if platform.machine() == "aarch64" and sys.version_info >= (3, 13) else "")' 2>/dev/null)

.DEFAULT_GOAL := run
.PHONY: run test test-pi check peers lint benchmark benchmark-pi mutate schemas lock clean

run: $(ENVIRONMENT)/ready  ## set up, then play the model in simulation on http://127.0.0.1:8080
	@exec $(RUN) maquette run --simulate $(ARGUMENTS)

check: $(ENVIRONMENT)/ready  ## check every document
	@$(RUN) maquette check $(ARGUMENTS)

test: peers lint  ## style, types, tests against real peers
	$(RUN) pytest --numprocesses=$(WORKERS) --dist=loadfile $(ARGUMENTS)

test-pi: $(ENVIRONMENT)/ready-for-tests  ## tests on a kernel with a Pi's GPIO, SPI and I2C, which is built once, in some minutes
	@tests/pi/box/run $(RUN) pytest -p no:cacheprovider tests/pi $(ARGUMENTS)

peers:
	@tests/peers

lint: $(ENVIRONMENT)/ready-for-tests
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy

benchmark: $(ENVIRONMENT)/ready-for-tests  ## figures, never verdicts
	@$(RUN) tests.benchmarks

benchmark-pi: $(ENVIRONMENT)/ready-for-tests  ## the same, from a pin's edge to its light and lamp
	@tests/pi/box/run $(RUN) tests.pi.benchmark

mutate: $(ENVIRONMENT)/ready-for-tests  ## break every shipped document in every mechanical way: long; ARGUMENTS="--count 5000 --from 0"
	@$(RUN) tests.config.mutants $(ARGUMENTS)

schemas: $(ENVIRONMENT)/ready  ## write the JSON schemas of the documents anew
	@$(RUN) maquette schema --write maquette/config/schemas

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
	  --extra build pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
	  --extra build --group test pyproject.toml -c requirements.txt -o tests/requirements.txt

clean:
	rm -rf $(ENVIRONMENT) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

# An environment that was left half made has no such mark and is made anew. PYTHON counts here alone: for another one, `make clean` first.
$(ENVIRONMENT)/created:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
	  { echo "Maquette needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing). Try: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: sudo apt-get install -y python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV_OPTIONS) $(ENVIRONMENT)
	@touch $@

$(ENVIRONMENT)/ready: requirements.txt pyproject.toml $(ENVIRONMENT)/created
	@echo "Setting up (once)…"
	@$(INSTALL) --require-hashes -r requirements.txt || { echo "$(NOT_INSTALLED)" >&2; exit 1; }
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(ENVIRONMENT)/ready-for-tests: tests/requirements.txt $(ENVIRONMENT)/ready
	@echo "Setting up what the tests use (once)…"
	@$(INSTALL) --require-hashes -r tests/requirements.txt || { echo "$(NOT_INSTALLED)" >&2; exit 1; }
	@touch $@
