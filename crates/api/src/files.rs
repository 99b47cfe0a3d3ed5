//! Files as bodies of answers: they lie in a temporary file without a name before they leave, so that a client that reads
//! slowly holds no connection of the database, and nothing leaves before all of it was made.

use std::fs::File;
use std::io::{self, Read};

use actix_web::web::{self, Bytes};
use futures_util::{Stream, stream};

/// Bytes that are read at once.
const PIECE_BYTES: u64 = 64 * 1024;

/// The file piece by piece, read off the async threads.
pub(crate) fn pieces(file: File) -> impl Stream<Item = Result<Bytes, io::Error>> {
    stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let read = web::block(move || {
            let mut piece = Vec::new();
            let read = file.by_ref().take(PIECE_BYTES).read_to_end(&mut piece)?;
            Ok::<_, io::Error>((read, piece, file))
        })
        .await;
        match read {
            Ok(Ok((0, ..))) => None,
            Ok(Ok((_, piece, file))) => Some((Ok(Bytes::from(piece)), Some(file))),
            Ok(Err(error)) => Some((Err(error), None)),
            Err(_) => Some((Err(io::Error::other("no thread to read on")), None)),
        }
    })
}
