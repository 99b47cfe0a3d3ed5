# Thin: the work is done by cargo and scripts/.

CARGO ?= cargo
DATA ?= ./qorgan-data

.PHONY: help setup build run test test-browser bench bench-statistics bench-operations docs lint format clean

help:
	@echo 'make run     the server with made-up data, in $(DATA)'
	@echo 'make test    every test, with a PostgreSQL of its own'
	@echo 'make test-browser  the page /map in a headless Chromium; it says where the pictures are'
	@echo 'make bench   how quickly children are found among a million'
	@echo 'make bench-statistics  how quickly ten million facts are counted'
	@echo 'make bench-operations  how quickly the work on a million cases is counted'
	@echo 'make docs    the documents that are generated from the code'
	@echo 'make lint    formatting, clippy, shell scripts'
	@echo 'make format  format the code'
	@echo 'make setup   PostgreSQL server programs, if they are missing'
	@echo 'make clean   what was built (the data folder stays)'

setup:
	@scripts/setup.sh

build: setup
	$(CARGO) build --locked --package qorgan

run: build
	$(CARGO) run --locked --quiet --package qorgan -- serve --demo --data '$(DATA)'

test:
	@scripts/test.sh

test-browser:
	@scripts/test-browser.sh

bench: setup
	$(CARGO) test --locked --workspace --release --test database -- --ignored --nocapture a_misspelled_name_among_a_million
	@scripts/stop-test-postgres.sh

bench-statistics: setup
	$(CARGO) test --locked --workspace --release --test database -- --ignored --nocapture ten_million_facts
	@scripts/stop-test-postgres.sh

bench-operations: setup
	$(CARGO) test --locked --workspace --release --test database -- --ignored --nocapture a_million_cases
	@scripts/stop-test-postgres.sh

docs:
	@scripts/docs.sh

lint:
	@scripts/lint.sh

format:
	$(CARGO) fmt --all

clean:
	@scripts/stop-test-postgres.sh
	$(CARGO) clean
