# From a fresh clone: `make demo` and `make test`, in an environment of their own (.venv); `make test-models` with PyTorch and
# the packages of the models, in another (.venv-models). No weights are downloaded.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOPED := $(VENV)/.developed
MODELS := .venv-models
MODELLED := $(MODELS)/.installed

.PHONY: demo test test-models bench clean

demo: $(INSTALLED)
	$(BIN)/python -m loopcopilot.demo --out demo-out

test: $(DEVELOPED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

# The worker environments of audiocraft and laion-clap lie below this environment; they are built once. The packages of
# laion-clap have wheels up to Python 3.12: with a later one its tests are skipped, as VampNet's are, which come from GitHub.
# The tests of Ray share one cluster, so they stay in one process: --dist loadgroup.
test-models: $(MODELLED)
	$(MODELS)/bin/python -m loopcopilot worker install audiocraft --home $(MODELS)/home
	if $(MODELS)/bin/python -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then \
		$(MODELS)/bin/python -m loopcopilot worker install laion-clap --home $(MODELS)/home; \
	else echo "laion-clap is not built, its tests are skipped: it needs Python 3.12 or earlier"; fi
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(MODELS)/bin/python -m pytest -n 2 --dist loadgroup tests/models

bench: $(DEVELOPED)
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (about 1.2 GB, two minutes on a warm cache) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $(INSTALLED)

$(DEVELOPED): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(DEVELOPED)

$(MODELLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(MODELS)
	@echo "Installing into $(MODELS) (about 2.5 GB beside a CPU build of PyTorch, 7 GB beside CUDA's) ..."
	$(MODELS)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[models,ray]' pytest pytest-xdist
	touch $(MODELLED)

clean:
	rm -rf $(VENV) $(MODELS) demo-out .mypy_cache .ruff_cache .pytest_cache *.egg-info
