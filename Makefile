# `make` alone lists what there is. Everything runs in .venv, which `setup` makes and which is
# renewed only when pyproject.toml, constraints.txt or EXTRAS change.

EXTRAS ?= cpu,dev,slides,site
PRESET ?= smoke
CHAPTERS ?=
ARGS ?=
# Tests at once: most of their time TensorFlow traces graphs, on one core.
WORKERS ?= 2
DATA ?= stanford
REPO ?=
AUTHORS := --ignore=tests/authors

BIN := .venv/bin
# The stamp of what was asked for, so that other EXTRAS install again. Later calls without EXTRAS
# keep what is there.
STAMPS := $(wildcard .venv/.stamp-*)
ifeq ($(origin EXTRAS)$(STAMPS),file)
STAMP := .venv/.stamp-$(EXTRAS)
else ifeq ($(origin EXTRAS),file)
STAMP := $(firstword $(STAMPS))
EXTRAS := $(patsubst .venv/.stamp-%,%,$(STAMP))
else
STAMP := .venv/.stamp-$(EXTRAS)
endif
export TF_CPP_MIN_LOG_LEVEL ?= 2

# A name on the PATH is not enough: pyenv's shims exist for versions that are not active, and
# Debian's python3 lacks ensurepip without python3-venv.
FIT := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if "$$p" -c '$(FIT)' >/dev/null 2>&1; then echo "$$p"; break; fi; done)

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all test-colab faults lab present site bench leaderboard format \
	refresh repo clean

help: ## this list
	@echo "찐개만: GANs that make dogs"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | \
		while IFS='|' read -r what why; do printf '%-15s %s\n' "$$what" "$$why"; done

setup: $(STAMP) ## install everything into .venv (a few minutes, once; GPU: EXTRAS=gpu,dev,slides,site)

$(STAMP): pyproject.toml constraints.txt
	@if [ -z "$(PYTHON)" ]; then echo "dogan needs Python 3.11, 3.12 or 3.13 with venv, and found \
	none. Install one (Debian and Ubuntu: python3 python3-venv), or name it: \
	make setup PYTHON=/path/to/python3.12, or use conda: see README.md" >&2; exit 1; fi
	@echo "Installing into .venv with $$($(PYTHON) --version): a few minutes, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -e ".[$(EXTRAS)]"
	@rm -f .venv/.stamp-*
	@touch '$@'

run: setup ## run every chapter as a check (PRESET=smoke|cpu|gpu, CHAPTERS="3 4"), make the site
	@$(BIN)/dogan run --preset $(PRESET) $(CHAPTERS)

test: setup ## lint, unit tests, and every notebook from top to bottom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DOGAN_PRESET=smoke $(BIN)/python -m pytest --nbval-lax --nbval-current-env \
		-n $(WORKERS) --dist loadfile $(AUTHORS) tests notebooks $(ARGS)

test-all: AUTHORS :=
test-all: test ## the same, and the tests of the authors' programs in data/make

test-colab: ## chapters 01, 04 and 11 on Colab's versions (needs Python 3.12; CHAPTERS="07 09")
	@test -x .venv-colab/bin/python || python3.12 -m venv .venv-colab
	@.venv-colab/bin/python -m pip install --quiet --disable-pip-version-check \
		-r tests/colab/requirements.txt
	@.venv-colab/bin/python tests/colab/__main__.py $(CHAPTERS)

faults: setup ## provoke what goes wrong and count what survives, into README (ARGS="--only train")
	@$(BIN)/python -m tests.faults $(ARGS)

lab: setup ## work on your own copies of the chapters in JupyterLab (ARGS=--no-browser)
	@$(BIN)/dogan lab $(ARGS)

present: setup ## a chapter as live slides (CHAPTERS=4)
	@$(BIN)/dogan present $(CHAPTERS) $(ARGS)

site: setup ## make _site/html of the notebooks as they are committed
	@$(BIN)/dogan site

bench: setup ## measure the speed of this machine (extra: torch)
	$(BIN)/python -m tests.benchmarks $(ARGS)

leaderboard: setup ## measure the generators that are new, into README, chapter 14 and site (DATA=archive)
	$(BIN)/python -m data.make.leaderboard --data $(DATA)

format: setup ## tidy the code, and bring each .py into its .ipynb, outputs kept
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/dogan refresh --keep-outputs

refresh: setup ## for authors: new outputs in the committed notebooks (PRESET=cpu CHAPTERS="3 4")
	@$(BIN)/dogan refresh --preset $(if $(filter smoke,$(PRESET)),cpu,$(PRESET)) $(CHAPTERS)

repo: setup ## write the repository's address into every link (REPO=owner/name)
	@$(BIN)/dogan move $(REPO)

clean: ## delete .venv, _site and caches
	rm -rf .venv .venv-colab _site .pytest_cache .ruff_cache *.egg-info
