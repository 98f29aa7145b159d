//! `/refund order`: the money of an undelivered order back to its buyer, once.

use stockbot_store::{OrderState, Refund, orders::order, refund::refund};

use super::{
    deed::{self, Deed},
    done,
};
use crate::{
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::{escape, number},
};

/// Asks whether to refund.
pub async fn order_command(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let id = options.text("id");
    let Some(order) = order(&reply.bot.store, reply.bot.shop, id).await? else {
        return Err(unknown(reply, id));
    };
    match order.state {
        OrderState::Paid => {}
        OrderState::Delivered => return Err(of_order(reply, "admin-refund-delivered", &order.id)),
        OrderState::Refunded => return Err(of_order(reply, "admin-refund-before", &order.id)),
    }
    let arguments = [
        ("order", order.id.clone().into()),
        ("total", reply.money(order.total).into()),
        ("growId", escape(&order.grow_id).into()),
        ("quantity", number(order.quantity)),
        ("name", escape(&order.product_name).into()),
    ];
    let question = reply.text("admin-refund-question", &arguments);
    deed::question(reply, &Deed::Refund { order: order.id }, question, "button-refund").await
}

/// Refunds.
pub async fn confirmed(reply: &Reply, id: &str, question: u64) -> Result<(), ReplyError> {
    let external_id = question.to_string();
    match refund(&reply.bot.store, reply.bot.shop, id, &external_id, &reply.actor()).await? {
        Refund::Done { order, balance } => {
            reply.bot.wakeups.display.notify_one();
            let arguments = [
                ("order", order.id.into()),
                ("total", reply.money(order.total).into()),
                ("growId", escape(&order.grow_id).into()),
                ("balance", reply.money(balance).into()),
            ];
            done(reply, "admin-refund-done", &arguments).await
        }
        Refund::AlreadyRefunded => Err(of_order(reply, "admin-refund-before", id)),
        Refund::Delivered => Err(of_order(reply, "admin-refund-delivered", id)),
        Refund::InDelivery => Err(of_order(reply, "admin-refund-delivering", id)),
        Refund::UnknownOrder => Err(unknown(reply, id)),
    }
}

fn unknown(reply: &Reply, id: &str) -> ReplyError {
    of_order(reply, "admin-order-unknown", &escape(id))
}

fn of_order(reply: &Reply, key: &str, id: &str) -> ReplyError {
    reply.refusal(key, &[("order", id.to_owned().into())])
}
