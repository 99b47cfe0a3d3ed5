//! How a name is spelt: in Kazakh, in Russian, in Latin letters.

/// Ways to write Cyrillic in Latin letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Latin {
    /// Passports of Kazakhstan.
    Passport,
    /// The Kazakh alphabet of 2021.
    Kazakh,
    /// Passports of Russia (ICAO 9303).
    Icao,
    /// What people write.
    Everyday,
}

pub(super) const LATIN: [Latin; 4] = [Latin::Passport, Latin::Kazakh, Latin::Icao, Latin::Everyday];

/// A Kazakh name as a Russian-speaking clerk writes it.
pub(super) fn russian(name: &str) -> String {
    name.chars().map(russian_letter).collect()
}

fn russian_letter(letter: char) -> char {
    match letter {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        'Ә' => 'А',
        'Ғ' => 'Г',
        'Қ' => 'К',
        'Ө' => 'О',
        'Ұ' | 'Ү' => 'У',
        'Һ' => 'Х',
        'І' => 'И',
        'ё' => 'е',
        other => other,
    }
}

/// A name in Latin letters, the first of each word large.
pub(super) fn latin(name: &str, way: Latin) -> String {
    let mut written = String::new();
    let mut begins = true;
    let mut after_vowel = true;
    for letter in name.chars() {
        let small = letter.to_lowercase().next().unwrap_or(letter);
        let text = latin_letter(small, way, after_vowel);
        if begins {
            let mut letters = text.chars();
            written.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            written.push_str(letters.as_str());
        } else {
            written.push_str(text);
        }
        begins = !small.is_alphabetic();
        after_vowel = "аеёиоуыэюяәөүұі".contains(small) || begins;
    }
    written
}

fn latin_letter(letter: char, way: Latin, after_vowel: bool) -> &'static str {
    use Latin::{Everyday, Icao, Kazakh, Passport};
    match (letter, way) {
        ('ә', Kazakh) => "ä",
        ('а' | 'ә', _) => "a",
        ('б', _) => "b",
        ('в', _) => "v",
        ('ғ', Kazakh) => "ğ",
        ('ғ', Everyday) => "gh",
        ('г' | 'ғ', _) => "g",
        ('д', _) => "d",
        ('е', Everyday | Passport) if after_vowel => "ye",
        ('ё', Everyday | Passport) => "yo",
        ('ё', Kazakh) => "io",
        ('е' | 'э' | 'ё', _) => "e",
        ('ж', Kazakh) => "j",
        ('ж', _) => "zh",
        ('з', _) => "z",
        ('і', Kazakh) => "ı",
        ('и', _) | ('й', Kazakh | Icao) | ('і', Icao | Passport | Everyday) => "i",
        ('й', _) => "y",
        ('қ', Kazakh) => "q",
        ('к' | 'қ', _) => "k",
        ('л', _) => "l",
        ('м', _) => "m",
        ('ң', Kazakh) => "ñ",
        ('ң', Everyday) => "ng",
        ('н' | 'ң', _) => "n",
        ('ө', Kazakh) => "ö",
        ('о' | 'ө', _) => "o",
        ('п', _) => "p",
        ('р', _) => "r",
        ('с', _) => "s",
        ('т', _) => "t",
        ('ұ', Kazakh) => "ū",
        ('ү', Kazakh) => "ü",
        ('у' | 'ұ' | 'ү', _) => "u",
        ('ф', _) => "f",
        ('х' | 'һ', Kazakh) => "h",
        ('х', _) => "kh",
        ('һ', _) => "h",
        ('ц', _) => "ts",
        ('ч', Kazakh) => "ç",
        ('ч', _) => "ch",
        ('ш', Kazakh) => "ş",
        ('ш', _) => "sh",
        ('щ', Kazakh) => "şş",
        ('щ', _) => "shch",
        ('ы', Kazakh | Passport | Everyday | Icao) => "y",
        ('ю', Icao | Kazakh) => "iu",
        ('ю', _) => "yu",
        ('я', Icao | Kazakh) => "ia",
        ('я', _) => "ya",
        ('-', _) => "-",
        (' ', _) => " ",
        _ => "",
    }
}
