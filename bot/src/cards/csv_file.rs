//! A table as a CSV file that a spreadsheet shows and never runs.

use std::fmt::Write as _;

use bytes::Bytes;

use crate::discord::File;

/// Discord takes files of 10 MB.
const MOST_BYTES: usize = 9_000_000;

/// The file, and how many rows (without the heading) are in it.
#[must_use]
pub fn csv_file(name: &str, rows: &[Vec<String>]) -> (File, usize) {
    let mut content = String::new();
    let mut written = 0_usize;
    for row in rows {
        let line = row.iter().map(|cell| shown(cell)).collect::<Vec<_>>().join(",");
        if content.len() + line.len() > MOST_BYTES {
            break;
        }
        // A String takes everything.
        let _ = write!(content, "{line}\r\n");
        written += 1;
    }
    (File { name: name.into(), content: Bytes::from(content) }, written.saturating_sub(1))
}

/// A cell as RFC 4180 writes it. Spreadsheets take what begins with `=`, `+`, `-`, `@`, a tab or a return for a formula, so
/// that everything but a number gets an apostrophe before it.
fn shown(cell: &str) -> String {
    let is_number = cell.parse::<i64>().is_ok() && !cell.starts_with('+');
    let runs =
        cell.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let guarded = if (runs || cell.starts_with(['\t', '\r'])) && !is_number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if guarded.contains([',', '"', '\r', '\n', ';']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_harmless() {
        for (cell, written) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("-150", "-150"),
            ("150", "150"),
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("+1", "'+1"),
            ("-1+1", "'-1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1", "' =1"),
            ("\t=1", "'\t=1"),
        ] {
            assert_eq!(shown(cell), written);
        }
        let rows = vec![vec!["a".to_owned(), "b".to_owned()], vec!["1".to_owned(), "2".to_owned()]];
        let (file, written) = csv_file("x.csv", &rows);
        assert_eq!((&file.content[..], written), (&b"a,b\r\n1,2\r\n"[..], 1));
    }
}
