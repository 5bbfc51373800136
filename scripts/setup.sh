#!/usr/bin/env bash
# Names what npm can't bring and, as root on Debian or Ubuntu, installs it. Then two Python packages, in virtual
# environments of their own: in build/witness the official TFLM interpreter, in build/xmos a TFLM tree as a vendor ships
# it, headers and a library.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { # need <debian package> <command that shows it is there...>
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_header() { echo "#include <$1>" | c++ -I/usr/include/eigen3 -x c++ -fsyntax-only -; }
has_board_header() { echo "#include <$1>" | arm-none-eabi-g++ -x c++ -fsyntax-only -; }

install_packages() {
  need g++ c++ --version
  need make make --version
  need cmake cmake --version
  need cargo cargo --version
  need git git --version
  need clang-format clang-format --version
  need python3-venv python3 -c "import ensurepip, venv"
  need libeigen3-dev has_header Eigen/Core
  need gcc-arm-none-eabi arm-none-eabi-g++ --version
  need libnewlib-arm-none-eabi has_board_header stdio.h
  need libstdc++-arm-none-eabi-newlib has_board_header vector
  need qemu-system-arm qemu-system-arm --version
  need chromium chromium --version
  need parallel parallel --version

  if [ ${#missing[@]} -eq 0 ]; then
    echo "setup: nothing is missing"
  elif [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "setup: please install: ${missing[*]}"
    echo "setup: on Debian or Ubuntu: sudo apt-get install ${missing[*]}"
    exit 3
  fi
}

# Wanted, not needed: without them their tests are skipped, except in CI, where they fail.
install_wheels() { # install_wheels <folder in build/> <what it is> <arguments of pip...>
  local folder=build/$1 wanted=scripts/$1-requirements.txt what=$2
  shift 2
  if cmp -s "$wanted" "$folder/installed.txt"; then
    echo "setup: $what: there"
    return
  fi
  if ! python3 -c "import sys; sys.exit(sys.version_info < (3, 10))"; then
    echo "setup: $what: not without Python 3.10 or later"
    return
  fi
  rm -rf "$folder"
  mkdir -p build
  if python3 -m venv "$folder" &&
    "$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: -r "$wanted" "$@"; then
    cp "$wanted" "$folder/installed.txt"
    echo "setup: $what: installed"
  else
    rm -rf "$folder"
    echo "setup: $what: pip could not install it, see above"
  fi
}

install_packages
install_wheels witness "the witness"
install_wheels xmos "XMOS's TFLM" --no-deps
