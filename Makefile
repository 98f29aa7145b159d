# Every task of the project by name; each calls one script or one command, nothing is done here.
.DEFAULT_GOAL := help
.PHONY: help cluster cluster-down images demo demo-down test check bench chaos crds queries

help: ## what can be made (this text)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## a whole shop on a local Kubernetes: cluster, Postgres, the Discord stand-in, chart, bot, goods
	@tests/demo/up

demo-down: ## remove everything that `make demo` started
	@tests/demo/down

cluster: ## start a local single-node Kubernetes (CLUSTER=current: use your kubeconfig's current context)
	@tests/cluster/up

cluster-down: ## stop the local Kubernetes and remove everything of it
	@tests/cluster/down

images: ## build both container images as real clusters run them, and load them into the cluster
	@tests/images/build

check: ## the quick loop: format, clippy, unit tests, store tests against a real Postgres
	@tests/check.sh

test: ## every test, end to end; takes up to 25 minutes on a cold machine with 2 cores
	@tests/run.sh

bench: ## speed and memory figures, printed as tables
	@tests/bench/run

chaos: ## long campaigns: rolling restarts under clicks, the operator's leader stopped, killed and cut off, bots of another revision, the operator killed at every write
	@tests/chaos/run

crds: ## write crds/ from the types in src/api
	@tests/write-crds.sh

queries: ## write bot/store/.sqlx after a checked statement or the schema changed
	@tests/write-queries.sh
