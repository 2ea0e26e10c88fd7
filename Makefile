# make app    set up and start Graft
# make test   set up with the test tools and run every test
# make test-quick   the fast ones, for every change
# make bench, bench-gpu, bench-estimates, bench-coverage, bench-beside   measure Graft beside others, on a GPU, its own forecasts,
#             its intervals, and beside other work
# make bench-serving RUN=...   a served run under load, beside plain pipeline behind FastAPI
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: app test test-quick lint types bench bench-gpu bench-estimates bench-coverage bench-beside bench-serving clean python

app: $(VENV)/.app
	@$(BIN)/python -m core start --port $(PORT)

test: $(VENV)/.dev
	@sh tests/chromium.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-quick: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser"

lint: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.bench

bench-beside: $(VENV)/.dev
	$(BIN)/python -m benchmarks.beside

bench-serving: $(VENV)/.dev
	$(BIN)/python -m benchmarks.serving $(RUN)

bench-gpu: $(VENV)/.dev
	$(BIN)/python -m benchmarks.gpu

bench-estimates: $(VENV)/.dev
	$(BIN)/python -m benchmarks.estimates

bench-coverage: $(VENV)/.dev
	$(BIN)/python -m benchmarks.coverage

$(VENV)/.app: requirements.txt | python
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing Graft (once; torch is the large part) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-export.txt requirements-serve.txt requirements-cluster.txt requirements-dev.txt | python
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing Graft with its test tools (once; torch is the large part) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(VENV)/.app $@

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "Graft needs Python 3.11 or newer, and \"$(PYTHON)\" is $$($(PYTHON) --version 2>&1 || echo missing). Try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }

clean:
	rm -rf $(VENV)
