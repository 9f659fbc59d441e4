# Every habit is one word; `make help` lists them.
export RASA_TELEMETRY_ENABLED := false
PYTHON ?= python3.10
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint bench train clean

help: ## list the words
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/.ready: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.10 is needed as $(PYTHON): install it (pyenv install 3.10) or set PYTHON=/path/to/python3.10"; exit 1; }
	@echo "Setting up .venv (some minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt pip setuptools wheel
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --constraint constraints.txt --editable '.[dev]' | grep -vE 'already satisfied|Using cached|Downloading|━' || true
	@$(BIN)/python -c 'import bot.cli' && touch $@

run: .venv/.ready ## set up, migrate, train if stale, start everything
	@exec $(BIN)/salama run

test: .venv/.ready ## set up what tests need, check and test everything
	@scripts/browser-for-tests
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest

lint: .venv/.ready ## style, types, import contracts, content
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/salama content lint

train: .venv/.ready ## train even if the model is fresh
	@$(BIN)/salama train --force

bench: .venv/.ready ## measure against stock Rasa (hours; with STOCK_EPOCHS=2 STOCK_EVERY=8 half an hour); writes benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/engine.py

clean: ## remove the environment and all local data
	rm -rf .venv var
