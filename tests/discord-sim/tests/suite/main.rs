//! The stand-in from outside: by a bare socket, by plain requests. Every rule of Discord that it keeps has a test named
//! after it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod answers;
mod closing;
mod commands;
mod control;
mod echoes;
mod front;
mod gateway;
mod http;
mod interactions;
mod lab;
mod limits;
mod memory;
mod modals;
mod modelled;
mod pages;
mod registry;
mod repeat;
mod rest;
mod robust;
mod rules;
mod shop;
mod socket;
mod table;
mod webhooks;
