.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := compiled domain migrations operations persistence resolvers schema transport wiring

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: install
install: ## Make .venv from the hash-pinned lock (nothing happens when it is current)
	@cmp -s requirements.lock .venv/requirements.lock || { \
	  { [ -x $(BIN)/pip ] || $(PYTHON) -m venv .venv; } && \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m compileall -q *.py $(PACKAGES) && \
	  cp requirements.lock .venv/requirements.lock; }

.PHONY: install-dev
install-dev: install
	@cmp -s requirements-dev.lock .venv/requirements-dev.lock || { \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock && \
	  cp requirements-dev.lock .venv/requirements-dev.lock; }

.PHONY: serve
serve: install ## Start everything on http://127.0.0.1:8000
	@$(BIN)/python server.py serve

# A file is run by one worker: what it starts, it starts once. Bytecode is kept: collecting takes 6 s instead of 11.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: test
test: install-dev ## Run the whole test suite
	@$(PYTEST)

.PHONY: test-quick
test-quick: install-dev ## The everyday suite: what takes more than a few seconds is left to `make test`
	@$(PYTEST) -m "not slow" --hypothesis-profile everyday

.PHONY: lint
lint: install-dev ## ruff, mypy --strict, import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

.PHONY: format
format: install-dev ## Let ruff put the code in order
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml
.PHONY: lock
lock: ## Pin the dependencies again (pyproject.toml → requirements*.lock)
	@$(LOCK) -o requirements.lock && $(LOCK) --group dev -o requirements-dev.lock \
	  && $(LOCK) --group otel -o requirements-otel.lock && $(LOCK) --group dev --group bench -o requirements-bench.lock

.PHONY: graphiql
graphiql: graphiql/node_modules ## Build GraphiQL into graphiql/dist (needs Node.js 20 or newer with npm)
	@cd graphiql && npm run --silent build

.PHONY: schema
schema: install ## Write schema/schema.graphql from the code
	@$(BIN)/python -m schema

.PHONY: standins
standins: install-dev ## Run the stand-in vendors (FastGPT, StepFun, ...) to try the product offline
	@$(BIN)/python -m tests.standins

CLIENT := clients/miniprogram
NPM_CI := npm ci --no-audit --no-fund --loglevel=error
%/node_modules: %/package-lock.json
	@cd $* && $(NPM_CI) && touch node_modules

.PHONY: client-operations
client-operations: $(CLIENT)/node_modules ## Compile the mini-program's operations
	@cd $(CLIENT) && npm run --silent compile

.PHONY: test-client
test-client: $(CLIENT)/node_modules ## Test the mini-program's client (needs Node.js 20 or newer with npm)
	@cd $(CLIENT) && npm run --silent types && npm test --silent

.PHONY: conformance
conformance: install-dev tests/conformance/node_modules ## The protocols by the suites and clients of others (needs Node.js 20 or newer with npm)
	@cd tests/conformance && npm test --silent

MINUTES := 10
.PHONY: fuzz
fuzz: install-dev ## Random and mutated requests, and any operation of the schema, against a real server (MINUTES=10, SEED=)
	@$(BIN)/python -m tests.fuzz $(MINUTES) $(SEED)

.PHONY: hostile
hostile: install-dev ## What 20 hostile clients do to somebody else's median time, against a real server
	@$(BIN)/python -m tests.fuzz.hostile

.PHONY: audit
audit: install-dev ## Look for known vulnerabilities in the lock (needs the internet)
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

.PHONY: test-client-real
test-client-real: install $(CLIENT)/node_modules ## 200 conversations over bad lines, against the real server (4 to 12 minutes)
	@cd $(CLIENT) && npm run --silent test:real

.PHONY: test-browser
test-browser: install graphiql $(CLIENT)/node_modules tests/browser/node_modules ## GraphiQL and the example in Chromium, offline
	@cd tests/browser && npm test --silent

.PHONY: chaos
chaos: install-dev ## Kill, cut off and restart everything under load, with real processes (about 10 minutes)
	@$(BIN)/python -m tests.chaos

.PHONY: bench-health
bench-health: install-dev ## A million observations of one person: what statistics and history cost
	@$(BIN)/python -m tests.bench.health

.PHONY: test-deployment
test-deployment: install-dev ## docs/deployment.md word for word; changes the machine: a throwaway Debian, as root
	@$(BIN)/python -m tests.deployment

.PHONY: bench-events
bench-events: install-dev ## 100 people in one group, sockets cut at random: the same list for all, and how late it comes
	@$(BIN)/python -m tests.bench.events

.PHONY: docs
docs: install ## Write .env.example and docs/environment.md from the settings
	@$(BIN)/python environment.py

.PHONY: backup
backup: install ## Write database and files into one tar (TO=folder or file)
	@$(BIN)/python server.py backup $(or $(TO),.)

.PHONY: restore
restore: install ## Replace everything by a backup (FROM=file)
	@$(BIN)/python server.py restore $(FROM)

.PHONY: demo
demo: install ## Fill a believable small clinic to try things out with
	@$(BIN)/python server.py demo

.PHONY: install-bench
install-bench:
	@cmp -s requirements-bench.lock .venv-bench/requirements-bench.lock || { \
	  $(PYTHON) -m venv .venv-bench && \
	  .venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock && \
	  cp requirements-bench.lock .venv-bench/requirements-bench.lock; }
	@command -v wrk >/dev/null || apt-get install -y -qq wrk >/dev/null || { echo "make bench needs wrk (Debian: apt-get install wrk)"; exit 1; }
	@command -v npm >/dev/null && $(MAKE) --no-print-directory tests/bench/peers/node/node_modules || echo "without npm the peers on Node.js are left out"

.PHONY: profile
profile: install-bench ## Where the time goes: a flame graph of our server under load (KIND=a, b or c; TO=profile.svg)
	@.venv-bench/bin/python -m tests.bench.profile $(KIND) $(TO)

.PHONY: bench-sending
bench-sending: install-bench ## Sending a text beside pgbench with the same statements
	@.venv-bench/bin/python -m tests.bench.sending

.PHONY: bench-scaling
bench-scaling: install-bench ## A page of history among 2 and among 10 million messages (makes 3 GB)
	@.venv-bench/bin/python -m tests.bench.scaling

.PHONY: bench-streams
bench-streams: install-bench ## Live streams beside yoga with graphql-ws: how late, and what a token takes
	@.venv-bench/bin/python -m tests.bench.streams

.PHONY: bench-mixed
bench-mixed: install-dev ## A hundred people at once on two processes: how late answers come
	@$(BIN)/python -m tests.bench.mixed

.PHONY: bench
bench: install-bench ## Measure our server beside its peers; WRITE=1 writes docs/performance.md
	@.venv-bench/bin/python -m tests.bench $(if $(WRITE),--write)
