#!/bin/sh
# Everything but the tests: style, types, import directions, migrations there and back on a scratch database.
# Stops at the first step that fails, with what it said. Usage: check.sh BIN (the bin folder of .venv)
set -eu
bin=${1:-.venv/bin}

step() {
    name=$1
    shift
    if said=$("$@" 2>&1); then
        printf 'check: %s … ok\n' "$name"
    else
        printf 'check: %s … failed\n%s\n' "$name" "$said"
        exit 1
    fi
}

step "ruff check" "$bin/ruff" check --no-fix .
step "ruff format" "$bin/ruff" format --check .
step "mypy" "$bin/mypy"
step "import directions" "$bin/lint-imports" --no-logo
step "migrations" "$bin/python" scripts/check_migrations.py "$bin/alembic"
