//! The database's URL. Must not: let any part of it out, in an error or a log: each may be secret.

use std::{net::IpAddr, str::FromStr as _};

use sqlx::postgres::PgConnectOptions;
use url::{Host, Url};

use crate::StoreError;

/// Parameters that have an effect (those of libpq that the driver knows).
const KNOWN: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Where and how to connect.
pub(crate) fn read(text: &str) -> Result<PgConnectOptions, StoreError> {
    let mut url = Url::parse(text).map_err(|why| bad(&format!("{why}; {ENCODE}")))?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(bad("it does not begin with postgres://"));
    }
    if url.fragment().is_some() {
        return Err(bad(&format!("it has a #; {ENCODE}")));
    }
    keep_known_parameters(&mut url);
    check_parameters(&url)?;
    // The driver's own reasons quote values.
    let options = PgConnectOptions::from_str(url.as_str()).map_err(|_| bad(ENCODE))?;
    Ok(with_address(options, &url))
}

const ENCODE: &str = "write characters like # / ? @ : of the user and the password as %23 %2F %3F %40 %3A";

fn bad(why: &str) -> StoreError {
    StoreError::BadUrl(why.to_owned())
}

/// The driver takes the brackets of an IPv6 address for a part of a name.
fn with_address(options: PgConnectOptions, url: &Url) -> PgConnectOptions {
    if let Some(Host::Ipv6(address)) = url.host() {
        // A parameter comes before the host of the URL.
        if options.get_host().starts_with('[') {
            return options.host(&address.to_string());
        }
    }
    match options.get_host().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) if address.parse::<IpAddr>().is_ok() => {
            let address = address.to_owned();
            options.host(&address)
        }
        _ => options,
    }
}

/// Leaves out what has no effect, because the driver would log it with its value.
fn keep_known_parameters(url: &mut Url) {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let (known, unknown): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(key, _)| is_known(key));
    if !unknown.is_empty() {
        tracing::warn!(
            count = unknown.len(),
            "the database URL has parameters that this version does not know; they have no effect"
        );
    }
    url.set_query(None);
    if !known.is_empty() {
        url.query_pairs_mut().extend_pairs(known);
    }
}

fn is_known(key: &str) -> bool {
    KNOWN.contains(&key) || (key.starts_with("options[") && key.ends_with(']'))
}

/// Says which parameter has a value that cannot be read.
fn check_parameters(url: &Url) -> Result<(), StoreError> {
    for (key, value) in url.query_pairs() {
        let mut alone = Url::parse("postgres://host").map_err(|why| bad(&why.to_string()))?;
        alone.query_pairs_mut().append_pair(&key, &value);
        if PgConnectOptions::from_str(alone.as_str()).is_err() {
            let name = KNOWN.iter().find(|name| **name == key).unwrap_or(&"options");
            return Err(bad(&format!("its parameter {name} has a value that cannot be read")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> (String, u16, String, Option<String>) {
        let o = read(url).unwrap();
        let host =
            o.get_socket().map_or_else(|| o.get_host().to_owned(), |socket| socket.display().to_string());
        (host, o.get_port(), o.get_username().to_owned(), o.get_database().map(str::to_owned))
    }

    #[test]
    fn every_form_of_the_url_leads_where_it_says() {
        let cases = [
            ("postgres://u:p@db:5433/shop", "db", 5433),
            ("postgresql://u@db/shop?sslmode=require", "db", 5432),
            ("postgres://u:p@[::1]:5433/shop", "::1", 5433),
            ("postgres://u@[2001:db8::7]/shop", "2001:db8::7", 5432),
            ("postgres://u:p@10.1.2.3:5433/shop", "10.1.2.3", 5433),
            ("postgres://u@%2Fvar%2Frun%2Fpostgresql/shop", "/var/run/postgresql", 5432),
            ("postgres:///shop?host=/var/run/postgresql&user=u", "/var/run/postgresql", 5432),
            ("postgres://u@ignored/shop?host=db&port=5433", "db", 5433),
            ("postgres://u@[::1]/shop?hostaddr=10.1.2.3", "10.1.2.3", 5432),
            ("postgres://u@ignored/shop?hostaddr=::2", "::2", 5432),
            ("postgres://u@ignored/shop?host=[::2]", "::2", 5432),
            ("postgres:///?user=u&host=db&dbname=shop", "db", 5432),
            ("postgres://u@db/shop?options=-c%20work_mem%3D8MB&application_name=x", "db", 5432),
        ];
        for (url, host, port) in cases {
            assert_eq!(at(url), (host.to_owned(), port, "u".to_owned(), Some("shop".to_owned())), "{url}");
        }
        let (_, _, user, _) = at("postgres://u%40x:p%23%2F@db/shop");
        assert_eq!(user, "u@x");
    }

    #[test]
    fn a_url_that_cannot_be_meant_is_refused_without_quoting_it() {
        let cases = [
            ("mysql://canary:canary@canary/canary", "postgres://"),
            ("canary", "relative URL"),
            ("postgres://u:canary#1@h/d", "%23"),
            ("postgres://u:12#canary@h/d", "%23"),
            ("postgres://u:can/ary@h/d", "%2F"),
            ("postgres://u@h:canary/d", "port"),
            ("postgres://u@h1:1,h2:2/canary", "port"),
            ("postgres://u@[canary/d", "IPv6"),
            ("postgres://u@h/d?sslmode=canary", "sslmode"),
            ("postgres://u@h/d?port=canary", "parameter port"),
            ("postgres://u@h/d?hostaddr=canary", "hostaddr"),
        ];
        for (url, hint) in cases {
            let error = read(url).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(matches!(error, StoreError::BadUrl(_)), "{url}: {shown}");
            assert!(shown.contains(hint) && !shown.contains("canary"), "{url}: {shown}");
        }
    }
}
