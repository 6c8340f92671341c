# `make help` lists the targets.

.DEFAULT_GOAL := help
.PHONY: help build test lint bench demo controlplane moto

GOLANGCI_LINT_VERSION := v2.12.2
GOLANGCI_LINT := .cache/golangci-lint-$(GOLANGCI_LINT_VERSION)/golangci-lint

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/kubectl-irsa
	CGO_ENABLED=0 go build -trimpath -o bin/kubectl-irsa .

test: controlplane moto ## run all tests, with the race detector, against a real API server
	go test -race -timeout 30m ./...

lint: $(GOLANGCI_LINT) ## check formatting and style
	$(GOLANGCI_LINT) run

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

demo: build ## explain the embedded demo cluster
	@bin/kubectl-irsa explain -A --snapshot demo || [ $$? -gt 1 ] # 2 and 3 are verdicts, 1 is an error

controlplane: ## build the etcd, kube-apiserver and kubectl of the tests (five minutes, the first time only)
	@go run ./plugin/testbed/binaries/build

moto:
	@command -v moto_server >/dev/null || { echo "moto_server is not on PATH; install it with: pip install 'moto[server]'" >&2; exit 1; }

$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/$(@D) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
