//! What the gateway does to a text before it is sent: nothing, one zlib payload each, or one stream of zlib or
//! zstd over the whole connection.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compress, FlushCompress};
use zstd_safe::zstd_sys::ZSTD_EndDirective;
use zstd_safe::{CCtx, InBuffer, OutBuffer};

/// The transport compression of a connection.
pub enum Compression {
    /// Plain text.
    None,
    /// `compress=zlib-stream`: one deflate stream, flushed after each payload.
    Zlib(Box<Compress>),
    /// `compress=zstd-stream`: one zstd frame, flushed after each payload.
    Zstd(Box<CCtx<'static>>),
}

/// A payload that could not be compressed, which ends the connection.
#[derive(Debug, thiserror::Error)]
#[error("the compressor failed: {0}")]
pub struct Broken(String);

impl Compression {
    /// A fresh zlib stream.
    #[must_use]
    pub fn zlib() -> Self {
        Self::Zlib(Box::new(Compress::new(flate2::Compression::fast(), true)))
    }

    /// A fresh zstd stream.
    #[must_use]
    pub fn zstd() -> Self {
        Self::Zstd(Box::new(CCtx::create()))
    }

    /// The bytes of a binary frame for this text, or none if it goes as text.
    pub fn apply(&mut self, text: &str) -> Result<Option<Vec<u8>>, Broken> {
        match self {
            Self::None => Ok(None),
            Self::Zlib(stream) => deflate(stream, text.as_bytes()).map(Some),
            Self::Zstd(stream) => zstd(stream, text.as_bytes()).map(Some),
        }
    }
}

fn deflate(stream: &mut Compress, input: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut output = Vec::with_capacity(input.len() / 2 + 64);
    let start = stream.total_in();
    loop {
        let done = usize::try_from(stream.total_in() - start).unwrap_or(usize::MAX).min(input.len());
        stream
            .compress_vec(&input[done..], &mut output, FlushCompress::Sync)
            .map_err(|error| Broken(error.to_string()))?;
        let all_in = stream.total_in() - start >= input.len() as u64;
        // Room left in the output means that the flush is complete.
        if all_in && output.len() < output.capacity() {
            return Ok(output);
        }
        output.reserve(output.capacity().max(64));
    }
}

fn zstd(stream: &mut CCtx<'static>, input: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut output = Vec::with_capacity(CCtx::out_size().min(input.len() + 256));
    let mut input = InBuffer::around(input);
    loop {
        let start = output.len();
        let left = {
            let mut buffer = OutBuffer::around_pos(&mut output, start);
            stream
                .compress_stream2(&mut buffer, &mut input, ZSTD_EndDirective::ZSTD_e_flush)
                .map_err(|code| Broken(zstd_safe::get_error_name(code).to_owned()))?
        };
        if left == 0 {
            return Ok(output);
        }
        output.reserve(left.max(256));
    }
}

/// One payload as zlib data of its own (`compress: true` in Identify).
pub fn single(text: &str) -> Result<Vec<u8>, Broken> {
    let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .map_err(|error| Broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<String> {
        let noise: String = (0..40_000u32)
            .map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26))
            .collect();
        vec!["{}".into(), "x".repeat(100_000), noise, "end".into()]
    }

    #[test]
    fn a_zlib_stream_ends_each_payload_with_the_flush_mark() {
        let mut stream = Compression::zlib();
        let mut inflate = flate2::Decompress::new(true);
        for text in texts() {
            let bytes = stream.apply(&text).unwrap().unwrap();
            assert!(bytes.ends_with(&[0, 0, 0xFF, 0xFF]));
            let mut plain = Vec::with_capacity(text.len() + 16);
            inflate.decompress_vec(&bytes, &mut plain, flate2::FlushDecompress::Sync).unwrap();
            assert_eq!(plain, text.as_bytes());
        }
    }

    #[test]
    fn a_zstd_stream_can_be_read_payload_by_payload() {
        let mut stream = Compression::zstd();
        let mut context = zstd_safe::DCtx::create();
        for text in texts() {
            let bytes = stream.apply(&text).unwrap().unwrap();
            let mut plain: Vec<u8> = Vec::with_capacity(text.len() + 16);
            let mut input = InBuffer::around(&bytes);
            while input.pos() < bytes.len() {
                let at = plain.len();
                let mut output = OutBuffer::around_pos(&mut plain, at);
                context.decompress_stream(&mut output, &mut input).unwrap();
            }
            assert_eq!(plain, text.as_bytes());
        }
    }
}
