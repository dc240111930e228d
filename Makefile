# Two commands matter: `make setup` and `make run`. The rest is for developers.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup run check test test-long coverage clean
setup: $(READY)
	@$(BIN)/penala models fetch --embedded

$(READY): pyproject.toml .ci/constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e ".[dev]"
	@touch $@

run: setup
	$(BIN)/penala serve

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: setup check
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not long"

test-long: setup
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder

coverage: setup  # apart from the tests: it doubles their time
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not long" --cov=assistant --cov-report=term:skip-covered

clean:
	rm -rf .venv dist build screenshots
