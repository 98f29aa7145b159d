//! Answers interactions: insert -> acknowledge -> one transaction -> edit.
//!
//! `request` is what somebody asks for, `wanted` what its answer will show, `reply` one interaction and its answers (`reads` what they show), `error` why there is none; `router` finds the
//! handler; one file per thing that people can do (`menu`, `buy` and `confirm` are the steps of buying). `maintenance` is the closed shop; `patience` keeps nobody waiting, by the answer's
//! `stage`; `ending` writes down how it went; `recovery` finishes or answers what a dead pod had begun.

mod admin;
mod autocomplete;
mod balance;
mod buy;
pub mod command_set;
mod commands;
mod confirm;
mod ending;
mod error;
mod error_code;
mod help;
mod history;
mod maintenance;
mod menu;
mod options;
mod orders;
mod patience;
mod ping;
mod reads;
mod recovery;
mod register;
mod reply;
mod request;
mod request_log;
mod router;
mod stage;
mod stock_card;
mod stock_list;
mod wanted;
mod world;

use std::{sync::Arc, time::Instant};

use serenity::model::application::Interaction;
use stockbot_store::{Arrival, arrivals::receive_interaction};

pub use recovery::{ABANDONED_AFTER, recover};

use self::{error::ReplyError, reply::Reply, request::Request};
use crate::context::Bot;

/// Takes an interaction over: `stored` is called once it is safe that a repeat will be recognised.
pub fn accept(bot: Arc<Bot>, interaction: Interaction, stored: impl FnOnce() + Send + 'static) {
    let began = Instant::now();
    let tasks = bot.tasks.clone();
    tasks.spawn(async move {
        let Some(request) = Request::read(&bot, interaction) else { return stored() };
        if request.guild.is_some_and(|guild| guild != bot.config().guild_id.get()) {
            // Of another guild of the application, whose own bot answers.
            return stored();
        }
        if request.is_autocomplete() {
            // Reads only: nothing to remember, and a repeat does no harm.
            stored();
            return autocomplete::answer(&bot, &request, began.into()).await;
        }
        let record = request.record(&bot);
        let receiving = receive_interaction(&bot.store, &record, wanted::wanted(&request));
        let arrival = patience::in_time(began.into(), receiving).await;
        stored();
        match arrival {
            Ok(arrival) if arrival.first => handle(&bot, &request, arrival, began).await,
            Ok(_) => ending::count(&bot, &request, "repeated"),
            Err(error) => {
                let reply = Reply::new(bot.clone(), &request, began);
                reply.refuse(&ReplyError::Store(error)).await;
                ending::count(&bot, &request, "error");
            }
        }
    });
}

async fn handle(bot: &Arc<Bot>, request: &Request, arrival: Arrival, began: Instant) {
    let reply = Reply::new(bot.clone(), request, began).arrived(arrival);
    let result = patience::answered_in_time(&reply, router::route(&reply, request)).await;
    if let Err(failure) = &result {
        reply.refuse(failure).await;
    }
    ending::write_down(bot, request, &reply, result, began).await;
}
