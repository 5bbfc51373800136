#!/usr/bin/env bash
# Usage: ci-smoke.sh MAJOR
# The main job on the newest Node of that major version. Needs a build (npm ci makes one).
set -euo pipefail
cd "$(dirname "$0")/.."

node=$(bash scripts/ci-node.sh "$1")
"$node" scripts/smoke.mjs
