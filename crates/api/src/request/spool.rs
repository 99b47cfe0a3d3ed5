//! Bodies that are too large for memory: written to a temporary file as they arrive.
//!
//! The file has no name (it is unlinked when it is made) and vanishes with its handle. A slow client holds neither
//! memory nor a connection of the database: the unit of work begins when all has arrived.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::time::Duration;

use actix_web::http::header::{CONTENT_ENCODING, HeaderMap};
use actix_web::rt::time::timeout;
use actix_web::web::{self, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};

use crate::problem::{Problem, ProblemCode};

/// Longest silence of a client in the middle of a body.
const MAX_SILENCE: Duration = Duration::from_secs(30);
/// Bytes that are written at once.
const WRITE_BYTES: usize = 256 * 1024;

/// Most bytes of a file of signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportLimit(pub usize);

/// A body in a temporary file, to be read from its beginning.
#[derive(Debug)]
pub struct Spooled {
    /// The file, at its beginning.
    pub file: File,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
}

struct Writing {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Writing {
    fn write(mut self, piece: &[u8]) -> io::Result<Self> {
        self.file.write_all(piece)?;
        self.hash.update(piece);
        self.bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        Ok(self)
    }

    fn finish(mut self) -> io::Result<Spooled> {
        self.file.rewind()?;
        Ok(Spooled { file: self.file, bytes: self.bytes, sha256: self.hash.finalize().into() })
    }
}

/// Whether a body comes as it is, not compressed.
#[must_use]
pub fn is_plain(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Writes what arrives to a temporary file, off the async threads.
///
/// # Errors
/// `payload_too_large` (413) past the limit, `request_timeout` (408) where the client falls silent, `bad_request` (400)
/// where the connection broke or the framing is wrong, `internal` (500) where the disk is full.
pub async fn spool<E>(
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    limit: usize,
) -> Result<Spooled, Problem> {
    let mut writing = blocking(|| {
        let file = tempfile::tempfile()?;
        Ok(Writing { file, hash: Sha256::new(), bytes: 0 })
    })
    .await?;
    let mut arrived = 0_usize;
    let mut piece = BytesMut::new();
    loop {
        let next = timeout(MAX_SILENCE, body.next()).await.map_err(|_| Problem::new(ProblemCode::RequestTimeout))?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|_| Problem::new(ProblemCode::BadRequest))?;
        arrived = arrived.saturating_add(chunk.len());
        if arrived > limit {
            return Err(Problem::new(ProblemCode::PayloadTooLarge).with("limit_bytes", limit));
        }
        piece.extend_from_slice(&chunk);
        if piece.len() >= WRITE_BYTES {
            let full = piece.split().freeze();
            writing = blocking(move || writing.write(&full)).await?;
        }
    }
    let last = piece.freeze();
    blocking(move || writing.write(&last)?.finish()).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Problem> {
    let done = web::block(work).await.map_err(|_| Problem::new(ProblemCode::Internal))?;
    done.map_err(|error| Problem::internal(&error))
}
