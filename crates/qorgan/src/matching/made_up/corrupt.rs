//! How one list writes a child down.
//!
//! Some things differ without being wrong: a list has not everybody's number or patronymic, writes Kazakh names in
//! Kazakh or in Russian letters, has an older address. On top of that a share of the records is corrupted: one to
//! three things go wrong.

use chrono::{Datelike, NaiveDate};
use qorgan_domain::children::Sex;

use super::Row;
use super::names::{self, Culture};
use super::people::{self, Human};
use super::spelling::{LATIN, latin, russian};
use crate::demo::random::Random;

/// Records that have the number, of a hundred.
const WITH_IIN: u32 = 60;
/// Kazakh names that are written in Russian letters, of a hundred, corruption aside.
const IN_RUSSIAN: u32 = 30;
/// Records without the territory, of a hundred.
const WITHOUT_TERRITORY: u32 = 4;

/// A child as written down.
#[derive(Debug, Clone)]
pub(super) struct Record {
    last: String,
    first: String,
    patronymic: String,
    /// Before the birth date is written, so that it can be wrong.
    born: (i32, u32, u32),
    sex: Sex,
    iin: String,
    kato: String,
}

impl Record {
    pub(super) fn row(self, id: &str) -> Row {
        let (year, month, day) = self.born;
        let born = if year == 0 { String::new() } else { format!("{year:04}-{month:02}-{day:02}") };
        let sex = self.sex.as_str().to_owned();
        [id.to_owned(), self.last, self.first, self.patronymic, born, sex, self.iin, self.kato]
    }
}

/// What can go wrong, with weights.
const WRONGS: [(Wrong, u32); 18] = [
    (Wrong::OtherSpelling, 12),
    (Wrong::Latin, 14),
    (Wrong::NoPatronymic, 10),
    (Wrong::OtherPatronymic, 9),
    (Wrong::SwappedNames, 8),
    (Wrong::OtherGender, 6),
    (Wrong::TypoInLast, 9),
    (Wrong::TypoInFirst, 9),
    (Wrong::TypoInPatronymic, 5),
    (Wrong::SwappedDate, 7),
    (Wrong::DigitOfDate, 7),
    (Wrong::YearOff, 3),
    (Wrong::NoIin, 8),
    (Wrong::DigitOfIin, 6),
    (Wrong::OtherTerritory, 5),
    (Wrong::DoubleName, 2),
    (Wrong::ShortName, 2),
    (Wrong::WholeInOne, 1),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    OtherSpelling,
    Latin,
    NoPatronymic,
    OtherPatronymic,
    SwappedNames,
    OtherGender,
    TypoInLast,
    TypoInFirst,
    TypoInPatronymic,
    SwappedDate,
    DigitOfDate,
    YearOff,
    NoIin,
    DigitOfIin,
    OtherTerritory,
    DoubleName,
    ShortName,
    WholeInOne,
}

/// Writes a child down.
pub(super) fn record(human: &Human, corrupted: u32, random: &mut Random) -> Record {
    // Drawn before anything is corrupted, so that the share of corrupted records changes nothing else.
    let in_russian = human.culture == Culture::Kazakh && random.chance(IN_RUSSIAN);
    let with_iin = random.chance(WITH_IIN);
    let with_territory = !random.chance(WITHOUT_TERRITORY);
    let is_corrupted = random.chance(corrupted);
    let kazakh_patronymic = human.kazakh_patronymic;
    let spelt = |name: &str| if in_russian { russian(name) } else { name.to_owned() };
    let mut record = Record {
        last: spelt(&names::last_for(&human.last, human.sex)),
        first: spelt(&human.first),
        patronymic: kazakh_patronymic
            .map_or_else(String::new, |kazakh| spelt(&names::patronymic(&human.father, human.sex, kazakh))),
        born: (human.birth_date.year(), human.birth_date.month(), human.birth_date.day()),
        sex: human.sex,
        iin: if with_iin { human.iin.clone() } else { String::new() },
        kato: if with_territory { human.kato.to_owned() } else { String::new() },
    };
    if !is_corrupted {
        return record;
    }
    let wanted = 1 + random.weighted([50, 30, 20].into_iter());
    let mut done: Vec<Wrong> = Vec::new();
    // Some wrongs change nothing in some records; then something else goes wrong.
    while done.len() < wanted {
        let wrong = WRONGS[random.weighted(WRONGS.iter().map(|(_, weight)| *weight))].0;
        if !done.contains(&wrong) {
            let untouched = record.clone();
            record.go_wrong(wrong, human, random);
            if wrong == Wrong::Latin || !record.same_as(&untouched) {
                done.push(wrong);
            }
        }
    }
    // Latin letters come last: nobody writes Kazakh letters into a Latin name.
    if done.contains(&Wrong::Latin) {
        let way = random.pick(&LATIN);
        for name in [&mut record.last, &mut record.first, &mut record.patronymic] {
            *name = latin(name, way);
        }
    }
    record
}

impl Record {
    fn same_as(&self, other: &Self) -> bool {
        self.clone().row("") == other.clone().row("")
    }

    fn go_wrong(&mut self, wrong: Wrong, human: &Human, random: &mut Random) {
        match wrong {
            // Done last: see `record`.
            Wrong::Latin => {}
            Wrong::OtherSpelling => {
                for name in [&mut self.last, &mut self.first, &mut self.patronymic] {
                    *name = russian(name);
                }
            }
            Wrong::NoPatronymic => self.patronymic.clear(),
            Wrong::OtherPatronymic if !self.patronymic.is_empty() && human.culture == Culture::Kazakh => {
                let kazakh = human.kazakh_patronymic.unwrap_or(false);
                self.patronymic = names::patronymic(&human.father, human.sex, !kazakh);
            }
            Wrong::SwappedNames => std::mem::swap(&mut self.last, &mut self.first),
            Wrong::OtherGender => {
                let other = if human.sex == Sex::Male { Sex::Female } else { Sex::Male };
                let (own, other) = (names::last_for(&human.last, human.sex), names::last_for(&human.last, other));
                if self.last == own {
                    self.last = other;
                }
            }
            Wrong::TypoInLast => self.last = typo(&self.last, random),
            Wrong::TypoInFirst => self.first = typo(&self.first, random),
            Wrong::TypoInPatronymic => self.patronymic = typo(&self.patronymic, random),
            Wrong::SwappedDate | Wrong::DigitOfDate | Wrong::YearOff => self.wrong_date(wrong, random),
            Wrong::NoIin => self.iin.clear(),
            Wrong::DigitOfIin => self.iin = wrong_digit(&self.iin, random),
            Wrong::OtherTerritory if !self.kato.is_empty() => self.kato = people::any_unit(random).to_owned(),
            Wrong::DoubleName => self.last = format!("{}-{}", self.last, names::last(human.culture, random)),
            Wrong::ShortName => self.first = names::short(&self.first).to_owned(),
            Wrong::WholeInOne => {
                self.last = [self.last.as_str(), &self.first, &self.patronymic].join(" ").trim().to_owned();
                self.first.clear();
                self.patronymic.clear();
            }
            Wrong::OtherPatronymic | Wrong::OtherTerritory => {}
        }
    }

    fn wrong_date(&mut self, wrong: Wrong, random: &mut Random) {
        let (year, month, day) = self.born;
        let wrong = match wrong {
            Wrong::SwappedDate => (year, day, month),
            Wrong::YearOff if random.chance(50) => (year - 1, month, day),
            Wrong::YearOff => (year + 1, month, day),
            _ if random.chance(50) => (year, month, random.between(0, 9) + day / 10 * 10),
            _ if random.chance(50) => (year, random.between(0, 9) + month / 10 * 10, day),
            _ => (year / 10 * 10 + i32::try_from(random.below(10)).unwrap_or(0), month, day),
        };
        let exists = NaiveDate::from_ymd_opt(wrong.0, wrong.1, wrong.2).is_some();
        if exists && (2060..2090).contains(&wrong.0) {
            self.born = wrong;
        }
    }
}

/// Letters that stand beside each other or sound alike; what a slip puts in.
const SLIPS: [&str; 14] = ["ао", "еи", "иы", "кқ", "гғ", "уұ", "оө", "бп", "дт", "зс", "шщ", "нм", "лд", "рп"];

/// One slip of the pen: a letter left out, doubled, put in another's place, or two changed places.
fn typo(name: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() < 3 {
        return name.to_owned();
    }
    // The first letter is seldom wrong.
    let place = 1 + random.place(letters.len() - 1);
    match random.below(4) {
        0 => drop(letters.remove(place)),
        1 => letters.insert(place, letters[place]),
        2 => letters.swap(place - usize::from(place > 1), place),
        _ => letters[place] = slip(letters[place], random),
    }
    letters.into_iter().collect()
}

fn slip(letter: char, random: &mut Random) -> char {
    let pairs = SLIPS.iter().filter_map(|pair| {
        let (one, other) = (pair.chars().next()?, pair.chars().nth(1)?);
        (one == letter).then_some(other).or((other == letter).then_some(one))
    });
    let alike: Vec<char> = pairs.collect();
    let any: Vec<char> = "аеинорстлк".chars().collect();
    if alike.is_empty() || random.chance(40) { random.pick(&any) } else { random.pick(&alike) }
}

fn wrong_digit(iin: &str, random: &mut Random) -> String {
    let mut digits: Vec<char> = iin.chars().collect();
    if digits.is_empty() {
        return String::new();
    }
    let place = random.place(digits.len());
    if place > 0 && random.chance(30) {
        digits.swap(place - 1, place);
    } else {
        digits[place] = char::from_digit(random.below(10), 10).unwrap_or('0');
    }
    digits.into_iter().collect()
}
