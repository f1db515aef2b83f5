# SHaRON. Needs Go; what the tests need besides, make test installs.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
TESTFLAGS ?= -timeout=45m
PACKAGES ?= ./...

.PHONY: help
help: ## tell what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: bin/sharon ## build the platform and run it with a demonstration trust
	@exec bin/sharon serve --demo

# Where nobody waits for it, the compiler does not copy functions to their callers
# (-l): that makes the program an eighth smaller. What pages of posts are made of is
# taken out again; of two patterns that fit, the last one counts. Functions begin at
# every 16th byte instead of every 32nd.
here := github.com/sharon-nhs/sharon
others := SherClockHolmes andybalholm alecthomas alicebob arran4 bep boombuler casbin fxamacker go-jose go-playground go-webauthn golang-jwt google/go-tpm hibiken klauspost/compress/s2 klauspost/compress/zstd kljensen leonelquinteros microcosm-cc mileusna minio pquerna redis schollz stripe tink-crypto wneessen yuin gabriel-vasile go-viper landlock-lsm leodido spf13 tinylib vmihailenco
cold := $(addprefix $(here)/,internal/ui admin/... cmd/... tenants/... modules/...) $(patsubst %,github.com/%/...,$(others)) archive/... crypto/tls/... crypto/x509/... encoding/gob encoding/xml filippo.io/... go.mau.fi/... go.yaml.in/... google.golang.org/... gopkg.in/... html/template math/big net/http/... text/template/...
hot := $(addprefix $(here)/,tenants tenants/policy modules modules/posts modules/forums modules/timeline)

.PHONY: bin/sharon
bin/sharon:
	@go build -trimpath $(patsubst %,-gcflags=%=-l,$(cold)) $(patsubst %,-gcflags=%=,$(hot)) -ldflags "-s -w -funcalign=16 -X main.version=$$(git describe --tags --always --dirty 2>/dev/null || echo dev)" -o $@ ./cmd/sharon

.PHONY: test
test: ## run all tests (installs PostgreSQL, Redis, Chromium and ffmpeg if missing); TESTFLAGS=-run=Name for one
	@.ci/install-test-deps
	@go test $(TESTFLAGS) $(PACKAGES)

.PHONY: check
check: ## format, generated code, vet and linters, without running anything
	@.ci/check

.PHONY: fuzz
fuzz: ## feed every parser with garbage, up to a minute each
	@.ci/fuzz

.PHONY: fmt
fmt: ## format Go and templ files
	@go tool templ fmt -log-level error .
	@git ls-files -z --cached --others --exclude-standard '*.go' | grep -zv '_templ\.go$$' | xargs -0 -r ls -d 2>/dev/null | xargs -r gofmt -w

.PHONY: gen
gen: ## make the Go code of the templ pages, the English of the catalogues and docs/permissions.csv
	@go tool templ generate -log-level error
	@go run ./.ci/words
	@go test -count=1 -run TestThePermissionsOnPaperAreThoseInForce ./cmd/sharon -update

.PHONY: bench
bench: ## measure speed and memory
	@go run ./.ci/bench

.PHONY: screens
screens: ## take pictures of the pages
	@.ci/screens

.PHONY: migrate
migrate: bin/sharon ## bring the database of the configuration up to date
	@exec bin/sharon migrate up
