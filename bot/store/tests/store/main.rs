//! The store against a real Postgres: one server for all tests of this program, one database per test.

#![cfg(test)]

mod books;
mod checked;
mod commit;
mod connection;
mod counts;
mod customers;
mod day;
mod displays;
mod feed;
mod identify;
mod interactions;
mod leases;
mod logs;
mod migrations;
mod orders;
mod outbox;
mod plans;
mod products;
mod pruning;
mod purchase;
mod race;
mod rights;
mod rush;
mod schema_changes;
mod secrets;
mod servers;
mod settlement;
mod shop;
mod statements;
