#!/usr/bin/env bash
# Spreads a comparison over processes of this machine with GNU parallel, and merges what they found. One process keeps two
# or three cores busy, so a machine of 16 cores does well with six.
#
#   parallel.sh <shards> <output folder> <options of dtmm compare...>
set -euo pipefail
shards=$1 out=$2
shift 2
dtmm=${DTMM:-npx dtmm}

seq "$shards" | parallel --halt now,fail=1 $dtmm compare "$(printf '%q ' "$@")" \
  --shard "{}/$shards" --out "$out/shard-{}" --quiet
merge=$(seq -s , -f "$out/shard-%.0f" "$shards")
$dtmm compare "$@" --merge "$merge" --out "$out"
