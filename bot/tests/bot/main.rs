//! The real bot binary with the Discord stand-in and a database of its own, as its users meet it: one program, so that what the
//! tests share is built once and those that wait leave the machine to others.

mod admin;
mod buying;
mod canary;
mod delivery;
mod deposits;
mod edge;
mod faults;
mod guild;
mod idle;
mod left_behind;
mod live_message;
mod live_settings;
mod neighbours;
mod outage;
mod people;
mod purchase;
mod recovery;
mod reports;
mod rollout;
mod skew;
mod support;
mod transactions;
mod troubles;
