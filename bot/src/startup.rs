//! From cold to warm: database, schema, shop, token, guild, commands. Waits for what may come back, ends for what will not.

use std::{future::Future, sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use stockbot_config::{
    Config, mounts,
    status::{BotUser, DatabaseState, TokenState},
};
use stockbot_store::{ConnectOptions, SchemaState, ShopId, Store, StoreError, shops::ensure_shop};
use tokio_util::sync::CancellationToken;

use crate::{
    discord::{
        Rest, RestError,
        session::{GatewayInfo, not_a_member},
    },
    exit::Exit,
    interactions::command_set,
    secret::Secret,
    state::State,
};

/// Where the Secrets are, and whose.
pub struct Secrets {
    /// The bot's token.
    pub token: Secret,
    /// How to reach the database; holds the URL.
    pub database: ConnectOptions,
    /// What signs deposits by request, if they are on.
    pub deposits: Option<Secret>,
}

impl Secrets {
    /// Reads what is mounted at `directory`.
    pub fn read(directory: &std::path::Path, config: &Config) -> Result<Self, Exit> {
        let token = Secret::read(&directory.join(mounts::TOKEN))?;
        let mounted = |file| Some(directory.join(file)).filter(|file| file.exists());
        let database = ConnectOptions {
            url: Secret::read(&directory.join(mounts::DATABASE_URL))?.expose().to_owned(),
            ca_file: mounted(mounts::DATABASE_CA),
            max_connections: u32::try_from(config.database.max_connections).unwrap_or(2),
            statement_timeout: config.database.statement_timeout.get(),
            pooled: config.database.pooled,
        };
        // An operator of another revision may not mount it; the shop sells without.
        let wanted = config.shop.deposits.http_secret_ref.as_ref();
        let key = wanted.and_then(|_| mounted(mounts::DEPOSITS_HMAC));
        let deposits = key.map(|file| Secret::read(&file)).transpose()?;
        Ok(Self { token, database, deposits })
    }
}

/// What the bot is, once Discord and the database have answered.
pub struct Identity {
    /// Postgres.
    pub store: Store,
    /// The shop.
    pub shop: ShopId,
    /// Discord id of the application.
    pub application: u64,
    /// Discord id of the bot's user.
    pub user: u64,
    /// Where to connect.
    pub gateway: GatewayInfo,
}

/// A start under way.
pub struct Startup<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Discord.
    pub rest: &'a Rest,
    /// Shared state.
    pub state: &'a Arc<State>,
    /// Cancelled when the process is to end.
    pub stopping: &'a CancellationToken,
}

impl Startup<'_> {
    /// Warms up. `Ok(None)`: told to stop meanwhile.
    pub async fn warm_up(&self, options: &ConnectOptions) -> Result<Option<Identity>, Exit> {
        let result = self.stopping.run_until_cancelled(self.try_warm_up(options)).await;
        self.state.rest("startup");
        result.transpose()
    }

    async fn try_warm_up(&self, options: &ConnectOptions) -> Result<Identity, Exit> {
        // The token first: it costs one request, and a dead one makes everything else pointless.
        let user = self
            .patiently(async || self.rest.current_user().await.map_err(|error| self.discord(error)))
            .await?;
        self.state.update(|status| {
            status.token = TokenState::Accepted;
            status.bot_user = Some(BotUser { id: user.id.clone(), name: user.username.clone() });
        });
        let application = self
            .patiently(async || self.rest.current_application().await.map_err(|error| self.discord(error)))
            .await?;
        self.state.update(|status| status.application_id = Some(application.id.clone()));
        let store = self.patiently(async || self.connect(options).await).await?;
        let shop = self.patiently(async || self.shop(&store).await).await?;
        let guild = self.config.guild_id.get();
        self.patiently(async || self.find_guild(guild).await).await?;
        let application = number(&application.id)?;
        let most = self.config.shop.max_quantity;
        self.patiently(async || {
            command_set::register(self.rest, application, guild, most).await.map_err(Pending::from_exit)
        })
        .await?;
        let gateway =
            self.patiently(async || self.rest.gateway().await.map_err(|error| self.discord(error))).await?;
        // Told already here: a pod that resumes asks for no start.
        self.state.update(|status| status.session_starts = Some(gateway.session_start_limit.starts()));
        Ok(Identity { store, shop, application, user: number(&user.id)?, gateway })
    }

    /// Repeats `step` with growing pauses of 1 s to 15 s until it succeeds or can never succeed.
    async fn patiently<T, F: Future<Output = Result<T, Pending>>>(
        &self,
        step: impl Fn() -> F,
    ) -> Result<T, Exit> {
        let build = || {
            ExponentialBuilder::new()
                .with_max_delay(Duration::from_secs(15))
                .with_jitter()
                .without_max_times()
                .build()
        };
        let mut delays = build();
        loop {
            self.state.beat("startup");
            match step().await {
                Ok(value) => return Ok(value),
                Err(Pending::Never(exit)) => return Err(exit),
                Err(Pending::Later(message)) => {
                    tracing::warn!(%message, "not ready yet");
                    self.state.failed(message);
                    tokio::time::sleep(delays.next().unwrap_or(Duration::from_secs(15))).await;
                }
            }
        }
    }

    fn discord(&self, error: RestError) -> Pending {
        match error {
            RestError::Unauthorized => {
                self.state.update(|status| status.token = TokenState::Rejected);
                Pending::Never(Exit::token_rejected())
            }
            error => Pending::Later(error.to_string()),
        }
    }

    async fn connect(&self, options: &ConnectOptions) -> Result<Store, Pending> {
        let result = async {
            let store = Store::connect(options).await?;
            let schema = store.schema().await?;
            Ok((store, schema))
        };
        let (store, schema) = result.await.map_err(|error| self.database(error))?;
        match schema {
            SchemaState::Current(version) => {
                self.state.update(|status| {
                    status.database.state = DatabaseState::Migrated;
                    status.database.schema_version = Some(version.to_string());
                    status.database.message = None;
                });
                Ok(store)
            }
            SchemaState::Behind { binary, .. } => Err(Pending::Later(format!(
                "the database is not migrated to version {binary} yet; run `stockbot migrate`"
            ))),
            SchemaState::TooNew { database, binary } => {
                self.state.update(|status| status.database.state = DatabaseState::SchemaTooNew);
                Err(Pending::Never(StoreError::SchemaTooNew { database, binary }.into()))
            }
        }
    }

    async fn shop(&self, store: &Store) -> Result<ShopId, Pending> {
        let config = self.config;
        let shop = ensure_shop(store, &config.namespace, config.shop_name(), &config.shop.currency).await;
        shop.map_err(|error| self.database(error))
    }

    fn database(&self, error: StoreError) -> Pending {
        let message = error.to_string();
        self.state.update(|status| {
            status.database.state = DatabaseState::Unreachable;
            status.database.message = Some(message);
        });
        Pending::from_exit(error)
    }

    async fn find_guild(&self, guild: u64) -> Result<(), Pending> {
        let found = self.rest.is_member_of(guild).await.map_err(|error| self.discord(error))?;
        self.state.update(|status| status.guild_found = Some(found));
        if found {
            return Ok(());
        }
        Err(Pending::Later(not_a_member(guild)))
    }
}

/// Why a step did not succeed.
enum Pending {
    Later(String),
    Never(Exit),
}

impl Pending {
    /// What is merely unavailable may come back.
    fn from_exit(reason: impl Into<Exit>) -> Self {
        let exit = reason.into();
        if exit.may_pass() { Self::Later(exit.to_string()) } else { Self::Never(exit) }
    }
}

fn number(id: &str) -> Result<u64, Exit> {
    id.parse().map_err(|_| Exit::crashed(format!("Discord gave the id {id:?}, which is no number")))
}
