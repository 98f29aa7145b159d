# Programs of the host that the demo starts in the background: by name, with a log, ended by their recorded process id.
# shellcheck shell=bash

# start_service NAME COMMAND...
start_service() {
    local name=$1
    shift
    setsid "$@" >"$DEMO/$name.log" 2>&1 </dev/null &
    echo $! >"$DEMO/$name.pid"
}

# Whether the recorded process of service NAME still is what was started: its command line contains WORD.
service_runs() {
    local pid
    pid=$(cat "$DEMO/$1.pid" 2>/dev/null) && [[ -n $pid ]] && grep -qs "$2" "/proc/$pid/cmdline"
}

# wait_service NAME PROBE...: until PROBE succeeds; shows the end of the service's log when it ended instead.
wait_service() {
    local name=$1 deadline=$((SECONDS + 30))
    shift
    until "$@" >/dev/null 2>&1; do
        if ! kill -0 "$(cat "$DEMO/$name.pid")" || ((SECONDS >= deadline)); then
            tail -n 20 "$DEMO/$name.log" >&2
            fail "$name does not answer; its log is $DEMO/$name.log"
        fi
        sleep 0.1
    done
}

# stop_service NAME WORD [SIGNAL]
stop_service() {
    local pid
    service_runs "$1" "$2" || return 0
    pid=$(cat "$DEMO/$1.pid")
    kill "-${3:-TERM}" "$pid"
    wait_until 20 "the end of $1" service_gone "$1" "$2"
}
service_gone() { ! service_runs "$1" "$2"; }

# free_port FIRST ADDRESS...: the first port from FIRST on that is free on every address.
free_port() {
    python3 - "$@" <<'END'
import socket, sys

def free(port):
    for address in sys.argv[2:]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True

port = next(filter(free, range(int(sys.argv[1]), 32768)), None)
sys.exit(f"no port is free on {sys.argv[2:]}; are these addresses of this machine?") if port is None else print(port)
END
}
