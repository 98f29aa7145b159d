//! Collects figures over runs, prints them and writes them down.

use std::path::Path;

use serde_json::{Value, json};

/// Figures by name, in the order they first came.
#[derive(Default)]
pub struct Figures {
    rows: Vec<(String, &'static str, Vec<f64>)>,
}

impl Figures {
    /// Adds one run's figure.
    pub fn add(&mut self, name: &str, unit: &'static str, value: f64) {
        eprintln!("  {name}: {value:.1} {unit}");
        match self.rows.iter_mut().find(|row| row.0 == name) {
            Some(row) => row.2.push(value),
            None => self.rows.push((name.to_owned(), unit, vec![value])),
        }
    }

    /// The median of a figure.
    pub fn median(&self, name: &str) -> f64 {
        self.of(name).1
    }

    /// The least value of a figure.
    pub fn least(&self, name: &str) -> f64 {
        self.of(name).0
    }

    fn of(&self, name: &str) -> (f64, f64, f64) {
        Self::summary(&self.rows.iter().find(|row| row.0 == name).unwrap().2)
    }

    fn summary(values: &[f64]) -> (f64, f64, f64) {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        (sorted[0], sorted[sorted.len() / 2], sorted[sorted.len() - 1])
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("{:<58} {:>7} {:>10} {:>10} {:>10}", "", "", "min", "median", "max");
        for (name, unit, values) in &self.rows {
            let (min, median, max) = Self::summary(values);
            println!("{name:<58} {unit:>7} {min:>10.2} {median:>10.2} {max:>10.2}");
        }
    }

    /// Writes `target/bench/{name}.json`.
    pub fn write(&self, name: &str) {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|(name, unit, values)| {
                let (min, median, max) = Self::summary(values);
                json!({ "figure": name, "unit": unit, "min": min, "median": median, "max": max, "runs": values })
            })
            .collect();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
        std::fs::create_dir_all(&folder).unwrap();
        let text = serde_json::to_string_pretty(&rows).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), text).unwrap();
    }
}

/// The 99th percentile of durations in milliseconds.
pub fn p99(mut milliseconds: Vec<f64>) -> f64 {
    milliseconds.sort_by(f64::total_cmp);
    let at = milliseconds.len() * 99 / 100;
    milliseconds.get(at.min(milliseconds.len().saturating_sub(1))).copied().unwrap_or_default()
}
