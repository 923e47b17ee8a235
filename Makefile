# make demo · make up · make down · make status · make logs: the product on this machine
# make check · make test · make calls · make bench · make crash-matrix: what must hold
# make hear: what callers hear, by a recogniser (500 MB more)
# make load: many callers at once against this machine's hotline
# make lock: newer dependencies

SHELL := /bin/sh
BIN := .venv/bin
UNIT := tests/unit
# On every core, a file at a time: what a file sets up once is set up once.
SPREAD := -n auto --maxprocesses 4 --dist loadfile
CALLS := tests/e2e
SCRIPTS := $(addprefix asterisk/,install configure beat keys run rx espeak healthy music sipp) docker/make-secrets tools/install tools/voice tools/hear

.PHONY: help demo up down status logs check lint test calls bench crash-matrix hear load install install-dev lock clean

help:
	@sed -n 's/^# //p' Makefile

demo:
	@export CALLCENTER_DEMO_SINCE=$$(date +%s.%N); \
	$(MAKE) --no-print-directory up && $(BIN)/callcenter demo

up: install
	@$(BIN)/callcenter up

down: install
	@$(BIN)/callcenter down

status: install
	@$(BIN)/callcenter status || true

logs: install
	@tail -n 20 -F $$($(BIN)/callcenter log-files)

install:
	@tools/install requirements.lock

install-dev:
	@tools/install requirements-dev.lock

# The part under one minute.
check: install-dev lint
	@$(BIN)/pytest -q $(SPREAD) $(UNIT)

lint:
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/shellcheck -x -P asterisk $(SCRIPTS)

# Everything that CI checks. The calls over real SIP listen in real time: one that fails on a busy
# machine is tried once more, and a second failure is one.
test: install-dev lint
	@root=$$(asterisk/install) && \
	CALLCENTER_PBX_ROOT=$$root CALLCENTER_TEST_ESPEAK=asterisk/espeak \
	$(BIN)/pytest -q $(SPREAD) --ignore=$(CALLS)
	@$(MAKE) --no-print-directory calls

# Calls over real SIP, and programs killed under them. They want the machine for themselves, of which
# two files at a time, each with a hotline of its own, leave half idle.
calls: install-dev
	@$(BIN)/pytest -q -n 2 --dist loadfile $(CALLS) || $(BIN)/pytest -q --last-failed --last-failed-no-failures none $(CALLS)

# BENCH: options of tests/bench, as in BENCH=--quick or BENCH='wire orders --keep'
bench: install-dev
	@$(BIN)/python -m tests.bench $(BENCH)

# Every fault at every step of an order's life, TIMES each. GATEWAY: paper or fix
TIMES := 50
GATEWAY := paper
crash-matrix: install-dev
	@$(BIN)/python -m tests.crash --times $(TIMES) --gateway $(GATEWAY)

# HEAR: options of tests/hearing, as in HEAR='--every 10 --numbers 14'
hear: install-dev
	@tools/hear
	@$(BIN)/python -m tests.hearing $(HEAR)

# LOAD: options of callcenter load, as in LOAD='--profile crowd'
load: install-dev
	@$(BIN)/callcenter load $(LOAD)

lock: install-dev
	@$(BIN)/uv pip compile -q pyproject.toml --extra build --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --python-version 3.11 -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --extra build --extra dev --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --python-version 3.11 -o requirements-dev.lock

clean:
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
