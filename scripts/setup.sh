#!/bin/sh
# Makes the virtual environment: locked versions with hashes, then Nianbao itself, editable.
# uv does it where there is one; otherwise pip brings uv, after apt has brought the venv module on a bare Debian.
set -eu
venv=$1
python=${PYTHON:-python3}

say() { printf 'setup: %s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed; $python is $("$python" -V 2>&1)"
    exit 6
}

packages=$(grep -c '^[a-zA-Z0-9].*==' requirements.lock)

with_uv() {
    say "installing $packages packages with uv, versions and hashes from requirements.lock"
    [ -x "$venv/bin/python" ] || "$1" venv --quiet --python "$python" "$venv"
    VIRTUAL_ENV=$venv "$1" pip sync --quiet --require-hashes requirements.lock &&
        VIRTUAL_ENV=$venv "$1" pip install --quiet --no-deps --no-build-isolation -e .
}

with_pip() {
    say "installing $packages packages with pip (a minute or two)"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

# A uv that does not answer (a launcher without its program) is none.
if command -v uv >/dev/null 2>&1 && timeout 20 uv --version >/dev/null 2>&1; then
    with_uv "$(command -v uv)"
    exit 0
fi

if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing python$version-venv"
        apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
    else
        say "Python has no venv module here; install the package python$version-venv and run this again"
        exit 6
    fi
fi
[ -x "$venv/bin/pip" ] || "$python" -m venv "$venv"

# uv is ten times quicker than pip and comes from the same lock; it is told of a mirror that pip is set to use.
mirror=${PIP_INDEX_URL:-$("$venv/bin/pip" config get global.index-url 2>/dev/null || true)}
[ -z "$mirror" ] || export UV_DEFAULT_INDEX="$mirror"
only_uv=$(mktemp)
trap 'rm -f "$only_uv"' EXIT
awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' requirements.lock >"$only_uv"
if "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$only_uv" 2>/dev/null; then
    with_uv "$venv/bin/uv" || with_pip
else
    with_pip
fi
