#!/usr/bin/env bash
# Names what npm can't bring and, as root on Debian or Ubuntu, installs it.
set -euo pipefail

missing=()
need() { # need <debian package> <command that shows it is there...>
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_header() { echo "#include <$1>" | c++ -I/usr/include/eigen3 -x c++ -fsyntax-only -; }

need g++ c++ --version
need make make --version
need cmake cmake --version
need cargo cargo --version
need clang-format clang-format --version
need python3-venv python3 -c "import ensurepip, venv"
need libeigen3-dev has_header Eigen/Core

if [ ${#missing[@]} -eq 0 ]; then
  echo "setup: nothing is missing"
  exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "setup: installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "setup: please install: ${missing[*]}"
  echo "setup: on Debian or Ubuntu: sudo apt-get install ${missing[*]}"
  exit 3
fi
