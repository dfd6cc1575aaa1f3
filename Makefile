# Nianbao's commands. `make` alone explains them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_HOME ?= $(CURDIR)/.demo
STAMP := $(VENV)/.installed
LOCKED := --extra exports --extra ocr --extra s3 --universal --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet

.DEFAULT_GOAL := help
.PHONY: help setup demo check test bench lock browser peers clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv with the locked versions and the nianbao command

$(STAMP): pyproject.toml requirements.lock scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh "$(VENV)"
	@touch $(STAMP)

demo: setup ## crawl the demo portals, read their reports, show them on a page
	@NIANBAO_HOME="$(DEMO_HOME)" $(BIN)/nianbao demo

check: setup ## lint, types, import directions, migrations: everything but the tests
	@sh scripts/check.sh "$(BIN)"

# Whole files go to the processes in their order, which begins with the longest (tests/cli, tests/crawler).
test: setup browser check ## the whole check: make check, then every test, on all cores
	@$(MAKE) --no-print-directory peers || echo "peers: no package index answers; tests that need these tools will be skipped" >&2
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

browser: # a Chromium for the tests of the pages, where this machine can install one
	@sh scripts/browser.sh

peers: setup # others' tools in an environment of their own, for the tests of what we hand out
	@sh scripts/peers.sh

bench: setup ## run the benchmarks; they print ratios against named peers
	@for program in benchmarks/[a-z]*.py; do echo "== $$program"; $(BIN)/python $$program || exit 1; done

lock: setup ## resolve the dependencies anew into requirements.lock, those of the image into deploy/requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group dev $(LOCKED) -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group build $(LOCKED) --constraint requirements.lock -o deploy/requirements.lock

clean: ## remove what setup and demo made
	@if [ -x $(BIN)/nianbao ]; then NIANBAO_HOME="$(DEMO_HOME)" $(BIN)/nianbao db stop || true; fi
	@rm -rf $(VENV) .venv-peers .venv-warc-tools .demo
