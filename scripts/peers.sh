#!/bin/sh
# Others' tools in an environment of their own: pywb, py-wacz, warcio and cdxj-indexer (WARC, WACZ), schemathesis (the
# API), frictionless and mlcroissant (releases). The tests have them judge what we hand out. Never among our
# dependencies. Made again only where the lock has changed; fails where no package index answers.
set -eu
venv=.venv-warc-tools
lock=tests/peers/requirements.lock
cmp -s "$lock" "$venv/made-from" && exit 0

printf 'peers: installing the tools that judge what we hand out into %s\n' "$venv" >&2
mirror=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
[ -z "$mirror" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$mirror}"
[ -x "$venv/bin/python" ] || .venv/bin/python -m venv "$venv" 2>/dev/null ||
    .venv/bin/uv venv --quiet --clear --python .venv/bin/python "$venv"
VIRTUAL_ENV=$venv .venv/bin/uv pip sync --quiet --require-hashes "$lock" 2>/dev/null ||
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
cp "$lock" "$venv/made-from"
