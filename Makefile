# Everything a newcomer or a build machine calls. Needs make, git and Python 3.11 or newer with venv.

PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

# More for pytest or the benchmarks: make test ARGS="-k display", make bench ARGS="storm --runs 5"
ARGS =

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test soak check style types arrows catalogues bench screening texts clean

help:
	@echo "make demo    an example meeting on http://localhost:8000, with comments coming in"
	@echo "make test    all tests but the long ones"
	@echo "make soak    the long ones: chaos, fuzz, endurance"
	@echo "make check   style, types, arrows (who may import whom), catalogues"
	@echo "make bench   measures against other servers, 25 minutes; writes docs/performance.md. ARGS=--quick: 3 minutes"
	@echo "make screening   measures what screening finds, and writes it into docs/screening.md"
	@echo "make texts   brings the catalogues up to date with the texts in the code"
	@echo "make clean   removes what make made, but never data/"

# Unbuffered: the links show at once, also through a pipe.
demo: .venv/installed
	@exec $(BIN)/livechat demo

test: .venv/installed-test
	@sh tests/prepare.sh
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 4 $(ARGS)

soak: .venv/installed-test
	@sh tests/prepare.sh
	@$(BIN)/python -m pytest -q -m soak $(ARGS)

check: style types arrows catalogues

style: .venv/installed-test
	@echo "style: ruff format --check, ruff check"
	@$(BIN)/ruff format --quiet --check . || { echo "to put it right: $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .

types: .venv/installed-test
	@echo "types: mypy --strict"
	@$(BIN)/mypy

arrows: .venv/installed-test
	@echo "arrows: lint-imports"
	@$(BIN)/lint-imports --no-logo

catalogues: .venv/installed-test
	@echo "catalogues: every text in every language"
	@$(BIN)/python -m web.catalogues check

bench: .venv/installed-test
	@$(BIN)/python -m benchmarks.run $(ARGS)

screening: .venv/installed-test
	@echo "screening: what is found, what is flagged without reason, what it costs"
	@$(BIN)/python -m benchmarks.screening

texts: .venv/installed-test
	@echo "texts: updating the catalogues"
	@$(BIN)/python -m web.catalogues update

clean:
	@echo "clean: removing .venv, artefacts, build and caches (data/ stays)"
	@rm -rf .venv artefacts build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: made once, installed again only when pyproject.toml changes ---

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$$($(PYTHON) --version 2>&1) is too old: install Python 3.11 or newer, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	    { echo "$(PYTHON) lacks the module venv: install it (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

.venv/installed: .venv/bin/python pyproject.toml
	@echo "Installing livechat into .venv"
	@$(PIP) -e .
	@touch $@

.venv/installed-test: .venv/bin/python pyproject.toml
	@echo "Installing livechat and the tools for its tests into .venv"
	@$(PIP) -e '.[test]'
	@touch .venv/installed $@
