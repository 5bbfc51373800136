#!/usr/bin/env bash
# CPU seconds of a cold build of the default TFLM tree and the addon, in a cache of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
TIMEFORMAT='cold build: %U s user and %S s system on the CPU, %R s wall'
time DTMM_CACHE_DIR=$cache node dist/native/build-cli.js
