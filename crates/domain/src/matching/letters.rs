//! One spelling for a name, whatever script it was written in.
//!
//! Kazakh and Russian letters become one by [`fold_letters`](crate::children::name_key), the same that the exact key
//! of a name uses. Latin letters become Cyrillic ones here: the Kazakh Latin alphabet of 2021 and that of 2018, the
//! transliteration of passports of Kazakhstan and of Russia, and what people write. What transliterations lose (ы and
//! и and й, э and е, ц and тс, doubled letters) is then given up for Cyrillic spelling too, so that both meet.

use crate::children::{APOSTROPHES, FILIATION, fold_letters, stem};

/// The comparable words of a name: folded, transliterated, endings of patronymics and feminine surnames taken off,
/// words that only say "son of" left out unless nothing else is there. Lower-case Cyrillic.
///
/// For Әлімова, Алимова and Älımova the same word comes out. It is no name to be shown to anybody.
#[must_use]
pub fn name_tokens(text: &str) -> Vec<String> {
    let unquoted: String = text.chars().filter(|c| !APOSTROPHES.contains(c)).collect();
    let folded = fold_letters(&unquoted);
    let words: Vec<String> = folded.split(|c: char| !c.is_alphanumeric()).filter_map(cyrillic).collect();
    let names: Vec<String> = words.iter().filter(|word| !FILIATION.contains(&word.as_str())).map(|w| own(w)).collect();
    if names.is_empty() { words.iter().map(|word| simplified(word)).collect() } else { names }
}

/// The word without its ending. A short rest (Ли from Лиевна) is as good as any.
fn own(word: &str) -> String {
    simplified(&stem(word))
}

/// A word in Cyrillic; none where there is none.
fn cyrillic(word: &str) -> Option<String> {
    if word.is_empty() {
        return None;
    }
    if !word.chars().any(is_latin) {
        return Some(word.to_owned());
    }
    let written = if word.chars().any(|c| ('а'..='я').contains(&c)) {
        word.chars().map(lookalike).collect()
    } else {
        transliterated(word)
    };
    Some(with_known_ending(written))
}

const fn is_latin(letter: char) -> bool {
    matches!(letter, 'a'..='z' | 'ß'..='ɏ' | 'ə')
}

/// A Latin letter inside a Cyrillic word is one that looks like it on the keyboard or on paper.
const fn lookalike(letter: char) -> char {
    match letter {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'х',
        'i' => 'и',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        other => other,
    }
}

/// Groups of Latin letters, the longest first, and what they stand for.
const GROUPS: [(&str, &str); 28] = [
    ("shch", "щ"),
    ("tsch", "ч"),
    ("sch", "щ"),
    ("tsh", "ч"),
    ("tch", "ч"),
    ("dzh", "дж"),
    ("iya", "ия"),
    ("aja", "ая"),
    ("zh", "ж"),
    ("kh", "х"),
    ("gh", "г"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("ts", "ц"),
    ("tz", "ц"),
    ("ph", "ф"),
    ("th", "т"),
    ("ck", "к"),
    ("ya", "я"),
    ("ia", "я"),
    ("yu", "ю"),
    ("iu", "ю"),
    ("ye", "е"),
    ("ie", "е"),
    ("yo", "е"),
    ("io", "е"),
    ("ce", "се"),
    ("ci", "си"),
];

fn transliterated(word: &str) -> String {
    let mut written = String::with_capacity(word.len() * 2);
    let mut rest = word;
    while let Some(letter) = rest.chars().next() {
        if let Some((group, stands_for)) = GROUPS.iter().find(|(group, _)| rest.starts_with(group)) {
            written.push_str(stands_for);
            rest = &rest[group.len()..];
            continue;
        }
        rest = &rest[letter.len_utf8()..];
        let after_vowel = written.ends_with(['а', 'е', 'и', 'о', 'у', 'ы']);
        match letter {
            'w' => written.push(if after_vowel { 'у' } else { 'в' }),
            'j' if after_vowel && rest.is_empty() => written.push('и'),
            other => written.push_str(single(other)),
        }
        if single(letter).is_empty() && !is_latin(letter) {
            written.push(letter);
        }
    }
    written
}

/// One Latin letter; nothing for a letter that stands for none.
const fn single(letter: char) -> &'static str {
    match letter {
        'a' | 'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ə' => "а",
        'b' => "б",
        'c' | 'k' | 'q' => "к",
        'd' => "д",
        'e' | 'è'..='ë' | 'ē' | 'ę' | 'ě' => "е",
        'f' => "ф",
        'g' | 'ğ' | 'ǵ' => "г",
        'h' => "х",
        'i' | 'ì'..='ï' | 'ī' => "и",
        'j' | 'ž' => "ж",
        'l' | 'ł' => "л",
        'm' => "м",
        'n' | 'ñ' | 'ń' | 'ň' | 'ŋ' => "н",
        'o' | 'ò'..='ö' | 'ō' | 'ő' => "о",
        'p' => "п",
        'r' | 'ř' => "р",
        's' | 'ś' => "с",
        'ß' => "сс",
        'ş' | 'š' | 'ș' => "ш",
        'ç' | 'č' | 'ć' => "ч",
        't' | 'ț' | 'ţ' => "т",
        // ý is у in the alphabet of 2018.
        'u' | 'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ý' => "у",
        'v' => "в",
        'w' => "в",
        'x' => "кс",
        // ы, and й beside a vowel: both end as и, and -uly, -kyzy are seen.
        'y' | 'ı' | 'ÿ' => "ы",
        'z' | 'ź' | 'ż' => "з",
        _ => "",
    }
}

/// Romanisations that write ы as i still mean -улы and -кызы at the end of a long word, or as a word of its own.
fn with_known_ending(word: String) -> String {
    for (ending, meant) in [("ули", "улы"), ("кизи", "кызы"), ("гизи", "гызы")] {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.is_empty() || rest.chars().count() > 2) {
            return format!("{rest}{meant}");
        }
    }
    word
}

/// Gives up what transliterations do not keep.
fn simplified(word: &str) -> String {
    let mut letters: Vec<char> = Vec::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            'ы' => add(&mut letters, 'и'),
            'э' => add(&mut letters, 'е'),
            'щ' => add(&mut letters, 'ш'),
            'ц' => {
                add(&mut letters, 'т');
                add(&mut letters, 'с');
            }
            'я' => {
                add(&mut letters, 'и');
                add(&mut letters, 'а');
            }
            'ю' => {
                add(&mut letters, 'и');
                add(&mut letters, 'у');
            }
            other => add(&mut letters, other),
        }
    }
    letters.into_iter().collect()
}

/// Adds a letter: no letter stands twice in a row, дж is ж, ие and ио are е.
fn add(letters: &mut Vec<char>, letter: char) {
    let last = letters.last().copied();
    match (last, letter) {
        (Some('д'), 'ж') => {
            letters.pop();
            add(letters, 'ж');
        }
        (Some('и'), 'е' | 'о') => {
            letters.pop();
            add(letters, 'е');
        }
        (Some(same), letter) if same == letter => {}
        _ => letters.push(letter),
    }
}

/// The letters by which words with small spelling differences fall together: the first one, then consonants, at most
/// `length` in all. Voiced and voiceless partners are one.
pub(super) fn sound_code(word: &str, length: usize) -> String {
    let mut code = String::new();
    let mut taken = 0;
    for (place, letter) in word.chars().enumerate() {
        let sound = match letter {
            'а' | 'е' | 'и' | 'о' | 'у' if place > 0 => continue,
            'б' => 'п',
            'в' => 'ф',
            'г' | 'х' => 'к',
            'д' => 'т',
            'з' => 'с',
            'ж' => 'ш',
            other => other,
        };
        if code.ends_with(sound) {
            continue;
        }
        code.push(sound);
        taken += 1;
        if taken == length {
            break;
        }
    }
    code
}

/// Any other text: lower case, letters and digits only.
pub(super) fn plain(text: &str) -> String {
    fold_letters(text).chars().filter(|c| c.is_alphanumeric()).collect()
}
