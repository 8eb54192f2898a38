# GenreLens. `make` lists what it can do. Works with GNU make 3.81 (macOS) and a plain /bin/sh.

HOST ?= 127.0.0.1
PORT ?= 8050
# PYTHON=/path/to/python3.12 makes .venv with that one; RESULTS=dir shows other results;
# ARGS="..." is handed to pytest, or to the pipeline command.
export HOST PORT PYTHON RESULTS

VENV := .venv/bin/python
WEB := .venv/.web-installed
PIPELINE := .venv/.pipeline-installed
TESTS := .venv/.tests-installed
CHECKED := pipeline dashboard tests .ci/serve.py

.PHONY: help run test screenshots results results-full results-deep results-deep-full choose demo bench bench-web fuzz lint lock clean

help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile
	@echo "  Options: make run HOST=127.0.0.1 PORT=8050 RESULTS=demo-results; PYTHON=python3.12"

run: $(WEB) ## Show the dashboard in the browser (installs what it needs first)
	@exec $(VENV) .ci/serve.py

test: lint ## Lint and run every test, in a browser too (installs what it needs first)
	@browser=$$(sh .ci/browser) && redis=$$(sh .ci/redis) && \
		GENRELENS_BROWSER="$$browser" GENRELENS_REDIS="$$redis" $(VENV) -m pytest $(ARGS)

screenshots: $(TESTS) ## Renew the kept pictures of every page (tests/browser/baselines)
	@browser=$$(sh .ci/browser) && GENRELENS_RENEW_SCREENSHOTS=yes GENRELENS_BROWSER="$$browser" \
		$(VENV) -m pytest tests/browser/test_looks.py -k kept_picture

results: $(PIPELINE) ## Train every model on GTZAN and rewrite results/
	@$(VENV) -m pipeline train $(ARGS)

results-full: $(PIPELINE) ## The same with seeds, variants, sweeps and search
	@$(VENV) -m pipeline train --full $(ARGS)

results-deep: $(PIPELINE) ## The main comparison with networks on spectrograms and pictures
	@$(VENV) -m pipeline train --deep $(ARGS)

results-deep-full: $(PIPELINE) ## Everything: both of the above, ablations, shuffled controls
	@$(VENV) -m pipeline train --deep --full $(ARGS)

choose: $(PIPELINE) ## Choose each protocol's model on validation tracks, before a test
	@$(VENV) -m pipeline choose --deep $(ARGS)

demo: $(PIPELINE) ## Run everything on synthetic clips, into demo-results/ (needs no data)
	@$(VENV) -m pipeline demo $(ARGS)

bench: $(TESTS) ## Measure speed and memory, beside other extractors
	@sh .ci/others
	@status=0; for script in tests/bench/bench_*.py; do \
		echo "$$script"; PYTHONPATH=. $(VENV) "$$script" || status=1; done; exit $$status

bench-web: $(TESTS) ## Measure callbacks and pages while eight people click, and a worker's memory
	@browser=$$(sh .ci/browser) && status=0; for script in web web_memory; do \
		GENRELENS_BROWSER="$$browser" PYTHONPATH=. $(VENV) tests/bench/$$script.py || status=1; \
		done; exit $$status

fuzz: $(TESTS) ## Send ten thousand hostile files to the decoder (ARGS="--files 500")
	@OPENBLAS_NUM_THREADS=1 PYTHONPATH=. $(VENV) tests/fuzz/uploads.py $(ARGS)

lint: $(TESTS) ## Check style and types
	@$(VENV) -m ruff check $(CHECKED)
	@$(VENV) -m ruff format --check $(CHECKED)
	@$(VENV) -m mypy pipeline dashboard

lock: ## Renew the three requirements.txt (UPGRADE=no: only add what is new)
	@UPGRADE="$(UPGRADE)" sh .ci/lock

clean: ## Remove .venv, .venv-others, caches and demo-results/; results/, data/ and finished work (.cache/) stay
	@rm -rf .venv .venv-others .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage demo-results
	@find pipeline dashboard tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV):
	@sh .ci/venv

$(WEB): requirements.txt | $(VENV)
	@sh .ci/install requirements.txt web

$(PIPELINE): requirements.txt pipeline/requirements.txt | $(VENV)
	@sh .ci/install pipeline/requirements.txt web pipeline

$(TESTS): requirements.txt pipeline/requirements.txt tests/requirements.txt | $(VENV)
	@sh .ci/install tests/requirements.txt web pipeline tests
