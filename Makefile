# `make help` lists the targets.

.DEFAULT_GOAL := help
.PHONY: help build check test fuzz lint bench demo picture size release-dry-run manifest release vulnerabilities controlplane python

# The version that is built is the one of the manifest; `make manifest VERSION=v1.2.3` begins the next.
VERSION ?= $(shell awk '$$1 == "version:" { print $$2; exit }' krew/irsa.yaml)

# The Python that `make python` takes.
PYTHON ?= python3

GOLANGCI_LINT_VERSION := v2.12.2
GOLANGCI_LINT := .cache/golangci-lint-$(GOLANGCI_LINT_VERSION)/golangci-lint
DEADCODE_VERSION := v0.52.0
DEADCODE := .cache/deadcode-$(DEADCODE_VERSION)/deadcode
ACTIONLINT_VERSION := v1.7.12
ACTIONLINT := .cache/actionlint-$(ACTIONLINT_VERSION)/actionlint
GOVULNCHECK_VERSION := v1.9.0
GORELEASER_VERSION := v2.14.0
GORELEASER := .cache/goreleaser-$(GORELEASER_VERSION)/goreleaser
CYCLONEDX_VERSION := v1.10.0
CYCLONEDX := .cache/cyclonedx-gomod-$(CYCLONEDX_VERSION)/cyclonedx-gomod

# goreleaser takes the tag from here and finds the writer of bills of materials on PATH. In a repository without a remote it
# would forget the tag, so it is told of one.
RELEASE := GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url GIT_CONFIG_VALUE_0=https://github.com/kubectl-irsa/kubectl-irsa \
	PATH="$(CURDIR)/$(dir $(CYCLONEDX)):$$PATH" GORELEASER_CURRENT_TAG=$(VERSION) $(GORELEASER)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/kubectl-irsa
	CGO_ENABLED=0 go build -trimpath -o bin/kubectl-irsa .

# The packages that read only their input, as the map in CONTRIBUTING.md has them: their tests start nothing.
PURE = $(shell go list ./plugin/... | grep -Ev '/plugin/(aws|kube|collect|testbed|bind/apply)(/|$$)')

check: lint ## run the linter and the tests of the pure packages: what to run before each commit
	go test $(PURE)

# The race detector needs cgo on Linux, and cgo a C compiler.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

# Tests against the API server mostly wait, so more of them run side by side than the machine has processors.
test: controlplane python ## run all tests, with the race detector, against a real API server
	@[ -n "$(RACE)" ] || echo "no C compiler: the tests run without the race detector" >&2
	go test $(RACE) -parallel 6 -timeout 60m ./...

# Code that neither the programs nor the tests reach is dead; so is code that only tests reach, but for what serves only tests,
# and for plugin/trust, whose exported functions others may call. grep leaves these out, as deadcode's -filter can only name the
# packages to report: a new one would be forgotten. deadcode exits with 0 whatever it finds.
ALIVE_IN_TESTS := ^plugin/(testbed|trust|render/schema/conform)/

# Checkouts must not share the linter's cache: it keeps the positions of findings in files of the other checkout.
lint: export GOLANGCI_LINT_CACHE := $(CURDIR)/.cache/lint
lint: $(GOLANGCI_LINT) $(DEADCODE) $(ACTIONLINT) ## check formatting and style, the workflows, and that no code is dead
	$(GOLANGCI_LINT) run
	$(ACTIONLINT) -shellcheck= -pyflakes= # as on every machine, whether it has these two or not
	$(DEADCODE) -test ./... > .cache/dead
	$(DEADCODE) ./... > .cache/dead-but-for-tests
	! { cat .cache/dead; grep -Ev '$(ALIVE_IN_TESTS)' .cache/dead-but-for-tests; } | sort -u | grep .

# FUZZTIME is how long each target runs. It finds the targets itself, so that none is forgotten, and runs all of them even if one
# fails: what made it fail is then a file in its testdata/fuzz.
FUZZTIME ?= 10m
FUZZ = find cmd krew plugin -name '*_test.go' -exec awk '/^func Fuzz/ { sub(/^func /, ""); sub(/\(.*/, ""); \
	dir = FILENAME; sub(/[^\/]*$$/, "", dir); print "./" dir, $$0 }' {} + | LC_ALL=C sort

fuzz: ## run every fuzz target for FUZZTIME (10m), one after the other
	@failed=; $(FUZZ) | { while read -r dir target; do \
		echo "$$dir $$target"; \
		go test "$$dir" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s </dev/null || failed="$$failed $$target"; \
	done; [ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }; }

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

demo: build ## explain the embedded demo cluster
	@bin/kubectl-irsa explain -A --snapshot demo || [ $$? -gt 1 ] # 2 and 3 are verdicts, 1 is an error

picture: ## draw what the README shows again: docs/explain.svg, and the screens in README.md
	go test ./cmd -run 'TestPicture|TestReadme' -update-readme

size: ## print what takes the space in the binary
	CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build -trimpath -o bin/with-symbols .
	@go run ./krew/size bin/with-symbols

release-dry-run: $(GORELEASER) $(CYCLONEDX) ## build the archives of all platforms in dist, and verify them
	$(GORELEASER) check
	$(RELEASE) release --snapshot --clean
	go run ./krew/release/manifest -tag $(VERSION) -dist dist -out dist/irsa.yaml

manifest: release-dry-run ## write krew/irsa.yaml for VERSION
	cp dist/irsa.yaml krew/irsa.yaml

release: release-dry-run ## build what is published of VERSION in dist/release; it must be what krew/irsa.yaml says
	diff -u krew/irsa.yaml dist/irsa.yaml
	mkdir dist/release
	cp dist/*.tar.gz dist/*.zip dist/*.cdx.json dist/checksums.txt dist/release
	awk -v heading="## $(VERSION)" '/^## / { on = index($$0 " ", heading " ") == 1; next } on' CHANGELOG.md > dist/release/notes.md

vulnerabilities: ## look for known vulnerabilities in what the program calls (asks vuln.go.dev)
	go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION) ./...

controlplane: ## build the etcd, kube-apiserver and kubectl of the tests (five minutes, the first time only)
	@go run ./plugin/testbed/binaries/build

python: .cache/python/bin/aws ## install moto and the AWS CLI of the tests into .cache/python, a virtual environment

.cache/python/bin/aws: testdata/python/requirements.txt testdata/python/install
	PYTHON=$(PYTHON) testdata/python/install $(CURDIR)/.cache/python

$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/$(@D) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

$(DEADCODE):
	GOBIN=$(CURDIR)/$(@D) go install golang.org/x/tools/cmd/deadcode@$(DEADCODE_VERSION)

$(ACTIONLINT):
	GOBIN=$(CURDIR)/$(@D) go install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION)

$(GORELEASER):
	GOBIN=$(CURDIR)/$(@D) go install github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION)

$(CYCLONEDX):
	GOBIN=$(CURDIR)/$(@D) go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$(CYCLONEDX_VERSION)
