//! No part of the database's URL gets out, whatever goes wrong: not in an error, not in a log of any library.

use std::{
    io,
    sync::{Arc, Mutex},
};

use stockbot_harness::{Postgres, free_port};
use stockbot_store::Store;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::shop::options;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_part_of_the_url_gets_out() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone());
    let subscriber = subscriber.with_env_filter(EnvFilter::new("warn,stockbot_store=trace")).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let database = Postgres::shared().await.database().await;
    let (name, port, free) = (&database.name, Postgres::shared().await.port(), free_port());
    let urls = [
        // Each part where the server, the network or the driver refuses it.
        format!("postgres://canary:p@127.0.0.1:{port}/{name}"),
        format!("postgres://{name}:canary@127.0.0.1:{port}/{name}"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/canary"),
        format!("postgres://canary:canary@127.0.0.1:{free}/canary"),
        "postgres://canary:canary@canary.invalid/canary".to_owned(),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?canary=1"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?password_of=canary&canary"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?sslmode=canary"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?options=-c%20canary%3D1"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?options[work_mem]=canary"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?sslmode=verify-full&sslrootcert=/canary"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?application_name=canary"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}?host=/canary"),
        format!("postgres://{name}:{name}@127.0.0.1:{port}/{name}#canary"),
        "canary://canary:canary@canary:1/canary?canary=canary".to_owned(),
        "canary".to_owned(),
    ];
    let mut connected = 0;
    for url in &urls {
        let outcome = Store::connect(&options(url)).await;
        connected += u32::from(outcome.is_ok());
        let shown = match &outcome {
            Ok(store) => format!("{store:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(!shown.contains("canary"), "{url}: {shown}");
    }
    assert_eq!(connected, 3, "unknown parameters and another application's name do not matter");
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("parameters that this version does not know"), "{logged}");
    assert!(!logged.contains("canary"), "{logged}");
}
