#!/usr/bin/env bash
# The tests against a real llama-cpp-python server. Its environment is made first, which compiles for 5 to 15 minutes, so
# .ci/run does this only when it is asked to: CSWITCH_SLOW=1.
#
#   scripts/llama_cpp_tests.sh [FOLDER]    FOLDER keeps the server's environment (default: a temporary one)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

folder=${1:-}
if [[ -z $folder ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
if [[ ! -e $folder/llama/ready ]]; then
    "$bin/python" -m venv --clear "$folder/llama"
    if ! "$folder/llama/bin/python" -m pip install -q "llama-cpp-python[server]" gguf >"$folder/llama.log" 2>&1; then
        tail -n 3 "$folder/llama.log"
        echo "llama-cpp-python cannot be built here: its tests are skipped"
        exit
    fi
    touch "$folder/llama/ready"
fi
CSWITCH_LLAMA_PYTHON=$folder/llama/bin/python "$bin/python" -m pytest -q tests/generators/prompting/test_llama_cpp.py
