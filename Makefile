# What there is to do here. CI and the pre-commit hook call these and keep no list of their own.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11) and "helpdeskctl needs Python 3.11 or newer: make PYTHON=python3.11")

# What `system-test` drives, as Debian calls it.
CHAIN  := chromium dbus-daemon dovecot-imapd dovecot-lmtpd dovecot-pop3d dovecot-sieve faketime fetchmail \
          fonts-dejavu-core getmail6 logrotate maildrop man-db msmtp mutt openbox openssl poppler-utils postfix \
          procmail python3-venv strace systemd tmux trayer x11-xserver-utils xdg-utils xdotool xvfb zsh
# What Qt needs on X11.
CHAIN  += libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 \
          libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 \
          libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0

.PHONY: help demo test lint check system-test chain-packages kill-matrix soak fuzz comparison bench \
	terminal-pictures page-pictures reference format catalogue rules-page clean

help:  ## what this file offers
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/runs  ## read the example mail, show the list, one case, one acknowledgement
	@PATH="$(abspath $(BIN)):$$PATH" sh examples/demo.sh

test: $(VENV)/develops  ## all tests that need nothing but Python
	$(BIN)/python -m pytest -n auto -m "not system" tests

lint: $(VENV)/develops  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint test  ## lint and test

system-test: $(VENV)/develops chain-packages  ## the real mail chain, on loopback; root, for Postfix
	$(BIN)/python -m pytest -m system tests

chain-packages:
	@dpkg -s $(CHAIN) >/dev/null 2>&1 || if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $(CHAIN); \
	else echo "as root: apt-get install $(CHAIN)" >&2; exit 1; fi

kill-matrix: $(VENV)/develops  ## every system call that changes something, killed or failed in turn; EVERY=K for a sample
	$(BIN)/python -m tests.system.kill_matrix $(EVERY)

soak: $(VENV)/develops  ## fifty mail systems, a batch, --watch, a technician and random kills; SOAK=N for other seconds
	$(BIN)/python -m tests.system.soak $(or $(SOAK),60)

page-pictures: $(VENV)/develops  ## the pages as a browser shows them; needs chromium
	$(BIN)/python -m tests.page_pictures docs/pictures

fuzz: $(VENV)/develops  ## a hundred thousand mutated mails; FUZZ=N for another number
	$(BIN)/python -m tests.adapters.fuzz $(or $(FUZZ),100000)

comparison: $(VENV)/develops  ## mail-parser alone and helpdeskctl on the same awkward mails
	@$(BIN)/python -m tests.adapters.comparison

bench: $(VENV)/develops  ## measure the wheel beside Roundup and django-helpdesk; writes docs/performance.md
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.figures

terminal-pictures: $(VENV)/develops  ## what the commands show on a terminal, as SVG
	$(BIN)/python -m tests.terminal_pictures

reference: $(VENV)/develops  ## docs/cli.md and the man pages, from the commands themselves
	$(BIN)/python -m tests.reference

format: $(VENV)/develops  ## rewrite the code in its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogue: $(VENV)/develops  ## compile the Italian catalogue
	$(BIN)/pybabel --quiet compile --domain helpdeskctl --directory helpdeskctl/locale

rules-page: $(VENV)/develops  ## docs/pictures/rules-page.png, the customers' page as a browser shows it; needs chromium
	@mkdir -p .demo docs/pictures
	@$(BIN)/helpdeskctl --config examples/config.toml rules publish --lang it --html .demo/rules-page.html
	@chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=820,1460 \
	    --screenshot=docs/pictures/rules-page.png file://$(CURDIR)/.demo/rules-page.html 2>/dev/null

clean:  ## remove what was made here
	rm -rf $(VENV) .demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c '$(ENOUGH)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/runs: setup.cfg pyproject.toml $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/develops: setup.cfg pyproject.toml $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/runs
