# Sourced by scripts/test and scripts/check: makes the environment they run in, and sets $root and $bin.
# It is made anew when pyproject.toml, the constraints or the interpreter change, else used as it is.
#
#   PYTHON         the interpreter to make it with (default: the first of python3, python3.13 ... that is 3.11 or later)
#   CSWITCH_VENV   where it goes (default: .venv-test in the checkout)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
unset PYTHONPATH PYTHONHOME
export PIP_DISABLE_PIP_VERSION_CHECK=1

_is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

_find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if _is_new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    echo "cswitch needs Python 3.11 or later; install it, or name it: PYTHON=/path/to/python3.11 $0" >&2
    return 1
}

# Extras that have no wheel for this machine are left out, and their tests skip. studio is not here: its SDK holds numpy
# back, so scripts/studio_tests.sh gives it an environment of its own.
_install() {
    local pip=("$1/bin/python" -m pip install -q -c scripts/constraints.txt)
    local extras="agreement align cjk romanise datasets hf llm ray spacy stanza" extra
    "${pip[@]}" -e ".[dev,${extras// /,}]" && return
    echo "not every extra can be installed here; going on with those that can" >&2
    "${pip[@]}" -e ".[dev]"
    for extra in $extras; do
        "${pip[@]}" -e ".[$extra]" || echo "left out: $extra" >&2
    done
}

_prepare() {
    local venv=${CSWITCH_VENV:-$root/.venv-test} python stamp
    python=$(_find_python)
    stamp=$("$python" - "$root" pyproject.toml scripts/constraints.txt <<'PYTHON'
import hashlib, pathlib, sys
parts = [sys.version, sys.argv[1], *(pathlib.Path(name).read_text(encoding="utf-8") for name in sys.argv[2:])]
print(hashlib.sha256("\0".join(parts).encode()).hexdigest())
PYTHON
    )
    if [[ $(cat "$venv/stamp" 2>/dev/null) != "$stamp" ]]; then
        echo "making the environment ${venv#"$root"/} with $("$python" --version)" >&2
        "$python" -m venv --clear "$venv"
        _install "$venv"
        echo "$stamp" >"$venv/stamp"
    fi
    bin=$venv/bin
}

_prepare
