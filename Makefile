# make demo · make up · make down · make status · make logs: the product on this machine
# make check · make test · make calls · make crash · make bench: what must hold · make lock: newer dependencies

SHELL := /bin/sh
BIN := .venv/bin
UNIT := tests/unit
CRASHES := tests/e2e/test_crash.py
SECRETS := tests/e2e/test_secrets.py
SCRIPTS := $(addprefix asterisk/,install configure run rx espeak healthy) docker/make-secrets tools/install

.PHONY: help demo up down status logs check lint test calls crash bench install install-dev lock clean

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
	@$(BIN)/pytest -q $(UNIT)

lint:
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/shellcheck -x -P asterisk $(SCRIPTS)

# Everything that CI checks; of the calls over real SIP those that log in, tried twice at most.
test: install-dev lint
	@root=$$(asterisk/install) && \
	CALLCENTER_PBX_ROOT=$$root CALLCENTER_TEST_ESPEAK=asterisk/espeak \
	$(BIN)/pytest -q --ignore=tests/e2e
	@$(BIN)/pytest -q $(SECRETS) || $(BIN)/pytest -q $(SECRETS)

# Every call over real SIP. Apart, as it listens in real time and wants the machine for itself.
calls: install-dev
	@$(BIN)/pytest -q tests/e2e --ignore=$(CRASHES)

# Programs killed under calls. Apart, since it wants the machine for itself.
crash: install-dev
	@$(BIN)/pytest -q $(CRASHES)

bench: install-dev
	@$(BIN)/python -m tests.bench

lock: install-dev
	@$(BIN)/uv pip compile -q pyproject.toml --extra build --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --python-version 3.11 -o requirements.lock
	@$(BIN)/uv pip compile -q pyproject.toml --extra build --extra dev --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --python-version 3.11 -o requirements-dev.lock

clean:
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
