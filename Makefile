# `make run` starts everything, `make test` tests everything that needs nothing
# but PostgreSQL. `make` alone lists what else there is.

# Words for the program: make run ARGS="--addr 127.0.0.1:9000".
ARGS ?=

# Go, also where its installer puts it without touching PATH.
GO ?= $(shell command -v go 2>/dev/null || ls /usr/local/go/bin/go /usr/lib/go/bin/go /opt/homebrew/bin/go 2>/dev/null | head -n 1)

# The data of `make run` is keyed by the path of this copy of the source, so that
# two copies live side by side.
KEY := $(shell here=$$(pwd -P); printf '%s-%s' "$$(basename "$$here" | LC_ALL=C tr -c 'A-Za-z0-9.\n-' _)" "$$(printf %s "$$here" | cksum | cut -d' ' -f1)")
DATA ?= $(shell if [ "$$(id -u)" = 0 ]; then echo /var/lib/kinhphi; else echo "$${XDG_DATA_HOME:-$$HOME/.local/share}/kinhphi"; fi)/$(KEY)

# The commit goes into the binary where git can tell it; in a copy that belongs to
# somebody else it cannot, and the build would fail.
VCS := $(shell git status --porcelain >/dev/null 2>&1 && echo true || echo false)

.DEFAULT_GOAL := help
.PHONY: help run build check test test-all bench clean go

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run: go ## start everything: database, sample programme, service (ARGS="..." adds flags, DATA=... moves the data)
	@.ci/need postgres
	@"$(GO)" build -buildvcs=$(VCS) -o bin/kinhphi ./cmd/kinhphi
	@exec ./bin/kinhphi serve --demo --data "$(DATA)" $(ARGS)

build: go ## build bin/kinhphi
	@"$(GO)" build -buildvcs=$(VCS) -o bin/kinhphi ./cmd/kinhphi

check: go ## gofmt, go vet, staticcheck
	@bad=$$("$$("$(GO)" env GOROOT)/bin/gofmt" -l .) && if [ -n "$$bad" ]; then echo "not formatted by gofmt:"; echo "$$bad"; exit 1; fi
	@"$(GO)" vet ./...
	@"$(GO)" tool staticcheck ./...

test: check ## all checks and tests that need nothing but PostgreSQL
	@.ci/need postgres
	@GO="$(GO)" .ci/gotest bin/test.json . -count=1 ./...

test-all: go ## also the tests with foreign programs (hledger, ledger, ...) and in a browser
	@.ci/need postgres foreign
	@rm -f bin/test-e2e.json
	@status=0; \
	KINHPHI_FOREIGN=1 GO="$(GO)" .ci/gotest bin/test-all.json . -count=1 ./... || status=1; \
	if [ -f web/e2e/go.mod ]; then \
		KINHPHI_FOREIGN=1 GO="$(GO)" .ci/gotest bin/test-e2e.json web/e2e -count=1 ./... || status=1; \
	fi; \
	exit $$status

bench: build ## measure posting beside pgbench on throw-away servers (ARGS="post --rounds 3")
	@.ci/need postgres
	@exec ./bin/kinhphi bench $(if $(ARGS),$(ARGS),post)

clean: ## remove what was built; data stay
	@rm -rf bin

go:
	@[ -n "$(GO)" ] || { echo "Go 1.26 or newer is needed: https://go.dev/dl/"; exit 1; }
