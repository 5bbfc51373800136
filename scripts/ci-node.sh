#!/usr/bin/env bash
# Usage: ci-node.sh MAJOR
# Prints the path of the newest node of that major version, which npm brings into build/node<MAJOR>. The npm package
# `node` fetches its binary by an install script, and npm may hold those back: so the package with the binary is
# installed by its own name.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=build/node$1
mkdir -p "$folder"
npm_install() {
  npm install --prefix "$folder" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund "$@" >&2
}
npm_install "node@$1"
version=$(node -p "require('./$folder/node_modules/node/package.json').version")
binary=$(node -p '`node-${process.platform}-${process.arch}`.replace("node-darwin-arm", "node-bin-darwin-arm")')
npm_install "node@$version" "$binary@$version"
echo "$PWD/$folder/node_modules/$binary/bin/node"
