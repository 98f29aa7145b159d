//! Collects the figures of a bench over its runs, prints them and writes them down.
#![expect(clippy::expect_used, reason = "a bench that cannot write its figures has failed")]

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
    ///
    /// # Panics
    /// When there is none of this name.
    #[must_use]
    pub fn median(&self, name: &str) -> f64 {
        self.of(name).1
    }

    /// The least value of a figure.
    ///
    /// # Panics
    /// When there is none of this name.
    #[must_use]
    pub fn least(&self, name: &str) -> f64 {
        self.of(name).0
    }

    fn of(&self, name: &str) -> (f64, f64, f64) {
        Self::summary(&self.rows.iter().find(|row| row.0 == name).expect("a figure of this name was added").2)
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
    ///
    /// # Panics
    /// When it cannot.
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
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = format!("{:#}\n", Value::from(rows));
        std::fs::write(folder.join(format!("{name}.json")), text).expect("a file");
    }
}

/// The value that so many of a hundred do not exceed.
#[must_use]
pub fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = values.len() * percent / 100;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The 99th percentile.
#[must_use]
pub fn p99(values: Vec<f64>) -> f64 {
    percentile(values, 99)
}
