# Every target sets up what it needs and says what it does. `make` alone lists them.

PYTHON ?= python3
PORT ?= 0
TESTS ?=
PYTEST_ARGS ?=
LONG_TESTS := tests/python/test_many_at_once.py tests/docs/test_recipes.py tests/docs/test_airflow.py
SUPPORTED := 3.9 3.10 3.11 3.12 3.13 3.14

BIN := .venv/bin
READY := .venv/.ready
DISTRIBUTIONS := python sandbox sandbox/pytest-segops parity

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
# Where Python is told to keep no bytecode, each of the many processes that the tests start compiles everything again.
unexport PYTHONDONTWRITEBYTECODE
# pip complains twice of a home that is not there; whoever has none keeps what it downloads with what is built.
ifeq ($(and $(HOME),$(shell [ -w "$$HOME" ] && echo yes)),)
export PIP_CACHE_DIR ?= build/pip-cache
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help
.PHONY: setup test-tools
.PHONY: demo sandbox openapi
.PHONY: test test-postgres test-runtimes test-all check lint types
.PHONY: first-test image
.PHONY: built typescript
.PHONY: parity mutants record regressions
.PHONY: bench bench-sdk
.PHONY: docs pictures
.PHONY: dist dist-check test-dist sbom
.PHONY: format generate lock pre-commit
.PHONY: clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9%.-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# ---------------------------------------------------------------------------------------------- environments

setup: $(READY) ## make .venv with everything that working here needs

# Done again when a lock, a project file or the version changes. The stamp is written last; a .venv that was left half
# made, was made elsewhere, or has lost its interpreter is recreated; one that another make is at work on is waited for.
$(READY): requirements/dev.txt $(DISTRIBUTIONS:%=%/pyproject.toml) python/src/segops_admin/_version.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "$(PYTHON) is missing or older than 3.10: name a newer one, as in: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@[ ! -L .venv ] || { echo ".venv is a link: make would clear the environment of another checkout"; exit 1; }
	@while [ -s .venv/.unfinished ] && kill -0 "$$(cat .venv/.unfinished)" 2>/dev/null; do sleep 1; done
	@[ ! -e .venv/.unfinished ] && $(BIN)/pip --version 2>/dev/null | grep -Fq "$$(pwd -P)/.venv/" || { \
	  echo "making .venv"; $(PYTHON) -m venv --clear .venv; }
	@echo $$PPID > .venv/.unfinished
	@echo "installing requirements/dev.txt, by hash"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@echo "installing $(DISTRIBUTIONS), editable"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation $(DISTRIBUTIONS:%=-e ./%)
	@rm -f .venv/.unfinished
	@touch $@

# One environment per Python version, with the SDK installed as its users install it: built, not editable.
.PRECIOUS: .venvs/%/.ready
.venvs/%/.ready: requirements/sdk-tests.txt
	@found=$$($(PYTHON) tools/interpreters.py $*) || exit 1; \
	 echo "making .venvs/$* from $${found#* }"; "$${found#* }" -m venv --clear .venvs/$*
	@.venvs/$*/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

# npm's own stamp would do, but `npm ci` writes it before it is through.
NODE_READY := typescript-fixtures/node_modules/.ready
$(NODE_READY): $(READY) typescript-fixtures/package-lock.json typescript-fixtures/package.json typescript-fixtures/admin/package.json
	@echo "installing typescript-fixtures/package-lock.json, by hash"
	@cd typescript-fixtures && SEGOPS_NODE_QUIET=1 tools/node.sh npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The runners that @segops/admin/sandbox is tested with; nothing else needs them.
RUNNERS_READY := typescript-fixtures/runners/node_modules/.ready
$(RUNNERS_READY): $(READY) typescript-fixtures/runners/package-lock.json
	@echo "installing typescript-fixtures/runners/package-lock.json, by hash"
	@cd typescript-fixtures/runners && SEGOPS_NODE_QUIET=1 ../tools/node.sh current npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Bun, Deno, and the Nodes between the oldest and a current one.
RUNTIMES_READY := typescript-fixtures/runtimes/node_modules/.ready
$(RUNTIMES_READY): $(READY) typescript-fixtures/runtimes/package-lock.json
	@echo "installing typescript-fixtures/runtimes/package-lock.json, by hash"
	@cd typescript-fixtures/runtimes && SEGOPS_NODE_QUIET=1 ../tools/node.sh current npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# ---------------------------------------------------------------------------------------------- running

demo: $(READY) ## tell the story: a sandbox with real data, driven from Python and from the shell
	@$(BIN)/python tools/demo.py

sandbox: $(READY) ## keep a sandbox running and print the two export lines to paste (PORT=8000)
	@$(BIN)/python tools/run_sandbox.py --port $(PORT) --demo --now 1998-07-01

generate: $(READY) ## write the records, inputs and command tables of both SDKs from the contract
	@PYTHONPATH=tools $(BIN)/python -m generate

openapi: $(READY) ## derive build/openapi.json from the contract
	@mkdir -p build
	$(BIN)/python -m segops_parity.openapi -o build/openapi.json

# ---------------------------------------------------------------------------------------------- proving

built: $(NODE_READY) ## build @segops/admin if its sources have changed
	@$(BIN)/python tools/build_typescript.py

typescript: built ## build @segops/admin, lint it, and test it on the oldest and on a current Node
	@cd typescript-fixtures && tools/node.sh npm run lint
	@cd typescript-fixtures && tools/node.sh node admin/scripts/test.mjs --no-compile
	@cd typescript-fixtures && tools/node.sh current node admin/scripts/test.mjs --no-compile

test: $(READY) built $(RUNNERS_READY) ## run every test that this machine can (TESTS=tests/cli for some, PYTEST_ARGS for pytest's options)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(PYTEST_ARGS) \
	  $(or $(TESTS),--ignore=tests/postgres --ignore=tests/dist --ignore=tests/runtimes)

AIRFLOW_READY := .venvs/airflow/.ready
$(AIRFLOW_READY): $(READY) requirements/airflow.txt
	@echo "making .venvs/airflow from requirements/airflow.txt, by hash"
	@$(PYTHON) -m venv --clear .venvs/airflow
	@$(BIN)/python -m pip --python .venvs/airflow/bin/python install --quiet --require-hashes -r requirements/airflow.txt
	@touch $@

test-long: $(READY) built $(AIRFLOW_READY) ## run what takes minutes: thousands of calls, interrupts, recipes of the docs
	@$(BIN)/python -m pytest --long -n 2 --dist worksteal $(PYTEST_ARGS) $(or $(TESTS),$(LONG_TESTS))

test-postgres: $(READY) ## run the sandbox's tests, and those of several servers at once, on a PostgreSQL made for them
	@tools/need.sh initdb:postgresql
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal --on-postgres $(PYTEST_ARGS) \
	  $(or $(TESTS),tests/postgres tests/sandbox)

test-runtimes: $(READY) built $(RUNTIMES_READY) ## run the npm package's tests on Node 18.20 to 26, Bun and Deno, fetched for it (Linux on x64)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(PYTEST_ARGS) tests/runtimes

test-tools: ## install what else tests look for: shells, a browser, curl (Debian's packages, as root or by sudo)
	@tools/need.sh bash zsh fish git curl perl chromium mandoc man:man-db

test-all: ## run the SDK's own tests on every Python from 3.9 up that is installed
	@found=$$($(PYTHON) tools/interpreters.py $(SUPPORTED) | cut -d ' ' -f 1 | xargs); failed=; \
	 for version in $$found; do $(MAKE) --no-print-directory test-$$version || failed="$$failed $$version"; done; \
	 for version in $(SUPPORTED); do case " $$found $$failed " in \
	   *" $$version "*" $$version "*) echo "Python $$version: FAILED" ;; \
	   *" $$version "*) echo "Python $$version: passed" ;; \
	   *) echo "Python $$version: not on this machine" ;; esac; done; \
	 [ -n "$$found" ] && [ -z "$$failed" ]

test-3.%: .venvs/3.%/.ready ## the same on one Python, as in: make test-3.9
	@echo "Python 3.$*: the SDK's own tests"
	@.venvs/3.$*/bin/python -m pip install --quiet --force-reinstall --no-deps --no-build-isolation ./python
	@.venvs/3.$*/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal --without-workspace \
	  $(PYTEST_ARGS) tests/python tests/cli

check: lint types ## lint, formatting and types

lint: $(READY) $(NODE_READY) ## ruff and biome: lint and formatting
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	@cd typescript-fixtures && SEGOPS_NODE_QUIET=1 tools/node.sh npm run --silent lint

types: $(READY) ## mypy --strict and pyright on the SDK, mypy on the sandbox, the harness and tools
	@PYTHONPATH=tools $(BIN)/python -m generate --check
	$(BIN)/mypy --strict --no-error-summary python/src
	$(BIN)/mypy --strict --no-error-summary tools
	@for part in sandbox sandbox/pytest-segops parity; do echo "mypy in $$part"; (cd $$part && $(CURDIR)/$(BIN)/mypy --no-error-summary) || exit 1; done
	$(BIN)/pyright --warnings

bench: bench-sdk ## measure speed and size of the SDKs, the sandbox and the parity lanes
	@$(BIN)/python tools/bench/sandbox.py
	@$(BIN)/python tools/bench/large.py --duckdb build/bench
	@$(BIN)/python -m segops_parity check --report build/parity

PLOT = $(BIN)/python tools/bench/plot.py docs/pictures
bench-sdk: $(READY) built ## measure both SDKs beside others, and draw the pictures of it
	@$(BIN)/python -m pip install --quiet --upgrade --no-deps --target build/published --require-hashes -r requirements/published.txt
	@$(BIN)/python -m pip install --quiet --upgrade --no-deps --target build/bench --require-hashes -r requirements/bench.txt
	@$(PLOT)/bench-python $(BIN)/python tools/bench/sdk.py build/published build/bench
	@$(PLOT)/bench-typescript $(BIN)/python tools/bench/typescript.py

parity: $(READY) built ## run every case in every lane, and the probes; reports in build/parity (PARITY_ARGS)
	@$(BIN)/python -m segops_parity check --probe $(PARITY_ARGS)

mutants: $(READY) built ## change the sources in small ways, and see whether parity notices (MUTANTS_ARGS)
	@$(BIN)/python -m segops_parity mutants $(MUTANTS_ARGS)

regressions: $(READY) built ## replay known regressions, which the first line of a report must name (REGRESSIONS_ARGS)
	@$(BIN)/python -m segops_parity regressions $(REGRESSIONS_ARGS)

record: $(READY) ## re-record the cassettes from a sandbox
	@$(BIN)/python -m segops_parity record

image: $(READY) ## build the container image by buildah and check it (BASE=python:3.12-slim; debian makes one)
	@$(BIN)/python tools/check_image.py --base $(or $(BASE),python:3.12-slim)

first-test: $(READY) ## measure how long a stranger's Django project, 4.2 and 6, takes to its first test by pytest-segops
	@$(BIN)/python tools/first_test.py
	@$(BIN)/python tools/first_test.py --pip
	@found=$$($(PYTHON) tools/interpreters.py 3.12 3.13 3.14 2>/dev/null | head -n 1 | cut -d ' ' -f 2-); \
	 if [ -n "$$found" ]; then $(BIN)/python tools/first_test.py --django '>=6' --python "$$found"; \
	 else echo "left out: Django 6, which needs Python 3.12 or later, and none is installed"; fi

pre-commit: $(READY) ## run every pre-commit hook on every file
	@$(BIN)/pre-commit run --all-files
	@$(BIN)/pre-commit run --all-files --hook-stage pre-push

# ---------------------------------------------------------------------------------------------- changing

format: $(READY) ## let ruff mend and format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-header --no-config
lock: $(READY) ## regenerate the lock files from requirements/*.in (UV_ARGS=--upgrade for newer versions)
	$(COMPILE) $(UV_ARGS) --python-version 3.9 requirements/sdk-tests.in -o requirements/sdk-tests.txt
	$(COMPILE) $(UV_ARGS) --python-version 3.10 requirements/dev.in -o requirements/dev.txt
	$(COMPILE) $(UV_ARGS) --python-version 3.10 --extra postgres sandbox/pyproject.toml -c requirements/dev.txt -o requirements/sandbox.txt
	$(COMPILE) $(UV_ARGS) --python-version 3.10 requirements/bench.in -o requirements/bench.txt
	$(COMPILE) $(UV_ARGS) --python-version 3.10 requirements/airflow.in -o requirements/airflow.txt
	$(COMPILE) $(UV_ARGS) --python-version 3.10 requirements/sbom.in -c requirements/dev.txt -o requirements/sbom.txt

docs: $(NODE_READY) ## build the documentation site into build/site; a broken link or a page in no menu fails
	@$(BIN)/python tools/docs/site_pages.py build
	@$(BIN)/zensical build --clean --strict --config-file build/mkdocs.yml
	@$(BIN)/python tools/docs/offline_search.py build/site
	@$(BIN)/python tools/docs/llms.py build
	@echo "build/site/index.html"

pictures: docs ## take the documentation's pictures with chromium, and the site's into build/pictures
	@tools/need.sh chromium
	@$(BIN)/python tools/docs/pictures.py docs/pictures --site build/pictures

dist: built ## build every distribution and the npm package into dist/, the same bytes each time
	@$(BIN)/python tools/release/build.py dist $(DISTRIBUTIONS)

dist-check: $(NODE_READY) ## check what is in dist/: metadata, contents, exports
	@$(BIN)/twine check --strict dist/*.whl dist/*.tar.gz
	@$(BIN)/check-wheel-contents dist/*.whl
	@cd typescript-fixtures && tools/node.sh current npx --no-install publint --strict ../dist/*.tgz

test-dist: docs ## install what is in dist/ on this machine's Pythons and Nodes, and use it as the site says
	@$(BIN)/python -m pytest -n 0 $(PYTEST_ARGS) tests/dist

sbom: $(NODE_READY) ## write build/sbom: what an installation of each file in dist/ brings along (CycloneDX)
	@$(BIN)/python -m pip install --quiet --upgrade --no-deps --target build/cyclonedx --require-hashes -r requirements/sbom.txt
	@PYTHONPATH=build/cyclonedx $(BIN)/python tools/release/sbom.py dist build/sbom

# ---------------------------------------------------------------------------------------------- tidying

clean: ## remove what was built and cached
	@rm -rf build dist typescript-fixtures/admin/build typescript-fixtures/admin/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -path './.venv*' -prune -o -type d \( -name __pycache__ -o -name .mypy_cache -o -name .ruff_cache \) -prune -exec rm -rf {} +

distclean: clean ## remove the environments as well
	@rm -rf .venv .venvs typescript-fixtures/node_modules typescript-fixtures/runners/node_modules typescript-fixtures/runtimes/node_modules
