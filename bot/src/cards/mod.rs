//! What people read, as values: replies, receipts, the delivery file, a product's line. Pure: no database, no network.
//!
//! `card` is a message and the only way to build one that pings nobody; `button` the words on buttons, `next_steps` those under a
//! reply; `receipt` the last reply of a purchase; `csv_file` a table as a file; `goods_file` the file with the goods;
//! `product_line` one product in a list,
//! `order` how lists are ordered.

mod button;
mod card;
mod csv_file;
mod goods_file;
mod next_steps;
mod order;
mod product_line;
mod receipt;

pub use button::button_label;
pub use card::{Card, Mood, clip, plain};
pub use csv_file::csv_file;
pub use goods_file::goods_file;
pub use next_steps::next_steps;
pub use order::{by_category, natural};
pub use product_line::product_line;
pub use receipt::{Via, receipt_card};

#[cfg(test)]
pub(crate) use product_line::tests::sample;
