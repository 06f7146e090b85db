# What a developer does, by name. Each target is a plain command, which `make help` prints; nothing else needs make.

.DEFAULT_GOAL := help
.PHONY: help build test test-all format demo bench ci

FAST := Category!=Slow
NAME ?= training

help: ## Print the targets and the commands behind them
	@awk -F ' ## ' '!/^help:/ && /^[a-z-]+:.* ## / { split($$1, target, ":"); text = $$2; getline command; \
		gsub(/^\t@?/, "", command); gsub(/\$$\(FAST\)/, "$(FAST)", command); gsub(/\$$\(NAME\)/, "NAME", command); \
		printf "make %-9s %s\n               %s\n", target[1], text, command }' $(MAKEFILE_LIST)

build: ## Build everything; a warning is an error
	dotnet build

test: ## Run the tests that start no emulator and no other process; under a minute
	dotnet test --filter "$(FAST)"

test-all: ## Run all tests; needs Node 20 with npm
	dotnet test

format: ## Format the code
	dotnet format

demo: ## Train on the sample that comes with the project
	dotnet run --project src/Cli -c Release -- train

bench: ## Run one benchmark: make bench NAME=training, tuner, messages, ...
	dotnet run --project bench -c Release -- $(NAME)

ci: ## Do what decides whether a change lands: build, formatting, all tests
	.ci/run
