//! Lists of people in files.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use chrono::NaiveDate;
use csv::StringRecord;
use qorgan_domain::children::Sex;
use qorgan_domain::matching::{HeldName, Person};

use super::columns::{Columns, FIELDS, Mapping};
use crate::Failure;

/// People of one file, in its order.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) ids: Vec<String>,
    pub(crate) people: Vec<Person>,
    pub(crate) complaints: Vec<Complaint>,
    /// How many rows were left out altogether.
    pub(crate) left_out: usize,
}

/// What could not be read: where and why, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) file: String,
    /// Line of the file, from 1; the header is a line, too.
    pub(crate) line: u64,
    pub(crate) column: &'static str,
    pub(crate) reason: &'static str,
}

/// Reads a list.
///
/// # Errors
/// A file that cannot be read, or whose columns cannot be found. Rows that make no sense are complaints.
pub(crate) fn read(path: &Path, mapping: &Mapping) -> Result<List, Failure> {
    let name = path.display().to_string();
    let reading = || Failure::of(format!("reading {name}"));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(reading())?;
    let header = reader.headers().map_err(reading())?.clone();
    let columns = mapping.columns(&name, &header)?;
    let mut list = List::default();
    let mut seen = HashSet::new();
    for row in reader.into_records() {
        let row = match row {
            Ok(row) => row,
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                list.leave_out(&name, error.position(), "", "is not UTF-8");
                continue;
            }
            Err(error) => return Err(reading()(error)),
        };
        list.take(&name, &columns, header.len(), &row, &mut seen);
    }
    Ok(list)
}

impl List {
    fn leave_out(&mut self, file: &str, at: Option<&csv::Position>, column: &'static str, reason: &'static str) {
        self.left_out += 1;
        self.complain(file, at, column, reason);
    }

    fn complain(&mut self, file: &str, at: Option<&csv::Position>, column: &'static str, reason: &'static str) {
        let line = at.map_or(0, csv::Position::line);
        self.complaints.push(Complaint { file: file.to_owned(), line, column, reason });
    }

    fn take(&mut self, file: &str, columns: &Columns, width: usize, row: &StringRecord, seen: &mut HashSet<String>) {
        let at = row.position();
        if row.len() != width {
            return self.leave_out(file, at, "", "has more or fewer fields than the header: the row is left out");
        }
        let field = |field: usize| {
            let text = columns.places[field].and_then(|place| row.get(place)).map(str::trim);
            text.filter(|text| !text.is_empty())
        };
        let Some(id) = field(0) else {
            return self.leave_out(file, at, FIELDS[0], "is empty: the row is left out");
        };
        let mut person = Person {
            names: vec![HeldName {
                last: field(1).map(str::to_owned),
                first: field(2).map(str::to_owned),
                patronymic: field(3).map(str::to_owned),
            }],
            iin: field(6).map(str::to_owned),
            kato: field(7).map(str::to_owned),
            extras: columns.extras.iter().map(|place| row.get(*place).map(str::to_owned)).collect(),
            ..Person::default()
        };
        if person.prepare().is_nameless() && person.iin.is_none() {
            return self.leave_out(file, at, FIELDS[1], "neither a name nor a number: the row is left out");
        }
        if !seen.insert(id.to_owned()) {
            return self.leave_out(file, at, FIELDS[0], "stood in an earlier row: the row is left out");
        }
        person.birth_date = field(4).and_then(date);
        if field(4).is_some() && person.birth_date.is_none() {
            self.complain(file, at, FIELDS[4], "is no date: taken as not known");
        }
        person.sex = field(5).and_then(sex);
        if field(5).is_some() && person.sex.is_none() {
            self.complain(file, at, FIELDS[5], "is no sex: taken as not known");
        }
        self.ids.push(id.to_owned());
        self.people.push(person);
    }

    /// Places of records by id.
    pub(crate) fn places(&self) -> HashMap<&str, u32> {
        self.ids.iter().map(String::as_str).zip(0..).collect()
    }
}

/// A date as 2071-05-10, 20710510, 10.05.2071 or 10/05/2071, a time after it left aside.
fn date(text: &str) -> Option<NaiveDate> {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let numbers: Vec<&str> = day.split(['-', '.', '/']).collect();
    let (year, month, day) = match numbers.as_slice() {
        [whole] if whole.len() == 8 && whole.is_ascii() => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        [day, month, year] if year.len() == 4 => (*year, *month, *day),
        _ => return None,
    };
    let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?;
    NaiveDate::from_ymd_opt(i32::try_from(number(year)?).ok()?, number(month)?, number(day)?)
}

fn sex(text: &str) -> Option<Sex> {
    match text.to_lowercase().as_str() {
        "m" | "male" | "м" | "муж" | "мужской" | "ер" | "еркек" | "1" => Some(Sex::Male),
        "f" | "female" | "ж" | "жен" | "женский" | "әйел" | "2" => Some(Sex::Female),
        _ => None,
    }
}

/// True pairs, as places in the lists; and how many name an id that is in neither.
///
/// # Errors
/// A file that cannot be read or has fewer than two columns.
pub(crate) fn read_truth(
    path: &Path,
    left: &List,
    right: Option<&List>,
) -> Result<(HashSet<(u32, u32)>, usize), Failure> {
    let name = path.display().to_string();
    let reading = || Failure::of(format!("reading {name}"));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(reading())?;
    let header = reader.headers().map_err(reading())?.clone();
    if header.len() < 2 {
        return Err(Failure::usage(format!("{name}: must have two columns, id in the first list and in the second")));
    }
    let find =
        |title: &str, otherwise: usize| header.iter().position(|known| known.trim() == title).unwrap_or(otherwise);
    let (at_left, at_right) = (find("left", 0), find("right", 1));
    let left_places = left.places();
    let right_places = right.map(List::places);
    let mut pairs = HashSet::new();
    let mut unknown = 0;
    for row in reader.into_records() {
        let row = row.map_err(reading())?;
        let id = |at: usize| row.get(at).map_or("", str::trim);
        let one = left_places.get(id(at_left)).copied();
        let other = right_places.as_ref().unwrap_or(&left_places).get(id(at_right)).copied();
        match (one, other) {
            (Some(one), Some(other)) if right.is_some() => {
                pairs.insert((one, other));
            }
            (Some(one), Some(other)) if one != other => {
                pairs.insert((one.min(other), one.max(other)));
            }
            (Some(_), Some(_)) => {}
            _ => unknown += 1,
        }
    }
    Ok((pairs, unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_many_forms() {
        let expected = NaiveDate::from_ymd_opt(2071, 5, 10);
        for text in
            ["2071-05-10", "20710510", "10.05.2071", "10/05/2071", "2071-05-10T00:00:00", "10.5.2071", "2071/5/10"]
        {
            assert_eq!(date(text), expected, "{text}");
        }
        for text in
            ["", "2071-13-10", "31.02.2071", "10.05.71", "2071051", "deadbeef", "+071-05-10", "20710010", "ываф"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
