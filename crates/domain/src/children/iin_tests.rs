//! Numbers here have births in 2060–2089, so none belongs to a living person.

use super::*;
use proptest::prelude::*;

/// First eleven digits, the pass that decides, the control digit (none: never issued).
const VECTORS: &[(&str, u32, Option<u32>)] = &[
    ("60011550001", 1, Some(3)),
    ("60011550008", 1, Some(3)),
    ("60011550015", 1, Some(2)),
    ("60011550043", 2, Some(5)),
    ("60011550120", 2, Some(8)),
    ("60011550127", 2, Some(0)),
    ("60011550393", 2, None),
    ("60121550274", 2, None),
    ("61061560008", 2, None),
];

fn first_pass(first11: &[u32]) -> u32 {
    first11.iter().zip(1..).map(|(digit, weight)| digit * weight).sum::<u32>() % 11
}

fn eleven(text: &str) -> Vec<u32> {
    text.chars().map(|c| c.to_digit(10).unwrap()).collect()
}

#[test]
fn control_digits_of_both_passes() {
    for (first11, pass, control) in VECTORS {
        let digits = eleven(first11);
        assert_eq!(control_digit(&digits), *control, "{first11}");
        assert_eq!(first_pass(&digits) == 10, *pass == 2, "{first11}");
        for last in 0..10 {
            let result = Iin::new(&format!("{first11}{last}"));
            if Some(last) == *control {
                assert_eq!(result.unwrap().expose(), format!("{first11}{last}"));
            } else {
                assert_eq!(result.unwrap_err().code(), "iin_control_digit", "{first11}{last}");
            }
        }
    }
}

#[test]
fn what_is_not_twelve_digits_is_no_number() {
    for text in ["", "60011550001", "6001155000133", "60011550001x", "60011550001٣", " 00115500013", "-60011550001"] {
        assert_eq!(Iin::new(text).unwrap_err().code(), "iin_format", "{text:?}");
    }
}

/// Appends the control digit, by way of the sequence that has one.
fn number(first7: &str) -> String {
    (0..10)
        .find_map(|sequence| {
            let first11 = format!("{first7}{sequence:04}");
            control_digit(&eleven(&first11)).map(|control| format!("{first11}{control}"))
        })
        .unwrap()
}

#[test]
fn the_seventh_digit_tells_century_and_sex() {
    let table = [
        ("6001151", "1860-01-15", Sex::Male),
        ("6001152", "1860-01-15", Sex::Female),
        ("6001153", "1960-01-15", Sex::Male),
        ("6001154", "1960-01-15", Sex::Female),
        ("6001155", "2060-01-15", Sex::Male),
        ("6002296", "2060-02-29", Sex::Female),
    ];
    for (first7, birth_date, sex) in table {
        let iin = Iin::new(&number(first7)).unwrap();
        assert_eq!(iin.birth_date(), Some(birth_date.parse().unwrap()), "{first7}");
        assert_eq!(iin.sex(), Some(sex), "{first7}");
    }
}

#[test]
fn a_foreigners_number_tells_neither_century_nor_sex() {
    let iin = Iin::new(&number("6001150")).unwrap();
    assert_eq!((iin.birth_date(), iin.sex()), (None, None));
    assert!(iin.disagreements("2060-01-15".parse().unwrap(), Sex::Female).is_empty());
    assert!(Iin::new(&number("0002290")).is_ok());
}

#[test]
fn digits_that_make_no_date() {
    for first7 in ["6013155", "6000155", "6001325", "6102295", "6001157", "6001158", "6001159", "6013150"] {
        assert_eq!(Iin::new(&number(first7)).unwrap_err().code(), "iin_birth_date", "{first7}");
    }
}

#[test]
fn a_record_that_disagrees_is_warned_of() {
    let iin = Iin::new("600115500013").unwrap();
    let (right, wrong) = ("2060-01-15".parse().unwrap(), "2060-01-16".parse().unwrap());
    assert_eq!(iin.disagreements(right, Sex::Male), []);
    assert_eq!(iin.disagreements(wrong, Sex::Male), [IinWarning::BirthDateDiffers]);
    assert_eq!(iin.disagreements(right, Sex::Female), [IinWarning::SexDiffers]);
    assert_eq!(iin.disagreements(wrong, Sex::Female), [IinWarning::BirthDateDiffers, IinWarning::SexDiffers]);
}

#[test]
fn no_digit_is_printed() {
    let iin = Iin::new("600115500013").unwrap();
    for printed in [format!("{iin}"), format!("{iin:?}"), format!("{:?}", Some(&iin))] {
        assert!(!printed.chars().any(|c| c.is_ascii_digit()), "{printed}");
    }
    let error = serde_json::from_str::<Iin>("\"600115500014\"").unwrap_err().to_string();
    assert!(error.starts_with("iin_control_digit") && !error.contains("6001155"), "{error}");
}

proptest! {
    /// What the scheme promises, and no more: where both numbers are decided by the first pass, a wrong digit among
    /// the first ten is caught; the eleventh has weight 11, nothing modulo 11.
    #[test]
    fn one_wrong_digit_among_the_first_ten(digits in prop::collection::vec(0u32..10, 11), at in 0usize..10, add in 1u32..10) {
        let mut wrong = digits.clone();
        wrong[at] = (wrong[at] + add) % 10;
        let same = control_digit(&digits) == control_digit(&wrong);
        prop_assert!(!same || first_pass(&digits) == 10 || first_pass(&wrong) == 10);
    }

    #[test]
    fn a_wrong_eleventh_digit(digits in prop::collection::vec(0u32..10, 11), add in 1u32..10) {
        let mut wrong = digits.clone();
        wrong[10] = (wrong[10] + add) % 10;
        if first_pass(&digits) == 10 {
            let both = (control_digit(&digits), control_digit(&wrong));
            prop_assert!(both.0 != both.1 || both == (None, None));
        } else {
            prop_assert_eq!(control_digit(&digits), control_digit(&wrong));
        }
    }

    #[test]
    fn a_wrong_control_digit(at in 0..VECTORS.len(), add in 1u32..10) {
        let (first11, _, control) = VECTORS[at];
        if let Some(control) = control {
            let wrong = format!("{first11}{}", (control + add) % 10);
            prop_assert_eq!(Iin::new(&wrong).unwrap_err().code(), "iin_control_digit");
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,14}|[0-9]{12}") {
        let _ = Iin::new(&text);
    }
}
