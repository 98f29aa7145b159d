//! What users get wrong is told in the status, with what to do, and heals when it is mended; the operator is never touched.

use stockbot_harness::{eventually, free_port};

use crate::{cluster::DEADLINE, stage::Stage};

#[tokio::test]
async fn bad_input_is_told_in_the_status_and_heals_when_it_is_mended() {
    let stage = Stage::set().await;
    // Nothing is there yet.
    let documents = stage.documents();
    let (bot, display) = documents.split_once("---\n").expect("two documents");
    stage.cluster.apply(display).await;
    let told = stage.cluster.condition("stockdisplay/main", "Stalled", "True", "BotNotFound").await;
    assert!(told.contains("growshop"), "{told}");
    stage.cluster.apply(bot).await;
    let told = stage.cluster.condition("discordbot/growshop", "Stalled", "True", "SecretNotFound").await;
    assert!(told.contains("growshop-discord"), "{told}");

    // A token that Discord refuses.
    stage.cluster.secret("growshop-discord", "token", "wrong").await;
    stage.cluster.secret("shop-postgres", "url", &stage.database_url).await;
    let told = stage.cluster.condition("discordbot/growshop", "Stalled", "True", "TokenInvalid").await;
    assert!(told.contains("growshop-discord"), "{told}");
    stage.cluster.condition("discordbot/growshop", "TokenValid", "False", "Rejected").await;
    eventually(DEADLINE, "the bot is stopped", || async {
        let pods = stage.cluster.pods().await;
        if pods.is_empty() { Ok(()) } else { Err(pods) }
    })
    .await;
    assert_eq!(stage.world.identifies().await, 0, "no session start was used");

    // Mended: everything heals without touching the operator.
    stage.cluster.secret("growshop-discord", "token", &stage.world.token).await;
    stage.cluster.wait_ready().await;

    // A channel that does not exist, then the right one again.
    stage.cluster.apply(&display.replace(&stage.world.channel, "1100000000000000099")).await;
    stage.cluster.condition("stockdisplay/main", "Ready", "False", "ChannelNotFound").await;
    stage.cluster.apply(display).await;
    stage.cluster.wait_ready().await;
    assert_eq!(stage.messages().await, 1);
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_told_and_heals_when_it_is_mended() {
    let stage = Stage::set().await;
    let bot = "discordbot/growshop";
    stage.cluster.secret("growshop-discord", "token", &stage.world.token).await;

    // The Secret is there, its key is not.
    stage.cluster.secret("shop-postgres", "uri", &stage.database_url).await;
    stage.cluster.apply(&stage.documents()).await;
    let told = stage.cluster.condition(bot, "Stalled", "True", "SecretKeyMissing").await;
    assert!(told.contains("shop-postgres") && told.contains("url"), "{told}");

    // A value that is no URL.
    stage.cluster.secret("shop-postgres", "url", "no-url-but-a-s3cret").await;
    let told = eventually(DEADLINE, "the malformed URL is told", || async {
        let told = stage.cluster.condition(bot, "Stalled", "True", "SecretKeyMissing").await;
        if told.contains("is not a URL like postgres://") { Ok(told) } else { Err(told) }
    })
    .await;
    assert!(told.contains("shop-postgres") && !told.contains("s3cret"), "{told}");

    // A server where nobody listens.
    let (address, _) = stage.database_url.rsplit_once(':').expect("a URL with a port");
    let nobody = format!("{address}:{}/shop?sslmode=disable", free_port());
    stage.cluster.secret("shop-postgres", "url", &nobody).await;
    let told = stage.cluster.condition(bot, "DatabaseReady", "False", "Unreachable").await;
    assert!(told.contains("shop-postgres") && !told.contains(&nobody), "{told}");
    stage.cluster.condition(bot, "Stalled", "False", "NotStalled").await;
    stage.cluster.condition(bot, "Degraded", "True", "DatabaseUnavailable").await;
    assert_eq!(stage.world.identifies().await, 0, "no session start was used");

    stage.cluster.secret("shop-postgres", "url", &stage.database_url).await;
    stage.cluster.wait_ready().await;
    stage.cluster.condition(bot, "DatabaseReady", "True", "Migrated").await;

    // The server goes away under the running bot and comes back: the same pod serves on, with the same session.
    let pods = stage.cluster.pods().await;
    stage.postgres.stop().await.expect("Postgres stops");
    stage.cluster.condition(bot, "DatabaseReady", "False", "Unreachable").await;
    stage.postgres.run().await.expect("Postgres starts");
    stage.cluster.condition(bot, "DatabaseReady", "True", "Migrated").await;
    stage.cluster.wait_ready().await;
    assert_eq!(stage.cluster.pods().await, pods);
    assert_eq!(stage.world.identifies().await, 1, "one session start in all");
}
