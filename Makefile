# The front door. Each target prepares what it needs (the pinned Node, the dependencies) and hands over to scripts/main.ts.
# Variables reach it through the environment: make trace URL=… JSON=1

.DEFAULT_GOAL := help
SHELL := /bin/sh

export ONETRACE_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/onetrace

# The pinned Node comes from npm's registry as a plain package, so that nobody has to change the Node they have. The cache
# is shared by all checkouts.
node_version := $(shell cat .node-version)
node_package := node-$(shell uname -s | tr '[:upper:]' '[:lower:]')-$(patsubst aarch64,arm64,$(patsubst x86_64,x64,$(shell uname -m)))
node_home := $(ONETRACE_CACHE)/node/$(node_version)
node_bin := $(node_home)/node_modules/$(node_package)/bin
export PATH := $(node_bin):$(PATH)

onetrace := $(node_bin)/node scripts/main.ts
dependencies := node_modules/.package-lock.json

.PHONY: help up down status logs trace bench test check test-unit test-e2e prepare node-path

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Variables: .env.example. Exact exit codes: ./onetrace COMMAND --help"

up: $(dependencies) ## Bring up the stack [MODE=compose|local]
	@$(onetrace) up

down: $(dependencies) ## End it: nothing is left running
	@$(onetrace) down

status: $(dependencies) ## Ask every component for its health [JSON=1]
	@$(onetrace) status

logs: $(dependencies) ## Show the last log lines [S=jaeger|collector|app|nginx] [FOLLOW=1]
	@$(onetrace) logs

trace: $(dependencies) ## Say where the time of one request went: URL=… [CURL='-X POST -d a=1'] [JSON=1]
	@$(onetrace) trace

bench: $(dependencies) ## Measure what the README promises, on the local stack that is up [ONLY=name] [REQUESTS=n ROUNDS=n] [JSON=1]
	@$(onetrace) bench

test: check test-unit test-e2e ## Run every check and test

check: $(dependencies) ## Lint, types, dead code, direction of imports
	npx biome ci
	npx tsc --project tsconfig.json
	npx knip
	npx depcruise scripts instrumentation/src

test-unit: $(dependencies) ## Run the unit tests
	@npm run --silent build --workspace instrumentation
	npx vitest run --project unit $(VITEST)

test-e2e: $(dependencies) ## Run the tests on the real programs (takes the stack of this checkout down)
	npx vitest run --project e2e $(VITEST)

prepare: $(dependencies) ## Fetch the pinned Node and install the dependencies, no more

node-path:
	@echo $(node_bin)/node

$(dependencies): package-lock.json .node-version | $(node_bin)/node
	@echo "Installing dependencies (npm ci)"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(node_bin)/node:
	@echo "Fetching Node $(node_version) into $(node_home)"
	@mkdir -p $(node_home)
	@npm install --prefix $(node_home) --no-save --no-package-lock --no-audit --no-fund --loglevel=error $(node_package)@$(node_version) || { \
		echo "expected $(node_package)@$(node_version) from the npm registry, got the error above. Next: check the network, or put a Node $(node_version) at $@" >&2; \
		exit 3; }
