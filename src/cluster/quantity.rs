//! Resource quantities in one spelling: `0.05` and `50m`, `1Gi` and `1024Mi` are the same amount.

use serde_json::Value;

/// Suffixes and their worth in thousandths, from the Kubernetes description of `Quantity`.
const SUFFIXES: [(&str, f64); 15] = [
    ("m", 1.0),
    ("", 1e3),
    ("k", 1e6),
    ("M", 1e9),
    ("G", 1e12),
    ("T", 1e15),
    ("P", 1e18),
    ("E", 1e21),
    ("Ki", 1_024e3),
    ("Mi", 1_048_576e3),
    ("Gi", 1_073_741_824e3),
    ("Ti", 1_099_511_627_776e3),
    ("Pi", 1_125_899_906_842_624e3),
    ("Ei", 1.152_921_504_606_847e21),
    ("u", 1e-3),
];

/// The amount in thousandths, for comparison; `None` if it is not a quantity.
pub fn canonical(text: &str) -> Option<Value> {
    let suffix_at =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(suffix_at);
    let worth = match suffix.strip_prefix(['e', 'E']).filter(|exponent| !exponent.is_empty()) {
        Some(exponent) => 10_f64.powi(exponent.parse().ok()?) * 1e3,
        None => SUFFIXES.iter().find(|(name, _)| *name == suffix)?.1,
    };
    let amount = digits.parse::<f64>().ok()? * worth;
    // What is finer than a thousandth is rounded up, as the API server does; not what is only a float's error.
    let nearest = amount.round();
    let is_whole = (amount - nearest).abs() <= nearest.abs() * f64::EPSILON * 4.0;
    Some(Value::from(if is_whole { nearest } else { amount.ceil() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_amounts_in_different_spellings_are_equal() {
        for (a, b) in [
            ("0.05", "50m"),
            ("1Gi", "1024Mi"),
            ("1e3", "1k"),
            ("0.5Gi", "512Mi"),
            ("2", "2000m"),
            ("1.2m", "2m"),
            ("100u", "1m"),
            ("0.3", "300m"),
        ] {
            assert_eq!(canonical(a).unwrap(), canonical(b).unwrap(), "{a} {b}");
        }
        assert_ne!(canonical("64Mi"), canonical("64M"));
        assert_eq!(canonical("lots"), None);
    }
}
