//! serenity and twilight, unchanged, against the stand-in.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

#[path = "../../../../tests/suite/lab.rs"]
#[allow(dead_code, reason = "the stand-in's own tests use all of it")]
mod lab;
mod serenity;
mod twilight;
