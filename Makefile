# Two commands: `make run` serves the product with demo data, `make test` proves it.
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
export HOST PORT
BIN := .venv/bin

run: export DEMO = on
run: export SCHEDULER ?= on
run: .venv/.run .venv/.words
	@mkdir -p instance
	@$(BIN)/flask start-demo
	@exec $(BIN)/granian --interface wsgi --host $(HOST) --port $(PORT) --workers $(WORKERS) --blocking-threads 16 \
		--backpressure 64 --no-ws --respawn-failed-workers --log-level warning wsgi:app

test: .venv/.dev .venv/.words
	@./tests/debian.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist worksteal

bench: .venv/.dev .venv/.words
	$(BIN)/python -m tests.bench

.venv/.run: requirements.txt
	python3 -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# The English words (and Vietnamese ones for WTForms), compiled for gettext: only those whose source is newer.
WORDS := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/*.po))
.venv/.words: $(WORDS)
	@touch $@
%.mo: %.po .venv/.run
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# For whoever changes the dependencies: writes both lock files (needs uv).
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --group test --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -c requirements.txt -o requirements-dev.txt

# For whoever changes a sentence: collects them all, names those still without English in app/translations/en.
words: .venv/.run
	@$(BIN)/python -m tests.words

.PHONY: run test bench lock words
