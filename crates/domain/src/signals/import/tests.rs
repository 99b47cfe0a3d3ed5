use std::convert::Infallible;

use proptest::prelude::*;

use super::*;
use crate::Invalid;
use crate::signals::SignalChannel;

fn read(format: ImportFormat, text: &[u8], channel: Option<SignalChannel>) -> (Vec<ImportRow>, Vec<String>) {
    let mut rows = Vec::new();
    let today = "2074-05-01".parse().unwrap();
    let fed = feed(format, text, ImportDefaults { channel }, today, |batch| {
        rows.extend(batch);
        Ok::<_, Infallible>(Vec::new())
    });
    let named = |(field, invalid): &(String, Invalid)| format!("header {field} {invalid}");
    let problems = match fed {
        Ok(done) => done
            .problems
            .iter()
            .map(|problem| format!("{} {} {}", problem.row, problem.field, problem.invalid))
            .collect(),
        Err(FeedError::Header(problems)) => problems.iter().map(named).collect(),
        Err(error) => panic!("{error:?}"),
    };
    (rows, problems)
}

fn csv(text: &str) -> (Vec<ImportRow>, Vec<String>) {
    read(ImportFormat::Csv, text.as_bytes(), Some(SignalChannel::Raid))
}

const HEADER: &str = "external_id;description;territory;urgency";

#[test]
fn a_table_with_any_of_the_delimiters_and_line_ends() {
    for (delimiter, end) in [(";", "\n"), (",", "\r\n"), ("\t", "\n")] {
        let text = format!("\u{feff}{HEADER};occurred_on{end}7;\"Found; \"\"alone\"\", at night\n(2 lines)\";351000000;urgent;03.02.2074{end}")
            .replace(';', delimiter);
        let (rows, problems) = csv(&text);
        assert_eq!(problems, Vec::<String>::new(), "{delimiter:?}");
        assert_eq!(rows.len(), 1);
        let said = "Found; \"alone\", at night\n(2 lines)".replace(';', delimiter);
        assert_eq!(rows[0].description.as_str(), said);
        assert_eq!(rows[0].occurred_on, "2074-02-03".parse().ok());
        assert_eq!((rows[0].row, rows[0].channel), (2, SignalChannel::Raid));
    }
}

#[test]
fn every_wrong_field_of_a_row_is_named_and_no_value() {
    let header =
        "external_id,channel,description,occurred_on,territory,organisation,urgency,last_name,birth_date,age,sex,iin";
    let row = "1,pigeon, ,2075-01-01,35,school 5,now,Секр3т,2090-01-01,18,boy,600115500014";
    let (rows, problems) = read(ImportFormat::Csv, format!("{header}\n{row}\n").as_bytes(), None);
    assert!(rows.is_empty());
    assert_eq!(
        problems,
        [
            "2 channel unknown_code",
            "2 description missing_field",
            "2 occurred_on date_future",
            "2 territory kato_format",
            "2 organisation addressee_format",
            "2 urgency unknown_code",
            "2 last_name name_format",
            "2 first_name missing_field",
            "2 birth_date birth_date_future",
            "2 age number_too_large",
            "2 sex unknown_code",
            "2 iin iin_control_digit",
        ]
    );
    assert!(!format!("{problems:?}").contains("Секр"));
}

#[test]
fn a_wrong_header_is_told_by_place() {
    let (rows, problems) = read(ImportFormat::Csv, "Секретов;urgency;urgency\n1;2;3\n".as_bytes(), None);
    assert!(rows.is_empty());
    assert_eq!(
        problems,
        [
            "header column 1 unknown_column",
            "header urgency duplicate_field",
            "header channel missing_field",
            "header description missing_field",
            "header territory missing_field",
        ]
    );
    assert_eq!(csv("").1.len(), 3);
}

#[test]
fn broken_rows_do_not_take_their_neighbours_along() {
    let text =
        format!("{HEADER}\n1;A;351000000;routine\n2;too;few\n;;;\n4;B;351000000;routine;much\n5;C;351000000;routine\n");
    let (rows, problems) = csv(&text);
    assert_eq!(rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 6]);
    assert_eq!(problems, ["3  row_length", "5  row_length"]);
    let mut bytes = format!("{HEADER}\n1;").into_bytes();
    bytes.extend_from_slice(b"\xcf\xf0\xe8;351000000;routine\n2;A;351000000;routine\n");
    let (rows, problems) = read(ImportFormat::Csv, &bytes, Some(SignalChannel::Raid));
    assert_eq!((rows.len(), problems), (1, vec!["2 description not_utf8".to_owned()]));
}

#[test]
fn a_quote_that_is_not_closed_is_no_long_description() {
    let text = format!("{HEADER}\n1;A;351000000;routine\n2;\"B;351000000;routine\n3;C;351000000;routine\n");
    let (rows, problems) = csv(&text);
    assert_eq!((rows.len(), problems), (1, vec!["3  quote_unclosed".to_owned()]));
}

#[test]
fn a_line_is_an_object_of_texts() {
    let text = "\u{feff}{\"description\":\"A\",\"territory\":\"351000000\",\"urgency\":\"routine\",\"age\":9,\"last_name\":\"Ә\",\"first_name\":\"Б\",\"iin\":null}\n\n\
        {\"description\":7,\"territory\":\"351000000\",\"urgency\":\"routine\",\"urgency\":\"urgent\",\"street\":\"x\",\"Секретов\":1}\n[1]\n{\n";
    let (rows, problems) = read(ImportFormat::Ndjson, text.as_bytes(), Some(SignalChannel::AsppmScreening));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].child.as_ref().and_then(|child| child.age), Some(9));
    assert_eq!(
        problems,
        [
            "3 description wrong_type",
            "3 urgency duplicate_field",
            "3 street unknown_field",
            "3  unknown_field",
            "4  malformed_line",
            "5  malformed_line",
        ]
    );
}

#[test]
fn batches_are_full_and_problems_sorted() {
    let mut text = String::from(HEADER);
    for number in 0..1203 {
        text.push_str(&format!("\n{number};D;351000000;{}", if number % 4 == 0 { "soon" } else { "routine" }));
    }
    let mut sizes = Vec::new();
    let defaults = ImportDefaults { channel: Some(SignalChannel::Raid) };
    let done = feed(ImportFormat::Csv, text.as_bytes(), defaults, "2074-05-01".parse().unwrap(), |batch| {
        sizes.push(batch.len());
        let late = RowProblem::of(batch[0].row, ImportField::Territory, Invalid::new("unknown_territory"));
        Ok::<_, Infallible>(vec![late])
    })
    .unwrap();
    assert_eq!(sizes, [500, 402]);
    assert_eq!((done.rows, done.rejected), (1203, 303));
    assert!(done.problems.is_sorted_by_key(|problem| problem.row));
}

proptest! {
    #[test]
    fn whatever_the_bytes_are_nothing_panics_and_no_row_is_lost(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut file = format!("{HEADER}\n").into_bytes();
        file.extend_from_slice(&bytes);
        for format in ImportFormat::ALL {
            let mut taken = 0_u64;
            let fed = feed(*format, file.as_slice(), ImportDefaults { channel: Some(SignalChannel::Raid) }, "2074-05-01".parse().unwrap(), |batch| {
                taken += u64::try_from(batch.len()).unwrap();
                Ok::<_, Infallible>(Vec::new())
            });
            let done = fed.unwrap();
            prop_assert_eq!(done.rows, taken + done.rejected);
        }
    }
}
