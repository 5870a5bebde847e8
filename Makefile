# Concord: everything a person or a machine runs. `make` alone prints this list.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PACKAGES := libs/contracts libs/kit libs/client services/registry services/allocation services/agreements
WORKERS ?= 3

# Our modules are compiled once, not by each process again: the tests and the demo start many services.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## what each command does
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: env
env: $(STAMP) ## the Python environment (.venv), from the pinned lock

$(STAMP): requirements-dev.lock $(addsuffix /pyproject.toml,$(PACKAGES)) deploy/find-python deploy/install.sh
	@python=$$(bash deploy/find-python) && bash deploy/install.sh "$$python" "$(VENV)" requirements-dev.lock
	@touch $@

.PHONY: demo
demo: $(STAMP) ## the decision loop, map to signed agreement (AREA=kent-and-medway PATHWAY=breast: elsewhere)
	@$(BIN)/python -m demo.loop $(if $(AREA),--area $(AREA)) $(if $(PATHWAY),--pathway $(PATHWAY))

.PHONY: demo-england
demo-england: $(STAMP) ## the same loop for all area teams, with a summary (PATHWAY=lung)
	@$(BIN)/python -m demo.england $(if $(PATHWAY),--pathway $(PATHWAY))

.PHONY: case-study
case-study: $(STAMP) ## two regions for three years, all of the model: figures and pictures into docs/case-study (minutes)
	@$(BIN)/python -m demo.region.study

.PHONY: up
up: $(STAMP) ## the three services with the reference data, until stopped (CONCORD_PORT_BASE moves the ports)
	@$(BIN)/concord up

.PHONY: watch
watch: $(STAMP) ## the same, with Prometheus and Alertmanager scraping them, until stopped
	@$(BIN)/python -m deploy.watch

.PHONY: test
test: $(STAMP) ## the whole test suite, on SQLite and on a real PostgreSQL
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not long"

.PHONY: test-long
test-long: $(STAMP) ## that the benchmarks and the soak work, in small, and that the case study comes out as it is kept
	@$(BIN)/python -m pytest -m long

.PHONY: bench
bench: $(STAMP) ## our own cost beside the bare thing under it, as ratios; into var/bench.json (minutes)
	@$(BIN)/python -m bench

.PHONY: fuzz
fuzz: $(STAMP) ## every operation of every service, and the optimiser, asked at random (CASES=20000 SEED=7 repeats)
	@$(BIN)/python -m tests.fuzz $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

.PHONY: soak
soak: $(STAMP) ## look-ups, what-ifs and signings for some minutes: no error, flat memory, true readiness (MINUTES=3)
	@$(BIN)/python -m tests.load.soak $(if $(MINUTES),--minutes $(MINUTES))

.PHONY: check
check: $(STAMP) ## lint, format, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy libs/contracts/src libs/kit/src libs/client/src services/registry/src services/allocation/src services/agreements/src demo bench data/compile deploy
	@$(BIN)/lint-imports
	@$(BIN)/python deploy/metrics_page.py --check docs/metrics.md
	@$(BIN)/python deploy/tables_page.py --check docs/import-tables.md
	@$(BIN)/python -m deploy.grafana.build --check
	@bash deploy/check-monitoring

.PHONY: monitoring-tools
monitoring-tools: ## Prometheus and Alertmanager with their tools, from Debian's packages, into var/monitoring
	@bash deploy/install-monitoring.sh

.PHONY: fix
fix: $(STAMP) ## let the formatter and the linter mend what they can
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: docs
docs: $(STAMP) ## OpenAPI documents of the three services into docs/openapi, the pages of problems, metrics and tables, the dashboards
	@$(BIN)/python -m demo.openapi docs/openapi
	@$(BIN)/python -m concord_contracts.problems > docs/problems.md
	@$(BIN)/python deploy/metrics_page.py > docs/metrics.md
	@$(BIN)/python deploy/tables_page.py > docs/import-tables.md
	@$(BIN)/python -m deploy.grafana.build

.PHONY: lock
lock: $(STAMP) ## compile the two locks again from their .in files (needs uv)
	@uv pip compile --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header -q requirements.in -o requirements.lock
	@uv pip compile --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header -q requirements-dev.in -c requirements.lock -o requirements-dev.lock

.PHONY: clean
clean: ## remove the environment and everything the demo wrote
	rm -rf $(VENV) var
