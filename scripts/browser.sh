#!/bin/sh
# The tests of the pages need a Chromium. Root on Debian gets one; elsewhere those tests say that they are skipped.
set -eu
if command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf 'browser: installing chromium for the tests of the pages\n' >&2
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
printf 'browser: no chromium here; the tests of the pages will be skipped\n' >&2
