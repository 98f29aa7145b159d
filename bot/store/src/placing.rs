//! Writes the order of a sale and what Discord is owed for it, within the sale's transaction.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Held, Order, OrderState, OutboxJob, OutboxKind, Receipt, SalePayload, ShopId, StoreError,
    db::{Tx, Word as _, get, id, seconds},
    orders::{order_within, units_within},
    outbox::nonce,
    sale::Sale,
};

/// Writes the order and what Discord is owed for it, and that the confirmation was acknowledged.
pub(crate) async fn write_order(
    tx: &mut Tx,
    sale: &Sale<'_>,
) -> Result<(Order, Option<Box<Held>>), StoreError> {
    let Sale { shop, request, order_id, code, product_name, account, total, .. } = sale;
    let (mut words, mut nonces, mut payloads) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, payload) in jobs(sale) {
        words.push(kind.word().to_owned());
        nonces.push(nonce(order_id, kind));
        payloads.push(to_value(&payload)?);
    }
    let deliverer = request.deliverer.as_ref();
    let sql = sqlx::query!(
        r#"WITH job AS (
            INSERT INTO stockbot.outbox (shop_id, bot, application_id, order_id, kind, nonce, payload,
                attempts, lease_owner, lease_until, next_at, sent_at)
            SELECT $2, $3, $4, $1, job.kind, job.nonce, job.payload,
                CASE WHEN held.yes THEN 1 ELSE 0 END, CASE WHEN held.yes THEN $16 END,
                CASE WHEN held.yes THEN now() + make_interval(secs => $17) END,
                CASE WHEN held.yes THEN now() + make_interval(secs => $17) ELSE now() END,
                CASE WHEN held.yes AND job.kind = 'delivery' THEN now() END
            FROM unnest($5::text[], $6::text[], $7::jsonb[]) AS job (kind, nonce, payload),
                LATERAL (SELECT $16::text IS NOT NULL AND job.kind IN ('delivery', 'receipt') AS yes) held
            RETURNING id, kind
        ), acknowledged AS (
            UPDATE stockbot.interactions SET state = 'acknowledged', acknowledged_at = now()
            WHERE id = $9 AND state = 'received'
        ), placed AS (
            INSERT INTO stockbot.orders
                (id, shop_id, bot, customer_id, interaction_id, product_code, product_name, quantity, unit_price, total,
                 confirmation_id)
            VALUES ($1, $2, $3, $8, $9, $10, $11, $12, $13, $14, $15)
            RETURNING created_at
        )
        SELECT created_at AS "created_at: jiff_sqlx::Timestamp",
            (SELECT id FROM job WHERE kind = 'delivery') AS "delivery!",
            (SELECT id FROM job WHERE kind = 'receipt') AS "receipt!"
        FROM placed"#,
        order_id,
        shop.0,
        request.bot,
        id(request.application_id),
        &words,
        &nonces,
        &payloads,
        account.customer_id,
        id(request.interaction_id),
        code,
        product_name,
        i32::try_from(request.quantity).unwrap_or(i32::MAX),
        request.unit_price,
        total,
        id(request.confirmation_id),
        deliverer.map(|deliverer| deliverer.owner.as_str()),
        deliverer.map(|deliverer| seconds(deliverer.lease)),
    );
    let row = tx.one(sql).await?;
    let order = placed(sale, row.created_at.to_jiff());
    let ids = (row.delivery, row.receipt);
    let held = deliverer.map(|deliverer| held(sale, &order, ids, &deliverer.owner)).transpose()?;
    Ok((order, held.map(Box::new)))
}

fn placed(sale: &Sale<'_>, created_at: Timestamp) -> Order {
    Order {
        id: sale.order_id.clone(),
        product_code: sale.code.clone(),
        product_name: sale.product_name.clone(),
        quantity: sale.request.quantity,
        unit_price: sale.request.unit_price,
        total: sale.total,
        state: OrderState::Paid,
        created_at,
        delivered_at: None,
        customer_id: sale.account.customer_id,
        user_id: sale.request.user_id,
        grow_id: sale.grow_id.clone(),
        interaction_id: sale.request.interaction_id,
    }
}

/// The jobs as their holder has them.
fn held(
    sale: &Sale<'_>,
    order: &Order,
    (delivery, receipt): (i64, i64),
    owner: &str,
) -> Result<Held, StoreError> {
    let payload = payload(sale);
    let value = to_value(&payload)?;
    let job = |id, kind, sent_at| OutboxJob {
        id,
        shop: sale.shop,
        kind,
        order_id: Some(order.id.clone()),
        payload: value.clone(),
        attempts: 1,
        nonce: nonce(&order.id, kind),
        application_id: sale.request.application_id,
        created_at: order.created_at,
        sent_at,
        owner: owner.to_owned(),
    };
    Ok(Held {
        // Nothing was sent yet: this first holder need not look.
        delivery: job(delivery, OutboxKind::Delivery, None),
        receipt: job(receipt, OutboxKind::Receipt, None),
        payload,
        direct_channel: sale.direct_channel,
    })
}

fn to_value(payload: &SalePayload) -> Result<Value, StoreError> {
    serde_json::to_value(payload).map_err(|error| StoreError::Unexpected(error.to_string()))
}

fn payload(sale: &Sale<'_>) -> SalePayload {
    let Sale { request, grow_id, account, total, .. } = sale;
    SalePayload {
        user_id: request.user_id,
        grow_id: grow_id.clone(),
        interaction_id: request.interaction_id,
        token: request.token.clone(),
        locale: request.locale,
        balance: account.balance - total,
        channel_id: None,
        role: None,
    }
}

/// The goods and the receipt always; posts and the role as the shop wants them.
fn jobs(sale: &Sale<'_>) -> Vec<(OutboxKind, SalePayload)> {
    let payload = payload(sale);
    let effects = &sale.request.effects;
    // These answer nothing.
    let aside = SalePayload { token: String::new(), ..payload.clone() };
    let post = |kind, channel: Option<u64>| {
        channel.map(|id| (kind, SalePayload { channel_id: Some(id), ..aside.clone() }))
    };
    let role =
        effects.role.map(|role| (OutboxKind::BuyerRole, SalePayload { role: Some(role), ..aside.clone() }));
    let always = [OutboxKind::Delivery, OutboxKind::Receipt].map(|kind| (kind, payload.clone()));
    always
        .into_iter()
        .chain(post(OutboxKind::HistoryPost, effects.history_channel))
        .chain(post(OutboxKind::LogPost, effects.log_channel))
        .chain(role)
        .collect()
}

/// The receipt of an earlier purchase, with the balance that it left.
pub(crate) async fn receipt(tx: &mut Tx, shop: ShopId, order_id: &str) -> Result<Receipt, StoreError> {
    let order = order_within(tx, shop, order_id).await?;
    let units = units_within(tx, shop, order_id).await?;
    let sql = sqlx::query(
        "SELECT e.balance_after FROM stockbot.ledger_transfers t
         JOIN stockbot.ledger_entries e ON e.transfer_id = t.id
         JOIN stockbot.accounts a ON a.id = e.account_id AND a.customer_id IS NOT NULL
         WHERE t.shop_id = $1 AND t.kind = 'purchase' AND t.order_id = $2",
    );
    let balance = get(&tx.one(sql.bind(shop.0).bind(order_id)).await?, "balance_after")?;
    Ok(Receipt { order, balance, units, held: None })
}
