//! Which column of a file holds which field.

use crate::Failure;

/// The fields of a list, in the order of [`Columns::places`].
pub(crate) const FIELDS: [&str; 8] =
    ["id", "last_name", "first_name", "patronymic", "birth_date", "sex", "iin", "territory"];
const EXTRA: &str = "extra:";

/// Names of columns by field, as given on the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mapping {
    known: Vec<(usize, String)>,
    /// Column of each further field, in the order given.
    extras: Vec<(String, String)>,
}

/// Where a file has its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    /// Place of each of [`FIELDS`]; none where the file has no such column.
    pub(crate) places: [Option<usize>; FIELDS.len()],
    /// Place of each further field.
    pub(crate) extras: Vec<usize>,
}

impl Mapping {
    /// Reads `field=column` pairs.
    ///
    /// # Errors
    /// [`Failure::Usage`] naming every pair that cannot be used.
    pub(crate) fn new(pairs: &[String]) -> Result<Self, Failure> {
        let mut mapping = Self::default();
        let mut wrong = Vec::new();
        for pair in pairs {
            let Some((field, column)) = pair.split_once('=').filter(|(_, column)| !column.trim().is_empty()) else {
                wrong.push(format!("--map {pair}: must be FIELD=COLUMN"));
                continue;
            };
            let (field, column) = (field.trim(), column.trim().to_owned());
            if let Some(name) = field.strip_prefix(EXTRA).filter(|name| !name.is_empty()) {
                if mapping.extras.iter().any(|(known, _)| known == name) {
                    wrong.push(format!("--map {pair}: {field} is given twice"));
                }
                mapping.extras.push((name.to_owned(), column));
            } else if let Some(place) = FIELDS.iter().position(|known| *known == field) {
                if mapping.known.iter().any(|(known, _)| *known == place) {
                    wrong.push(format!("--map {pair}: {field} is given twice"));
                }
                mapping.known.push((place, column));
            } else {
                wrong.push(format!("--map {pair}: {field} is none of {} or extra:NAME", FIELDS.join(", ")));
            }
        }
        if wrong.is_empty() { Ok(mapping) } else { Err(Failure::Usage(wrong)) }
    }

    /// Names of the further fields.
    pub(crate) fn extras(&self) -> impl Iterator<Item = &str> {
        self.extras.iter().map(|(name, _)| name.as_str())
    }

    /// Finds the columns in a header.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a column that was named and is not there, and where there is no id or nothing to know a
    /// person by.
    pub(crate) fn columns(&self, file: &str, header: &csv::StringRecord) -> Result<Columns, Failure> {
        let find = |column: &str| header.iter().position(|title| title.trim().trim_start_matches('\u{feff}') == column);
        let mut wrong = Vec::new();
        let mut named = |column: &str| {
            let place = find(column);
            if place.is_none() {
                wrong.push(format!("{file}: there is no column {column}"));
            }
            place
        };
        let mut places = FIELDS.map(find);
        for (field, column) in &self.known {
            places[*field] = named(column);
        }
        let extras: Vec<usize> = self.extras.iter().filter_map(|(_, column)| named(column)).collect();
        if wrong.is_empty() && places[0].is_none() {
            wrong.push(format!("{file}: there is no column id; name it by --map id=COLUMN"));
        }
        if wrong.is_empty() && places[1].is_none() && places[2].is_none() && places[6].is_none() {
            wrong.push(format!("{file}: there is no column last_name, first_name or iin; name them by --map"));
        }
        if wrong.is_empty() { Ok(Columns { places, extras }) } else { Err(Failure::Usage(wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(pairs: &[&str]) -> Result<Mapping, Failure> {
        Mapping::new(&pairs.iter().map(|pair| (*pair).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn columns_are_found_by_their_own_and_by_other_names() {
        let header = csv::StringRecord::from(vec!["\u{feff}rec_id", "surname", "first_name", "postcode"]);
        let found = mapping(&["id=rec_id", "last_name=surname", "extra:post=postcode"]).unwrap();
        assert_eq!(found.extras().collect::<Vec<_>>(), ["post"]);
        let columns = found.columns("a.csv", &header).unwrap();
        assert_eq!(columns.places, [Some(0), Some(1), Some(2), None, None, None, None, None]);
        assert_eq!(columns.extras, [3]);
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let text = mapping(&["colour=x", "id", "id=", "sex=a", "sex=b", "extra:=c"]).unwrap_err().to_string();
        assert_eq!(text.lines().count(), 5, "{text}");
        let header = csv::StringRecord::from(vec!["id", "first_name"]);
        let text = mapping(&["last_name=a", "extra:b=b"]).unwrap().columns("a.csv", &header).unwrap_err().to_string();
        assert_eq!(text, "a.csv: there is no column a\na.csv: there is no column b");
        let text = mapping(&[]).unwrap().columns("a.csv", &csv::StringRecord::from(vec!["id", "sex"])).unwrap_err();
        assert!(text.to_string().contains("last_name"), "{text}");
        let text = mapping(&[]).unwrap().columns("a.csv", &csv::StringRecord::from(vec!["last_name"])).unwrap_err();
        assert!(text.to_string().contains("id="), "{text}");
    }
}
