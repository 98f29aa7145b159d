//! The stand-in's own rules for request bodies. Pure: JSON in, a checked value or a 50035 with the paths of
//! all wrong fields out. Nothing here looks at the world.

pub mod cast;
pub mod command;
pub mod component;
pub mod embed;
mod fields;
pub mod form;
pub mod mentions;
pub mod message;
pub mod modal;
pub mod names;
pub mod option;
pub mod select;
pub mod v2;

#[cfg(test)]
mod tests;
