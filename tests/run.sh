#!/usr/bin/env bash
# Runs every test of the project on real parts: PostgreSQL, the Discord stand-in, a real Kubernetes with both images.
# Ends with one line "N passed, N failed" over all runners; the exit code says the same.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
PROFILE=dev
for part in cargo deny images/binaries; do source "$ROOT/tests/$part.sh"; done
for part in settings owner; do source "$ROOT/tests/cluster/$part.sh"; done
for part in settings postgres; do source "$ROOT/tests/demo/$part.sh"; done

usage() {
    cat <<END
Usage: tests/run.sh [--help] [CARGO-TEST-ARGUMENT...]

Installs what is missing, starts the cluster (and stops it again unless it ran before), builds the images and runs
cargo test for the whole workspace. Arguments go to cargo test: tests/run.sh --workspace --test store ledger
END
}

passed=0 failed=0

# run_counted TITLE COUNTER COMMAND...: runs COMMAND, shows its output, and adds up what COUNTER (an awk program
# printing "PASSED FAILED") reads from it. A runner that ends badly without naming a failed test counts as one.
run_counted() {
    local title=$1 counter=$2 log=$LOGS/test-$1.log code=0 ok bad
    shift 2
    say "== $title"
    "$@" 2>&1 </dev/null | tee "$log" || code=$?
    read -r ok bad < <(awk "$counter" "$log")
    ((code == 0 || bad > 0)) || bad=1
    ((passed += ok, failed += bad)) || true
}

# The sum of cargo's "test result: ok. 3 passed; 0 failed; ..." lines.
# shellcheck disable=SC2016  # awk's variables, not the shell's
CARGO_COUNTER='/^test result: / { ok += $4; bad += $6 } END { print ok + 0, bad + 0 }'

# The last line of the clients' runner, which sums up runners of its own.
# shellcheck disable=SC2016
CLIENTS_COUNTER='/^[0-9]+ passed, [0-9]+ failed$/ { ok = $1; bad = $3 } END { print ok + 0, bad + 0 }'
# One check: it passes when it ends well, and run_counted counts a bad end.
# shellcheck disable=SC2016
CHECK_COUNTER='/^bodies checked: ok$/ { ok = 1 } END { print ok + 0, 0 }'

check_bodies() {
    node "$ROOT/tests/discord-sim/spec-check/main.mjs" --accepted "$STOCKBOT_TEST_SIM_LOGS"/*.ndjson && say "bodies checked: ok"
}

start_cluster() {
    if own_cluster_runs; then
        "$ROOT/tests/cluster/up"
        return
    fi
    trap 'end_begun; "$ROOT/tests/cluster/down" --quiet' EXIT
    "$ROOT/tests/cluster/up"
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
    usage
    exit
fi
begun=$(now)
need_root
need_commands curl:curl cc:gcc
ensure_postgres_installed
forget_old_builds
check_dependencies
# Beside the build of Kubernetes: one waits where the other computes.
begin_binaries
start_cluster
finish_binaries
PROFILE=$PROFILE "$ROOT/tests/images/build"

source "$LOCAL/images.env"
export PATH=$LOCAL/bin:$PATH
export STOCKBOT_TEST_KUBECONFIG=$KUBECONFIG_FILE STOCKBOT_TEST_HOST_IP=${HOST_IP:-}
export STOCKBOT_TEST_HELM=$LOCAL/bin/helm STOCKBOT_TEST_OPERATOR_IMAGE=$OPERATOR_IMAGE STOCKBOT_TEST_BOT_IMAGE=$BOT_IMAGE

cd "$ROOT"
if (($# == 0)); then set -- --workspace; fi
# Most tests wait: for a lease to run out, a probe, the kubelet.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))}
# Every request of the bot and of the clients in the stand-in's own tests, with its answer, and every dispatch: kept to
# be held against Discord's official description afterwards.
export STOCKBOT_TEST_SIM_LOGS=$LOCAL/sim-logs DISCORD_SIM_LOG_DIR=$LOCAL/sim-logs
rm -rf "$STOCKBOT_TEST_SIM_LOGS" && mkdir -p "$STOCKBOT_TEST_SIM_LOGS"
run_counted cargo "$CARGO_COUNTER" cargo test --locked --no-fail-fast "$@"

# Only with everything: arguments ask for a part of the Rust tests.
if [[ $* == --workspace ]]; then
    run_counted clients "$CLIENTS_COUNTER" "$ROOT/tests/discord-sim/clients/run"
    run_counted "what was said" "$CHECK_COUNTER" check_bodies
fi

say "All tests took $(seconds_since "$begun")"
say "$passed passed, $failed failed"
((failed == 0))
