.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: install
install: ## Make .venv from the hash-pinned lock (nothing happens when it is current)
	@cmp -s requirements.lock .venv/requirements.lock || { \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  cp requirements.lock .venv/requirements.lock; }

.PHONY: install-dev
install-dev: install
	@cmp -s requirements-dev.lock .venv/requirements-dev.lock || { \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock && \
	  cp requirements-dev.lock .venv/requirements-dev.lock; }

.PHONY: serve
serve: install ## Start everything on http://127.0.0.1:8000
	@$(BIN)/python server.py serve

.PHONY: test
test: install-dev ## Run the whole test suite
	@$(BIN)/pytest -n 2 --dist loadgroup

.PHONY: lint
lint: install-dev ## ruff, mypy --strict, import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

.PHONY: format
format: install-dev ## Let ruff put the code in order
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml
.PHONY: lock
lock: ## Pin the dependencies again (pyproject.toml → requirements*.lock)
	@$(LOCK) -o requirements.lock && $(LOCK) --group dev -o requirements-dev.lock

.PHONY: graphiql
graphiql: ## Build GraphiQL into graphiql/dist (needs Node.js 20 or newer with npm)
	@cd graphiql && npm ci --no-audit --no-fund && npm run build

.PHONY: schema
schema: install ## Write schema/schema.graphql from the code
	@$(BIN)/python -m schema

.PHONY: standins
standins: install-dev ## Run the stand-in vendors (FastGPT, StepFun, ...) to try the product offline
	@$(BIN)/python -m tests.standins

CLIENT := clients/miniprogram
$(CLIENT)/node_modules: $(CLIENT)/package-lock.json
	@cd $(CLIENT) && npm ci --no-audit --no-fund --loglevel=error && touch node_modules

.PHONY: test-client
test-client: $(CLIENT)/node_modules ## Test the mini-program's client (needs Node.js 20 or newer with npm)
	@cd $(CLIENT) && npm run --silent types && npm test --silent

.PHONY: docs
docs: install ## Write .env.example and docs/environment.md from the settings
	@$(BIN)/python environment.py
