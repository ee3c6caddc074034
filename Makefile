# The front door. Each target hands over to ./onetrace, which prepares what it needs (the pinned Node, the dependencies).
# Variables reach it through the environment: make trace URL=… JSON=1

.DEFAULT_GOAL := help
SHELL := /bin/sh

# Runs a command of node_modules/.bin under the pinned Node.
run := @scripts/bootstrap.sh npx

.PHONY: help up down status logs trace profile analyze compare bench test check test-unit test-e2e prepare

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "EXPLAIN=database (trace, analyze): a SQLite file or postgres://…, asked whether an index is missing"
	@echo "With BUDGET: JUNIT=file, SUMMARY=file. Variables: .env.example. Exact exit codes: ./onetrace COMMAND --help"

up: ## Bring up the stack [MODE=compose|local]
	@./onetrace up

down: ## End it: nothing is left running
	@./onetrace down

status: ## Ask every component for its health [JSON=1]
	@./onetrace status

logs: ## Show the last log lines [S=jaeger|collector|app|nginx] [FOLLOW=1]
	@./onetrace logs

trace: ## Say where the time of one request went: URL=… [CURL='-X POST -d a=1'] [N=20 C=1] [OPEN=1] [HTML=file] [JSON=1]
	@./onetrace trace

profile: ## Say where the time of many requests went, by function: URL=… [N=50] [C=1] [OUT=directory] [OPEN=1] [JSON=1]
	@./onetrace profile

analyze: ## The same verdict on saved traces: FILE=file|directory|pattern|id|- [BUDGET=file] [EXPLAIN=database] [JSON=1]
	@./onetrace analyze

compare: ## Say what changed: A=before B=after, each as FILE above [ROUTE='GET /icons/[id]/'] [JSON=1]
	@./onetrace compare

bench: ## Measure what the README promises, on the local stack that is up [ONLY=name] [REQUESTS=n ROUNDS=n] [JSON=1]
	@./onetrace bench

test: check test-unit test-e2e ## Run every check and test

check: ## Lint, types, dead code, direction of imports
	$(run) biome ci
	$(run) tsc --project tsconfig.json
	$(run) tsc --project scripts/render/html/page
	$(run) knip
	$(run) depcruise scripts instrumentation/src

test-unit: ## Run the unit tests
	@scripts/bootstrap.sh npm run --silent build --workspace instrumentation
	$(run) vitest run --project unit $(VITEST)

test-e2e: ## Run the tests on the real programs (takes the stack of this checkout down)
	$(run) vitest run --project e2e $(VITEST)

prepare: ## Fetch the pinned Node and install the dependencies, no more
	@scripts/bootstrap.sh
