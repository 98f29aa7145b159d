//! x
fn main() { for crd in stockbot_operator::api::definitions() { println!("---\n{}", serde_yaml::to_string(&crd).unwrap_or_default()); } }
