//! Files that are not UTF-8: what office programs of the region still write.

use std::io::{self, Read};

use crate::words::words;

words! {
    /// How the letters of a file are written.
    pub enum TextEncoding {
        /// UTF-8, with or without byte order mark.
        Utf8 = "utf-8",
        /// Windows-1251: Russian letters; it has none of the letters of Kazakh.
        Windows1251 = "windows-1251",
        /// KZ-1048 (СТ РК 1048-2002): Windows-1251 with the letters of Kazakh.
        Kz1048 = "kz-1048",
    }
}

/// Bytes 0x80 to 0xBF of Windows-1251; from 0xC0 on the alphabet follows.
const WINDOWS_1251: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{fffd}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";
/// The same of KZ-1048.
const KZ_1048: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊҚҺЏђ‘’“”•–—\u{fffd}™љ›њқһџ\u{a0}ҰұӘ¤Ө¦§Ё©Ғ«¬\u{ad}®Ү°±Ііөµ¶·ё№ғ»әҢңү";
const ALPHABET: u32 = 'А' as u32;

impl TextEncoding {
    /// The letters of the bytes from 0x80 on, or nothing where the bytes are UTF-8 already.
    fn upper_half(self) -> Option<Vec<char>> {
        let signs = match self {
            Self::Utf8 => return None,
            Self::Windows1251 => WINDOWS_1251,
            Self::Kz1048 => KZ_1048,
        };
        Some(signs.chars().chain((0..64).filter_map(|place| char::from_u32(ALPHABET + place))).collect())
    }
}

/// A reader that hands on UTF-8, whatever it reads.
pub struct Decoded<R> {
    inner: R,
    letters: Option<Vec<char>>,
    /// Text that did not fit the reader's buffer.
    rest: Vec<u8>,
}

impl<R: Read> Decoded<R> {
    /// Reads a file in an encoding.
    pub fn new(inner: R, encoding: TextEncoding) -> Self {
        Self { inner, letters: encoding.upper_half(), rest: Vec::new() }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(letters) = &self.letters else { return self.inner.read(buffer) };
        if self.rest.is_empty() && !buffer.is_empty() {
            let mut piece = vec![0; buffer.len().clamp(1, 16 * 1024)];
            let read = self.inner.read(&mut piece)?;
            let mut text = String::with_capacity(read * 2);
            for byte in &piece[..read] {
                let upper = byte.checked_sub(0x80).and_then(|place| letters.get(usize::from(place)));
                text.push(upper.copied().unwrap_or(char::from(*byte)));
            }
            self.rest = text.into_bytes();
        }
        let taken = self.rest.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&self.rest[..taken]);
        self.rest.drain(..taken);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: TextEncoding) -> String {
        let mut text = Vec::new();
        let mut reader = Decoded::new(bytes, encoding);
        // A buffer that parts letters.
        let mut piece = [0; 3];
        loop {
            let read = reader.read(&mut piece).unwrap();
            if read == 0 {
                break;
            }
            text.extend_from_slice(&piece[..read]);
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn letters_of_both_tables() {
        for encoding in [TextEncoding::Windows1251, TextEncoding::Kz1048] {
            assert_eq!(encoding.upper_half().map(|letters| letters.len()), Some(128));
        }
        let russian = b"\xc0\xb8;\xff\xa8 A1\r\n\xb9\xa0\xb8";
        assert_eq!(decoded(russian, TextEncoding::Windows1251), "Аё;яЁ A1\r\n№\u{a0}ё");
        let kazakh = b"\x8d\x9d \xa3\xbc \xa5\xb4 \xaa\xba \xaf\xbf \xa1\xa2 \xbd\xbe \x8e\x9e \xb2\xb3";
        assert_eq!(decoded(kazakh, TextEncoding::Kz1048), "Ққ Әә Өө Ғғ Үү Ұұ Ңң Һһ Іі");
        assert_eq!(decoded("Ққ".as_bytes(), TextEncoding::Utf8), "Ққ");
    }
}
