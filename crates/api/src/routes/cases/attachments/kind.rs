//! What a file is, by its content: neither its name nor what the client says of it counts.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use file_format::FileFormat;
use qorgan_domain::Invalid;
use qorgan_domain::cases::AttachmentKind;

/// Where a reader of PDF still looks for the header of one.
const HEAD_BYTES: u64 = 1024;
/// Longest end of an archive: its record and the comment after it.
const TAIL_BYTES: u64 = 22 + 65_535;
const PIECE_BYTES: usize = 256 * 1024;
const END_OF_ARCHIVE: &[u8] = b"PK\x05\x06";
const PDF_HEADER: &[u8] = b"%PDF-";
/// Names of parts of office documents that run.
const RUNNING_PARTS: [&[u8]; 3] = [b"vbaProject.bin", b"Basic/script", b"activeX/activeX"];

/// Finds out what a file is, and that it is that alone. The file is at its beginning afterwards.
///
/// # Errors
/// Outside, what the file system answers; inside, `file_kind_unknown` (`allowed`) and `file_two_kinds`.
pub fn kind_of(file: &mut File) -> io::Result<Result<AttachmentKind, Invalid>> {
    file.rewind()?;
    let format = FileFormat::from_reader(BufReader::new(&mut *file))?;
    let kind = match known(format) {
        Some(kind) => Some(kind),
        None => is_text(file)?.then_some(AttachmentKind::Txt),
    };
    let Some(kind) = kind else {
        let allowed: Vec<&str> = AttachmentKind::ALL.iter().map(|kind| kind.as_str()).collect();
        return Ok(Err(Invalid::new("file_kind_unknown").with("allowed", allowed.join(", "))));
    };
    let hides = hides_another(file, kind)?;
    file.rewind()?;
    Ok(if hides { Err(Invalid::new("file_two_kinds")) } else { Ok(kind) })
}

const fn known(format: FileFormat) -> Option<AttachmentKind> {
    Some(match format {
        FileFormat::PortableDocumentFormat => AttachmentKind::Pdf,
        FileFormat::JointPhotographicExpertsGroup => AttachmentKind::Jpeg,
        FileFormat::PortableNetworkGraphics => AttachmentKind::Png,
        FileFormat::HighEfficiencyImageCoding | FileFormat::HighEfficiencyImageFileFormat => AttachmentKind::Heic,
        FileFormat::OfficeOpenXmlDocument => AttachmentKind::Docx,
        FileFormat::OfficeOpenXmlSpreadsheet => AttachmentKind::Xlsx,
        FileFormat::OpendocumentText => AttachmentKind::Odt,
        FileFormat::Mpeg12AudioLayer3 => AttachmentKind::Mp3,
        FileFormat::AppleItunesAudio | FileFormat::Mpeg4Part14Audio => AttachmentKind::M4a,
        FileFormat::Mpeg4Part14 | FileFormat::Mpeg4Part14Video => AttachmentKind::Mp4,
        _ => return None,
    })
}

/// Whether readers of another kind would take the file for theirs: an archive behind a picture, a PDF in the head of
/// something else, a program in an office document.
fn hides_another(file: &mut File, kind: AttachmentKind) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let head = part(file, 0, HEAD_BYTES)?;
    if kind == AttachmentKind::Pdf {
        return Ok(!head.starts_with(PDF_HEADER) || ends_as_archive(file, length)?);
    }
    if contains(&head, PDF_HEADER) {
        return Ok(true);
    }
    if kind.is_archive() {
        return Ok(!head.starts_with(b"PK\x03\x04") || holds_running_part(file)?);
    }
    ends_as_archive(file, length)
}

fn part(file: &mut File, from: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let mut part = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(bytes).read_to_end(&mut part)?;
    Ok(part)
}

/// Whether an archive ends where the file ends: its record, and a comment of just the length that it tells.
fn ends_as_archive(file: &mut File, length: u64) -> io::Result<bool> {
    const RECORD: usize = 22;
    let tail = part(file, length.saturating_sub(TAIL_BYTES), TAIL_BYTES)?;
    Ok(tail.windows(RECORD).enumerate().any(|(at, record)| {
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        // Readers are lenient about what follows: a comment that is shorter than the rest counts too.
        record.starts_with(END_OF_ARCHIVE) && at + RECORD + comment <= tail.len()
    }))
}

/// Names of an archive's parts stand in it as they are.
fn holds_running_part(file: &mut File) -> io::Result<bool> {
    file.rewind()?;
    let longest = RUNNING_PARTS.iter().map(|name| name.len()).max().unwrap_or_default();
    let mut window = Vec::with_capacity(PIECE_BYTES + longest);
    loop {
        let kept = window.len().saturating_sub(longest);
        window.drain(..kept);
        let piece = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
        if file.by_ref().take(piece).read_to_end(&mut window)? == 0 {
            return Ok(false);
        }
        if RUNNING_PARTS.iter().any(|name| contains(&window, name)) {
            return Ok(true);
        }
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Whether the file is UTF-8 without other control characters than those of lines and pages.
fn is_text(file: &mut File) -> io::Result<bool> {
    file.rewind()?;
    let mut piece = Vec::with_capacity(PIECE_BYTES + 4);
    loop {
        let limit = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
        let read = file.by_ref().take(limit).read_to_end(&mut piece)?;
        let (text, rest) = match str::from_utf8(&piece) {
            Ok(text) => (text, 0),
            // A character may be cut in two by the end of the piece, but not by that of the file.
            Err(error) if error.error_len().is_none() && read > 0 => {
                let whole = error.valid_up_to();
                (str::from_utf8(&piece[..whole]).unwrap_or_default(), piece.len() - whole)
            }
            Err(_) => return Ok(false),
        };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}')) {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
        let done = piece.len() - rest;
        piece.drain(..done);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn code(bytes: &[u8]) -> Result<AttachmentKind, &'static str> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        kind_of(&mut file).unwrap().map_err(|invalid| invalid.code())
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00";

    #[test]
    fn kinds_by_content() {
        assert_eq!(code(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), Ok(AttachmentKind::Pdf));
        assert_eq!(code(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"), Ok(AttachmentKind::Jpeg));
        assert_eq!(code(PNG), Ok(AttachmentKind::Png));
        assert_eq!(code("Акт осмотра\r\n\tстр. 1".as_bytes()), Ok(AttachmentKind::Txt));
        assert_eq!(code("ә".repeat(PIECE_BYTES).as_bytes()), Ok(AttachmentKind::Txt));
        for other in [
            &b"MZ\x90\x00\x03\x00\x00\x00"[..],
            b"\x7fELF\x02\x01\x01\x00",
            b"PK\x03\x04\x14\x00",
            b"text with a \0",
            b"\xcf\xf0\xe8\xe2\xe5\xf2",
            b"ends in half a letter \xd3",
            b"\x1b[2J",
        ] {
            assert_eq!(code(other), Err("file_kind_unknown"), "{other:?}");
        }
    }

    #[test]
    fn two_kinds_in_one_are_refused() {
        let archive = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        for first in [PNG, b"%PDF-1.7\n", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", b"\xff\xd8\xff\xe0PK\x05\x06"] {
            assert_eq!(code(&[first, b"...", archive].concat()), Err("file_two_kinds"));
            assert_eq!(code(&[first, archive, b"and more"].concat()), Err("file_two_kinds"));
        }
        assert_eq!(code(&[PNG, b"...%PDF-1.7"].concat()), Err("file_two_kinds"));
        assert_eq!(code(b"a text %PDF-1.7"), Err("file_two_kinds"));
    }
}
