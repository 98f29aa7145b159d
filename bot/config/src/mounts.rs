//! Where the operator mounts things in the bot's pod and how the bot is told its own name.

/// The configuration file, from the ConfigMap.
pub const CONFIG_FILE: &str = "/etc/stockbot/config.yaml";
/// The directory of the configuration file: a ConfigMap is mounted as a whole so that changes arrive.
pub const CONFIG_DIR: &str = "/etc/stockbot";
/// The directory of the mounted Secrets, one file each.
pub const SECRETS_DIR: &str = "/var/run/secrets/stockbot";
/// File name of the bot's token.
pub const TOKEN: &str = "token";
/// File name of the database URL.
pub const DATABASE_URL: &str = "database-url";
/// File name of the certificate authority of the database, optional.
pub const DATABASE_CA: &str = "database-ca.crt";
/// File name of the key that signs `POST /deposits`, optional.
pub const DEPOSITS_HMAC: &str = "deposits-hmac";
/// File name of the alert webhook's URL, optional.
pub const ALERT_WEBHOOK: &str = "alert-webhook";
/// File name of the Redis URL, optional.
pub const REDIS_URL: &str = "redis-url";
/// Where Kubernetes reads why a container ended.
pub const TERMINATION_LOG: &str = "/dev/termination-log";
/// Port of the bot's HTTP server.
pub const HTTP_PORT: u16 = 8080;
/// Environment variable with the pod's name (downward API).
pub const POD_NAME_ENV: &str = "POD_NAME";
