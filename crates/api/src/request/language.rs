//! The language of the words in an answer, by `Accept-Language` (RFC 9110, section 12.5.4).

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use qorgan_domain::statistics::Source;

/// A language the API speaks. As an extractor it never fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Russian: the default.
    #[default]
    Ru,
    /// Kazakh.
    Kk,
    /// English.
    En,
}

impl Language {
    /// All languages, the default first.
    pub const ALL: &'static [Self] = &[Self::Ru, Self::Kk, Self::En];

    /// The tag of the language (BCP 47).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::Kk => "kk",
            Self::En => "en",
        }
    }

    /// Where a number or a rule comes from, in this language where it was told in it.
    pub fn source(self, source: &Source) -> &str {
        let own = match self {
            Self::Ru => source.ru.as_deref(),
            Self::Kk => source.kk.as_deref(),
            Self::En => None,
        };
        own.unwrap_or(&source.told)
    }

    /// The language a client likes best among ours; the default where it names none of them.
    pub fn of(headers: &HeaderMap) -> Self {
        let ranges = headers.get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
        Self::choose(ranges.flat_map(|value| value.split(',')))
    }

    /// Chooses by weight; of equal weights the one named first wins.
    fn choose<'a>(ranges: impl Iterator<Item = &'a str>) -> Self {
        let mut best = (Self::default(), 0);
        for range in ranges {
            let (tag, weight) = parse(range);
            let primary = tag.split('-').next().unwrap_or_default();
            let language = match primary.to_ascii_lowercase().as_str() {
                "*" => Some(Self::default()),
                wanted => Self::ALL.iter().copied().find(|language| language.as_str() == wanted),
            };
            if let Some(language) = language
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }
}

/// A range such as `kk-KZ;q=0.8` and its weight in thousandths; a malformed weight counts as none at all.
fn parse(range: &str) -> (&str, u32) {
    let mut parts = range.split(';').map(str::trim);
    let tag = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let thousandths = match weight.map(str::parse::<f32>) {
        None => 1000,
        // In range, so the conversion cannot overflow.
        Some(Ok(weight)) if (0.0..=1.0).contains(&weight) => (weight * 1000.0) as u32,
        Some(_) => 0,
    };
    (tag, thousandths)
}

impl FromRequest for Language {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.headers())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_language_is_chosen() {
        let cases = [
            ("", Language::Ru),
            ("kk", Language::Kk),
            ("KK-kz", Language::Kk),
            ("de, fr;q=0.9", Language::Ru),
            ("de, en;q=0.5, kk;q=0.7", Language::Kk),
            ("en;q=0.5, kk;q=0.5", Language::En),
            ("en;q=0, kk;q=0.001", Language::Kk),
            ("en;q=0", Language::Ru),
            ("en;q=nonsense, kk;q=0.1", Language::Kk),
            ("*;q=0.5, en;q=0.4", Language::Ru),
            ("; ;;q=,,", Language::Ru),
        ];
        for (header, expected) in cases {
            assert_eq!(Language::choose(header.split(',')), expected, "{header}");
        }
    }
}
