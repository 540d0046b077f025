# Two commands are all a newcomer needs: `make demo` and `make test`. Both install what they lack.

VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check soak bench clean

demo: $(VENV)/.demo
	$(BIN)/hub demo

test: $(VENV)/.test
	sh tools/packages test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadgroup -m "not soak"

# Hours, not minutes: kept out of `make test`; what it printed last is in docs/benchmarks.md.
soak: $(VENV)/.test
	sh tools/packages test
	$(BIN)/pytest -m soak -s --timeout 14400

bench: $(VENV)/.test
	sh tools/packages test
	$(BIN)/hub bench

$(VENV)/bin/python:
	sh tools/packages venv
	python3 -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	sh tools/packages demo
	$(BIN)/pip install --quiet --editable ".[demo]"
	touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable ".[all,test]"
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
