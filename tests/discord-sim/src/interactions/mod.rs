//! What people do to bots, and what becomes of it: making the payload, delivering it through the gateway or by
//! HTTP, taking the answer.

pub mod act;
pub mod answer;
pub mod deliver;
pub mod fields;
pub mod http;
pub mod options;
pub mod payload;
pub mod resolve;
pub mod status;
pub mod submit;
pub mod write;
