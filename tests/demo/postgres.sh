# The demo's PostgreSQL: a server of its own with one database for the shop, reachable from the host and from pods.
# The bot's role owns its database and nothing else. Debian's own server is not touched.
# shellcheck shell=bash

postgres_bin() {
    local bin
    bin=$(find /usr/lib/postgresql -maxdepth 3 -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
    echo "${bin:-/usr/lib/postgresql/none}"
}
as_postgres() { runuser -u "$POSTGRES_USER" -- "$@"; }

ensure_postgres_installed() { [[ -x $(postgres_bin)/initdb ]] || step "Install postgresql" install_packages postgresql; }
postgres_runs() { service_runs postgres "$POSTGRES_DIR"; }

start_postgres() {
    local bin port password
    bin=$(postgres_bin)
    rm -rf "$POSTGRES_DIR"
    install -d -o "$POSTGRES_USER" -m 700 "$POSTGRES_DIR"
    (cd "$POSTGRES_DIR" && as_postgres "$bin/initdb" -D "$POSTGRES_DIR" -U "$POSTGRES_USER" -E UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256)
    echo 'host all all 0.0.0.0/0 scram-sha-256' >>"$POSTGRES_DIR/pg_hba.conf"

    port=$(free_port "$POSTGRES_PORT" 127.0.0.1 "$HOST_IP")
    password=$(openssl rand -hex 16)
    start_service postgres setpriv --reuid "$POSTGRES_USER" --regid "$POSTGRES_USER" --init-groups \
        "$bin/postgres" -D "$POSTGRES_DIR" -p "$port" -k "$POSTGRES_DIR" -c "listen_addresses=127.0.0.1,$HOST_IP" -c max_connections=200
    wait_service postgres as_postgres "$bin/pg_isready" -h "$POSTGRES_DIR" -p "$port"
    as_postgres psql -q -v ON_ERROR_STOP=1 -h "$POSTGRES_DIR" -p "$port" <<END
CREATE ROLE $BOT LOGIN PASSWORD '$password';
CREATE DATABASE $BOT OWNER $BOT;
END
    # One address for everybody: the host reaches it as well as pods do.
    echo "postgres://$BOT:$password@$HOST_IP:$port/$BOT" >"$DEMO/database-url"
}

# INT is PostgreSQL's fast shutdown: it does not wait for clients.
stop_postgres() {
    stop_service postgres "$POSTGRES_DIR" INT
    rm -rf "$POSTGRES_DIR"
}
