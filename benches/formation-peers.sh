#!/usr/bin/env bash
# Groups beside GroupEng (Python) and anticlust (R), which this script installs into a folder it removes again.
#
# Neither knows mentors, reporting lines, hours or languages, so the pool is reduced to what both support: the
# participants in groups of four, as unlike within a group as can be. Everybody's groups are measured alike.
#   benches/formation-peers.sh [PEOPLE [SEED [SECONDS]]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
people=${1:-1000} seed=${2:-1} seconds=${3:-3}
groupeng=${GROUPENG:-https://github.com/tdimiduk/groupeng}
groupeng_commit=${GROUPENG_COMMIT:-aba77c90172a6f57f4d6f976f67f3c15d724c87a}
anticlust=${ANTICLUST:-0.8.11}
work=$(mktemp -d /tmp/roundtable-peers.XXXXXX)
trap 'rm -rf "$work"' EXIT
peers=benches/formation-peers.py
missing=()

cargo bench --bench formation -- --pool "$people" --seed "$seed" --export "$work/people.csv"
python3 "$peers" prepare "$work" 4
{
    echo "| who | seconds | unlikeness in groups | pairs of one organisation | of one department |"
    echo "|---|---:|---:|---:|---:|"
} >"$work/table"

row() { python3 "$peers" row "$work" "$1" "$2" "$3" >>"$work/table"; }
timed() { # NAME GROUPS COMMAND …
    local name=$1 groups=$2 start; shift 2
    start=$(python3 -c 'import time; print(time.time())')
    if "$@" >"$work/log" 2>&1 && [ -s "$groups" ]; then
        row "$name" "$groups" "$(python3 -c "import time; print(f'{time.time() - $start:.2f}')")"
    else
        tail -n 3 "$work/log" >&2
        missing+=("$name was installed and did not finish")
    fi
}

row "random" "$work/random.csv" "-"
cargo bench --bench formation -- --mdgp "$work/instance.mdgp" --seconds "$seconds" --seed "$seed" \
    --groups "$work/ours.csv" >"$work/log"
row "Roundtable" "$work/ours.csv" "$seconds"

if git clone --quiet "$groupeng" "$work/groupeng" 2>"$work/log" \
    && git -C "$work/groupeng" checkout --quiet "$groupeng_commit" 2>>"$work/log"; then
    timed "GroupEng 1.3" "$work/groupeng.csv" env PYTHONPATH="$work/groupeng" python3 "$peers" groupeng "$work"
else
    missing+=("GroupEng: its source at $groupeng is out of reach, and it is in no package registry")
fi

if ! command -v Rscript >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get install -y --no-install-recommends r-base-core r-cran-rann r-cran-lpsolve r-cran-matrix >"$work/log" 2>&1 || true
fi
if ! command -v Rscript >/dev/null; then
    missing+=("anticlust: there is no R")
elif mkdir "$work/library" && R_LIBS_USER="$work/library" Rscript benches/formation-peers.R install "$anticlust" >"$work/log" 2>&1; then
    for method in exchange local-maximum three-phase; do
        timed "anticlust $anticlust, $method" "$work/$method.csv" \
            env R_LIBS_USER="$work/library" Rscript benches/formation-peers.R "$method" "$work" "$seed"
    done
else
    missing+=("anticlust $anticlust: R is here, the package's archive is out of reach")
fi

echo
cat "$work/table"
for gap in "${missing[@]}"; do
    printf '\n!!! NOT MEASURED: %s. The table above has no row for it.\n' "$gap"
done
[ ${#missing[@]} -eq 0 ]
