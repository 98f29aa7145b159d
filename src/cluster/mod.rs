//! What is known of the cluster: summaries of what is watched, Secrets, what the pods said, and whose rollout is next.
//! Must not: decide what to do about it, or know how it is done.

pub mod cache;
pub mod child;
pub mod context;
pub mod deployment;
pub mod footprint;
pub mod foreign;
pub mod pod;
mod quantity;
pub mod rejections;
pub mod reports;
pub mod rollout_pace;
pub mod secrets;
