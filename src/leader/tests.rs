//! Two candidates and a Lease that is written only over the version that it has.

use super::*;
use crate::client::stub::{Asked, Stub, refusal};
use serde_json::{Value, json};

/// The Lease of an API server: takes a write only over the version that it has.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<(u64, Value, bool)>>);

impl Server {
    fn answer(&self, asked: &Asked) -> (u16, Value) {
        let mut kept = self.0.lock().unwrap();
        let (version, lease, away) = &mut *kept;
        let expected = asked.body["metadata"]["resourceVersion"].as_str().unwrap_or("0");
        match asked.method.as_str() {
            _ if *away => refusal(503, "ServiceUnavailable", "away"),
            "GET" if lease.is_null() => refusal(404, "NotFound", "no Lease"),
            "GET" => (200, lease.clone()),
            _ if expected != version.to_string() => refusal(409, "Conflict", "changed"),
            _ => {
                *version += 1;
                *lease = asked.body.clone();
                lease["metadata"]["resourceVersion"] = version.to_string().into();
                (200, lease.clone())
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut u64, &mut Value, &mut bool)) {
        let (version, lease, away) = &mut *self.0.lock().unwrap();
        change(version, lease, away);
    }

    fn lease(&self) -> Lease {
        serde_json::from_value(self.0.lock().unwrap().1.clone()).unwrap()
    }

    fn holder(&self) -> String {
        self.lease().spec.unwrap().holder_identity.unwrap()
    }
}

fn candidate(server: &Server, identity: &str) -> Election {
    let answering = server.clone();
    let stub = Stub::new(move |asked| answering.answer(asked));
    let times = Times {
        term: Duration::from_mins(1),
        hold: Duration::from_millis(300),
        renew: Duration::from_millis(50),
    };
    Election { times, ..Election::new(&stub.client, "shops", identity.into(), Arc::default()) }
}

/// The server, and who leads there.
async fn led() -> (Server, Election) {
    let server = Server::default();
    let leader = candidate(&server, "one");
    leader.claim(None).await.unwrap();
    (server, leader)
}

#[tokio::test]
async fn a_leader_that_cannot_renew_stops_long_before_the_others_may_begin() {
    let (server, leader) = led().await;
    server.change(|_, _, away| *away = true);
    let mut seen = Seen::default();
    seen.observe(Some(server.lease()), Instant::now());
    leader.keep().await;
    leader.fence.closed().await;
    assert!(seen.free_in(Instant::now()).unwrap() > Duration::ZERO);
    let Times { term, hold, renew } = TIMES;
    assert!(
        2 * renew < hold && hold + PATIENCE < term,
        "a renewal may fail; what was sent has time to arrive"
    );
}

#[tokio::test]
async fn a_leader_that_renews_keeps_its_claim_beyond_the_first_deadline() {
    let (_, leader) = led().await;
    assert!(timeout(3 * leader.times.hold, leader.keep()).await.is_err(), "it stopped");
}

#[tokio::test]
async fn a_leader_whose_lease_another_holds_stops_and_does_not_give_it_back() {
    let (server, leader) = led().await;
    candidate(&server, "two").claim(Some(&server.lease())).await.unwrap();
    leader.keep().await;
    leader.release().await;
    assert_eq!(server.holder(), "two");
}

#[tokio::test]
async fn somebody_elses_annotation_or_deletion_is_no_loss() {
    let (server, leader) = led().await;
    server.change(|version, lease, _| {
        *version += 1;
        lease["metadata"]["resourceVersion"] = version.to_string().into();
        lease["metadata"]["annotations"] = json!({"seen-by": "admin"});
    });
    leader.renew().await.unwrap();
    server.change(|version, lease, _| (*version, *lease) = (0, Value::Null));
    leader.renew().await.unwrap();
    assert_eq!(server.holder(), "one");
}

#[tokio::test]
async fn a_lease_is_given_back_though_a_renewal_was_cut_off_and_written_all_the_same() {
    let (server, leader) = led().await;
    let before = leader.held().clone();
    leader.renew().await.unwrap();
    *leader.held() = before;
    leader.release().await;
    assert_eq!(server.holder(), "");
}

#[tokio::test]
async fn of_two_candidates_that_saw_the_same_only_one_wins() {
    let server = Server::default();
    let (one, two) = (candidate(&server, "one"), candidate(&server, "two"));
    let (first, second) = tokio::join!(one.claim(None), two.claim(None));
    assert_ne!(first.is_ok(), second.is_ok());
}

#[tokio::test]
async fn a_lease_that_is_given_back_is_free_at_once() {
    let (server, leader) = led().await;
    leader.release().await;
    assert_eq!(server.holder(), "");
    let mut seen = Seen::default();
    seen.observe(Some(server.lease()), Instant::now());
    assert_eq!(seen.free_in(Instant::now()), Some(Duration::ZERO));
    candidate(&server, "two").claim(seen.lease.as_ref()).await.unwrap();
    let spec = server.lease().spec.unwrap();
    assert_eq!((spec.lease_transitions, spec.holder_identity.as_deref()), (Some(2), Some("two")));
}
