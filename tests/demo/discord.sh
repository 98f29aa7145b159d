# The demo's Discord: the stand-in discord-sim and a small world in it.
# shellcheck shell=bash

discord_runs() { service_runs discord-sim discord-sim && curl -fsS -o /dev/null "$(cat "$DEMO/sim-url")/"; }

# start_discord BINARY
start_discord() {
    local port
    port=$(free_port "$SIM_PORT" 127.0.0.1 "$HOST_IP")
    echo "http://127.0.0.1:$port" >"$DEMO/sim-url"
    echo "http://$HOST_IP:$port/api/v10" >"$DEMO/api-url"
    start_service discord-sim "$1" --listen "127.0.0.1:$port" --listen "$HOST_IP:$port"
    wait_service discord-sim discord_runs
}

make_world() { python3 "$DEMO_DIR/world.py" "$(cat "$DEMO/sim-url")" >"$WORLD_ENV.new" && mv "$WORLD_ENV.new" "$WORLD_ENV"; }
stop_discord() { stop_service discord-sim discord-sim; }
