#!/usr/bin/env bash
# Runs the tests that need Label Studio: a server in an environment of its own, for its dependencies fit no other, the
# SDK in a second, and a browser. What cannot be installed is told, and its tests are skipped.
#
#   scripts/studio_tests.sh                    all of them; some minutes the first time, for 1.5 GB are installed
#   scripts/studio_tests.sh -k circle -x       what follows goes to pytest
#
#   CSWITCH_CACHE   folder that the environments are kept in (default: cswitch in $XDG_CACHE_HOME, else in ~/.cache)
#   PYTHON          the interpreter to make them with (default: the first of python3, python3.13 ... that is 3.11 or later)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
unset PYTHONPATH PYTHONHOME
export PIP_DISABLE_PIP_VERSION_CHECK=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
readonly server_version=1.23.2

cache=${CSWITCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cswitch}
server=$cache/label-studio-$server_version
sdk=$cache/label-studio-sdk
mkdir -p "$cache"

step() { printf -- '-- %s (%d s)\n' "$*" "$SECONDS"; }

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Python 3.11 or later is needed; name it: PYTHON=/path/to/python3.11 $0" >&2
    return 1
}

# environment FOLDER STAMP PIP-ARGUMENTS...: a virtual environment, made anew when the stamp is another.
environment() {
    local folder=$1 stamp=$2
    shift 2
    [[ $(cat "$folder/stamp" 2>/dev/null) == "$stamp" ]] && return
    "$python" -m venv --clear "$folder" && "$folder/bin/python" -m pip install -q "$@" && echo "$stamp" >"$folder/stamp"
}

install_browser() {
    command -v chromium >/dev/null && command -v chromedriver >/dev/null && return
    [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return
    local install=(apt-get install -y -q --no-install-recommends chromium chromium-driver)
    export DEBIAN_FRONTEND=noninteractive
    "${install[@]}" || { apt-get update -q && "${install[@]}"; }
}

python=$(find_python)
version=$("$python" -c 'import sys; print(sys.version)')
wanted=$(cat pyproject.toml scripts/constraints.txt | sha256sum | cut -d' ' -f1)

step "a browser, the server and the SDK"
install_browser >"$cache/browser.log" 2>&1 &
browser_job=$!
environment "$server" "$version $server_version" "label-studio==$server_version" >"$cache/server.log" 2>&1 &
server_job=$!
environment "$sdk" "$version $root $wanted" -c scripts/constraints.txt -e ".[dev,studio,agreement]" >"$cache/sdk.log" 2>&1 &
sdk_job=$!

wait "$browser_job" || true
if ! { command -v chromium && command -v chromedriver; } >/dev/null; then
    tail -n 2 "$cache/browser.log"
    echo "no chromium with chromedriver here, and they cannot be installed: tests in a browser are skipped"
fi
if ! wait "$server_job"; then
    tail -n 3 "$cache/server.log"
    echo "Label Studio $server_version cannot be installed here: its tests are skipped"
    wait "$sdk_job" || true
    exit 0
fi
if ! wait "$sdk_job"; then
    tail -n 3 "$cache/sdk.log"
    echo "label-studio-sdk cannot be installed here: its tests are skipped"
    exit 0
fi

step "tests with Label Studio $server_version and label-studio-sdk $("$sdk/bin/python" -c 'import importlib.metadata as m; print(m.version("label-studio-sdk"))')"
export CSWITCH_LABEL_STUDIO=$server/bin/label-studio CSWITCH_LABEL_STUDIO_TEMPLATE=$server/fresh.sqlite3
"$sdk/bin/python" -m pytest -q tests/studio tests/annotators/labelstudio/test_connection.py "$@"
step "done"
