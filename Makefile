# `make demo` and `make test` do all the set-up: .venv with pinned libraries, this package editable
# in it, and the link that lets the type checker find `deadzones`.
#
#   make PYTHON=python3.12 demo     another interpreter
#   make ARGS="-k wheel" test       more arguments for the tool

PYTHON ?= python3
ARGS ?=
EXTRAS = report,cluster,dev
ALL = --constraint constraints.txt --editable '.[$(EXTRAS)]'

BIN = .venv/bin
READY = .venv/.ready
LINK = .types/deadzones
SPREAD = --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder
PIP = $(BIN)/pip --quiet --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test slow check format bench stress lock clean browser splat peers

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Make up a country, analyse it and write its map below out/
	@$(BIN)/deadzones demo --out out $(ARGS)

test: $(READY) browser ## Run the tests that take less than three minutes
	@$(BIN)/pytest -m "not slow and not stress" $(SPREAD) $(ARGS)

slow: $(READY) browser ## Run the others: whole runs, and studies of the real country
	@$(BIN)/pytest -m slow $(SPREAD) $(ARGS)

check: $(READY) ## Check style, format and types; change nothing
	@failed=; $(BIN)/ruff check . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/pyright --warnings || failed=1; \
	test -z "$$failed"

format: $(READY) ## Format the code and mend what can be mended safely
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

bench: $(READY) splat peers ## Compare speed and memory with peers
	@$(BIN)/python benchmarks/run.py $(ARGS)

stress: $(READY) ## Run the long tests
	@$(BIN)/pytest -m stress $(ARGS)
	@$(BIN)/pytest -k "not examples_run" --hypothesis-profile thorough $(SPREAD) $(ARGS)

lock: $(READY) ## Choose the newest versions anew and write constraints.txt
	@$(PIP) install uv
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal \
		--python-version 3.11 --all-extras --no-annotate --output-file constraints.txt pyproject.toml

clean: ## Remove all that make made: .venv, caches, builds and the demo's results
	@rm -rf .venv .types build dist *.egg-info out/demo
	@rm -rf .coverage .hypothesis .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Once; again when a dependency changes. Afterwards no target needs the network. uv installs in a quarter
# of pip's time; where it cannot be had or knows no way to the packages, pip does the same.
$(READY): pyproject.toml constraints.txt | $(BIN)/python $(LINK)
	@echo "Installing deadzones and its libraries into .venv (once, some minutes) ..."
	@{ $(PIP) install uv && $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(ALL); } \
		2>/dev/null || $(PIP) install --use-pep517 $(ALL)
	@echo "Compiling its kernels (once, a minute or two) ..."
	@$(BIN)/deadzones demo --communes 8 --out .venv/.first --quiet
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "deadzones needs Python 3.11 or newer and found: $$($(PYTHON) --version 2>&1 | tail -n 1)"; \
		echo "Install a newer one and name it: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing. Install it and rerun: apt-get install python3-venv"; \
		exit 1; } >&2
	@$(PYTHON) -m venv --clear .venv

$(LINK):
	@mkdir -p $(@D)
	@ln -sfn .. $@

# The tests marked `browser` need Chromium, and playwright's driver a library that a bare Debian lacks.
# Tried once, and never a reason to fail.
browser: | $(READY)
	@has() { command -v "$$1" >/dev/null 2>&1; }; \
	works() { $(BIN)/playwright --version >/dev/null 2>&1 && { has chromium || has google-chrome || \
		ls -d ~/.cache/ms-playwright/chromium-* >/dev/null 2>&1; }; }; \
	if works; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi; \
	if [ ! -e .venv/.browser-tried ] && has apt-get && $$sudo true 2>/dev/null; then \
		touch .venv/.browser-tried; \
		echo "Installing chromium for the tests in a browser (once) ..."; \
		apt="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends"; \
		install="$$apt install chromium libatomic1"; \
		{ $$install || { $$apt update && $$install; }; } >/dev/null 2>&1 || true; \
	fi; \
	works || echo "The tests in a browser are skipped. To run them: apt-get install chromium libatomic1" \
		"(Debian), or .venv/bin/playwright install --with-deps chromium (elsewhere)"

# A peer of the benchmarks. Tried once, and never a reason to fail.
splat: | $(READY)
	@has() { command -v "$$1" >/dev/null 2>&1; }; \
	if has splat && has splat-hd; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi; \
	if [ ! -e .venv/.splat-tried ] && has apt-get && $$sudo true 2>/dev/null; then \
		touch .venv/.splat-tried; \
		echo "Installing SPLAT! to compare with (once) ..."; \
		apt="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends"; \
		{ $$apt install splat || { $$apt update && $$apt install splat; }; } >/dev/null 2>&1 || true; \
	fi; \
	has splat || echo "SPLAT! is absent from the benchmarks. To compare with it: apt-get install splat"

peers: | $(READY)
	@if [ ! -e .venv/.peers-tried ]; then touch .venv/.peers-tried; \
		echo "Installing extractrs, sedonadb, rustworkx and joblib to compare with (once) ..."; \
		for peer in extractrs 'sedonadb[geopandas]' rustworkx joblib; do $(PIP) install "$$peer" || \
			echo "$$peer is absent from the benchmarks."; done; \
	fi
