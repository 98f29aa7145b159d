# What every script of tests/ shares: paths, progress lines, clear failures, missing packages.
# Sourced, never run. It starts and builds nothing by itself.
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# What belongs to this checkout (git-ignored), and what every checkout of this user shares.
LOCAL=$ROOT/.local
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/stockbot
LOGS=$LOCAL/logs
mkdir -p "$LOGS" "$CACHE"

say() { printf '%s\n' "$*"; }

# fail MESSAGE: ends the script with what is wrong and what to do about it.
fail() {
    printf '\nerror: %s\n' "$*" >&2
    exit 1
}

# Seconds since the epoch with milliseconds.
now() { date +%s.%3N; }
seconds_since() { awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f s", to - from }'; }

# step TITLE COMMAND...: runs COMMAND (a function or a program) with its output in a log of its own and
# prints one line with the time it took, a dot every 20 seconds meanwhile; when it fails, prints the
# end of the log and ends the script.
step() {
    begin "$@"
    finish "$1"
}

# begin TITLE COMMAND...: the first half of a step: COMMAND runs in the background beside what comes next.
declare -A begun_at=() running=()
begin() {
    local title=$1
    shift
    begun_at[$title]=$(now)
    # A process group of its own, so that it can be ended with all that it started.
    set -m
    (set -e; "$@") >"$(log_of "$title")" 2>&1 </dev/null &
    set +m
    running[$title]=$!
}

# Ends what was begun and is not finished.
end_begun() {
    local pid
    for pid in "${running[@]}"; do kill -- "-$pid" 2>/dev/null || true; done
}
# A script that needs EXIT for more calls it there.
trap end_begun EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# finish TITLE: the second half: waits for it and prints the line; the time counts from `begin`.
finish() {
    local title=$1 pid=${running[$1]} begun=${begun_at[$1]} log next_dot=$((SECONDS + 20))
    log=$(log_of "$title")
    printf '%-46s' "$title"
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.1
        ((SECONDS < next_dot)) || { printf '.'; next_dot=$((SECONDS + 20)); }
    done
    unset "running[$title]"
    if wait "$pid"; then
        printf '%10s\n' "$(seconds_since "$begun")"
        return
    fi
    printf '%10s  FAILED\n' "$(seconds_since "$begun")"
    tail -n 30 "$log" | sed 's/^/    /' >&2
    fail "$title failed; the whole log is $log"
}
log_of() { echo "$LOGS/$(tr -cs 'a-zA-Z0-9\n' '-' <<<"$1" | tr '[:upper:]' '[:lower:]').log"; }

# wait_until SECONDS WHAT COMMAND...: polls COMMAND until it succeeds, at most SECONDS long.
wait_until() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "$what did not happen in time"
        sleep 0.1
    done
}

need_root() { [[ $(id -u) == 0 ]] || fail "this needs root (namespaces, network devices, containerd); run it with sudo"; }

# need_commands COMMAND:PACKAGE...: installs the Debian packages of the commands that are missing.
need_commands() {
    local pair missing=()
    for pair in "$@"; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
    ((${#missing[@]} == 0)) && return
    command -v apt-get >/dev/null || fail "missing ${missing[*]}; this machine has no apt-get, so install them by hand"
    step "Install ${missing[*]}" install_packages "${missing[@]}"
}

# The services that such packages would start (containerd, postgresql) are not wanted: policy-rc.d says so while installing.
install_packages() {
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# content_hash FILE...: one short name for what the files hold, in the order given.
content_hash() { cat -- "$@" | sha256sum | cut -c1-16; }
