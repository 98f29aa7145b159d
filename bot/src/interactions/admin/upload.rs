//! A file that somebody uploaded with a command, as text: whatever encoding an editor has given it.

use bytes::Bytes;

use crate::interactions::{error::ReplyError, reply::Reply};

/// Largest file (ui.md).
const MAX_FILE_BYTES: usize = 5 * 1024 * 1024;

/// Fetches the file and reads it.
pub async fn read(reply: &Reply, name: &str, size: u32, url: &str) -> Result<String, ReplyError> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if !matches!(ending.as_deref(), Some("txt" | "csv")) {
        return Err(unusable(reply, "admin-stock-file-kind"));
    }
    if usize::try_from(size).unwrap_or(usize::MAX) > MAX_FILE_BYTES {
        return Err(unusable(reply, "admin-stock-file-size"));
    }
    let content: Bytes = reply.bot.rest.download(url, MAX_FILE_BYTES).await.map_err(|error| {
        tracing::warn!(%error, "an uploaded stock file could not be fetched");
        unusable(reply, "admin-stock-file-download")
    })?;
    decode(&content).ok_or_else(|| unusable(reply, "admin-stock-file-text"))
}

/// Why the file is of no use.
pub fn unusable(reply: &Reply, reason: &str) -> ReplyError {
    reply.refusal("admin-stock-file", &[("reason", reply.text(reason, &[]).into())])
}

/// UTF-8, or UTF-16 of either order, with or without a byte order mark. `None`: neither.
fn decode(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // In UTF-16 every second byte of plain letters is 0, and a text has no other zeros.
        _ if has_zeros(bytes, 1) => utf16(bytes, u16::from_le_bytes),
        _ if has_zeros(bytes, 0) => utf16(bytes, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}

/// Are at least half of the bytes at even (0) or odd (1) places zero, and none of the others?
fn has_zeros(bytes: &[u8], odd: usize) -> bool {
    let pairs = bytes.chunks_exact(2);
    let (mut zeros, mut all) = (0, 0);
    for pair in pairs {
        if pair[1 - odd] == 0 {
            return false;
        }
        all += 1;
        zeros += usize::from(pair[odd] == 0);
    }
    bytes.len().is_multiple_of(2) && all > 0 && zeros * 2 >= all
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn a_file_is_read_in_the_encoding_that_an_editor_has_given_it() {
        let text = "akun:sandi\r\nkedua:é\r\n";
        let marked = format!("\u{feff}{text}");
        assert_eq!(decode(text.as_bytes()).as_deref(), Some(text));
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(decode(&bytes(text, unit)).as_deref(), Some(text));
            assert_eq!(decode(&bytes(&marked, unit)).as_deref(), Some(text));
        }
        assert_eq!(decode(b"a\0b\nsecond").as_deref(), Some("a\0b\nsecond"), "a NUL is told as a NUL");
        assert_eq!(decode(b""), Some(String::new()));
        assert_eq!(decode(b"\xff\xd8\xff\xe0"), None);
        assert_eq!(decode(b"\xff\xfea"), None, "half a character");
        assert_eq!(decode(b"\xff\xfe\x00\xd8"), None, "half a pair");
    }
}
