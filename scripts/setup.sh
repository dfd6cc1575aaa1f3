#!/bin/sh
# Makes the virtual environment: locked versions with hashes, then Nianbao itself, editable.
# uv does it where there is one; otherwise pip, after bringing the venv module on a bare Debian.
set -eu
venv=$1
python=${PYTHON:-python3}

say() { printf 'setup: %s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed; $python is $("$python" -V 2>&1)"
    exit 6
}

if command -v uv >/dev/null 2>&1; then
    [ -x "$venv/bin/python" ] || uv venv --quiet --python "$python" "$venv"
    say "installing the locked versions with uv"
    VIRTUAL_ENV=$venv uv pip sync --quiet --require-hashes requirements.lock
    VIRTUAL_ENV=$venv uv pip install --quiet --no-deps -e .
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
say "installing the locked versions with pip (a minute or two the first time)"
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
