//! The store against a real Postgres: one server for all tests of this program, one database per test.

#![cfg(test)]

mod books;
mod commit;
mod connection;
mod customers;
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
mod purchase;
mod race;
mod settlement;
mod shop;
mod statements;
