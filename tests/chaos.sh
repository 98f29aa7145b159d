#!/usr/bin/env bash
# The leader of two operators is told to stop, killed and cut off, again and again: who takes over, how soon, and whether
# the old one writes afterwards. Needs a running `make cluster`, or STOCKBOT_TEST_KUBECONFIG of another.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$ROOT"
export STOCKBOT_TEST_KUBECONFIG=${STOCKBOT_TEST_KUBECONFIG:-$LOCAL/kubeconfig}
export STOCKBOT_CHAOS_ROUNDS=${STOCKBOT_CHAOS_ROUNDS:-50}
[[ -f $STOCKBOT_TEST_KUBECONFIG ]] || fail "there is no $STOCKBOT_TEST_KUBECONFIG; start a cluster with: make cluster"
cargo test --locked --workspace --test operator_cluster leadership -- --nocapture --test-threads 1
