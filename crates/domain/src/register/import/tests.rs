use std::convert::Infallible;

use proptest::prelude::*;

use super::*;
use crate::lists::{FeedError, ListFormat, Reading, TextEncoding, feed};
use crate::register::{ChildRole, FactKind, Relation, Setting, SuicidalLevel, ViolenceForm};

fn lookup(vocabulary: &str, text: &str) -> Option<&'static str> {
    match (vocabulary, text.to_lowercase().as_str()) {
        ("violence_form", "физическое насилие") => Some("physical"),
        ("setting", "дома" | "үйде") => Some("home"),
        ("suicidal_level", "попытка") => Some("attempt"),
        _ => None,
    }
}

fn rules(demands: Demands) -> RowRules {
    RowRules { demands, today: "2074-05-01".parse().unwrap(), words: lookup }
}

fn read(demands: Demands, text: &str) -> (Vec<EventRow>, Vec<String>) {
    let mut rows = Vec::new();
    let reading = Reading { format: ListFormat::Csv, encoding: TextEncoding::Utf8, max_rows: 100 };
    let columns = FactField::columns(demands).renamed("Вид насилия", FactField::MainForm);
    let fed = feed(
        reading,
        text.as_bytes(),
        &columns,
        |raw| check(raw, rules(demands)),
        |batch| {
            rows.extend(batch);
            Ok::<_, Infallible>(Vec::new())
        },
    );
    let problems = match fed {
        Ok(done) => done.problems.iter().map(|it| format!("{} {} {}", it.row, it.field, it.invalid)).collect(),
        Err(FeedError::Header(problems)) => problems.iter().map(|(at, invalid)| format!("{at} {invalid}")).collect(),
        Err(error) => panic!("{error:?}"),
    };
    (rows, problems)
}

const WHOLE: &str = "external_id;Вид насилия ;forms;occurred_on;territory;setting;last_name;first_name;patronymic;birth_date;sex;iin;school;role;relation;description;erdr;kui;reported_on";

#[test]
fn a_row_of_an_old_table() {
    let text = format!(
        "{WHOLE}\n7;Физическое насилие;bullying, physical;3.2.2074 г.;Караганда;ҮЙДЕ;Секретова;Алия;;17.05.2064;Ж;;Школа 5;;parent_guardian;Синяки;2074-1;1402;05.02.2074\n"
    );
    let (rows, problems) = read(Demands::Report, &text);
    assert_eq!(problems, Vec::<String>::new());
    let row = &rows[0];
    assert_eq!((row.kind, row.main_form), (Some(FactKind::Violence), Some(ViolenceForm::Physical)));
    assert_eq!(row.nature().unwrap().forms().count(), 2);
    assert_eq!(row.place, Some(RowPlace::Name("Караганда".parse().unwrap())));
    assert_eq!((row.setting, row.role), (Some(Setting::Home), None::<ChildRole>));
    assert_eq!(row.relation, Some(Relation::ParentGuardian));
    assert_eq!(row.person.sex.map(|sex| sex.as_str()), Some("female"));
    assert_eq!(row.references.iter().map(|it| it.system.as_str()).collect::<Vec<_>>(), ["erdr", "kui"]);
    assert!(!format!("{row:?}").contains("Секретова"));
}

#[test]
fn all_that_is_wrong_is_named_and_no_value() {
    let text = format!("{WHOLE}\n;Порча;;30.02.2074;35;в лесу;Секр3това;;;2090-01-01;оно;600115500014;;x;x;;;;\n");
    let (rows, problems) = read(Demands::Report, &text);
    assert!(rows.is_empty());
    assert_eq!(
        problems,
        [
            "2 main_form unknown_code",
            "2 occurred_on date_format",
            "2 territory kato_format",
            "2 setting unknown_code",
            "2 iin iin_control_digit",
            "2 first_name missing_field",
            "2 last_name name_format",
            "2 birth_date birth_date_future",
            "2 sex unknown_code",
            "2 role unknown_code",
            "2 relation unknown_code",
            "2 description missing_field",
        ]
    );
    assert!(!format!("{problems:?}").contains("Секр"));
}

#[test]
fn a_number_says_birth_and_sex_and_a_comparison_needs_little() {
    let (rows, problems) = read(Demands::Comparison, "occurred_on;iin\n2074-02-03;600115500015\n2074-02-03;\n");
    let known = rows.first().is_some_and(|row| row.person.birth_date.is_some() && row.person.sex.is_some());
    // The number is checked by its own tests; here: either all of it counts, or it is refused.
    assert!(known || problems.iter().any(|it| it.contains("iin")), "{problems:?}");
    assert!(problems.contains(&"3 last_name missing_field".to_owned()), "{problems:?}");
    let (rows, problems) =
        read(Demands::Comparison, "occurred_on;last_name;first_name;level\n2074-02-03;Ә;Б;Попытка\n");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!((rows[0].kind, rows[0].level), (Some(FactKind::SuicidalBehaviour), Some(SuicidalLevel::Attempt)));
}

#[test]
fn kind_form_and_level_must_agree() {
    let header =
        "kind;main_form;level;occurred_on;territory;setting;last_name;first_name;birth_date;sex;description;relation";
    let rest = "2074-02-03;351000000;home;Ә;Б;2064-01-01;f;D";
    let text = format!(
        "{header}\nviolence;;attempt;{rest};\n;;;{rest};\nsuicidal_behaviour;;attempt;{rest};peer\n;physical;;{rest};peer\n"
    );
    let (rows, problems) = read(Demands::Report, &text);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        problems,
        ["2 level not_allowed", "2 main_form required", "3 kind missing_field", "4 relation not_allowed",]
    );
}

proptest! {
    #[test]
    fn whatever_the_cells_are_nothing_panics_and_no_row_is_lost(cells in prop::collection::vec("[^;\"\n\r]{0,12}", 19)) {
        let text = format!("{WHOLE}\n{}\n", cells.join(";"));
        for demands in [Demands::Report, Demands::Comparison] {
            let (rows, problems) = read(demands, &text);
            prop_assert!(rows.len() == 1 || !problems.is_empty() || cells.iter().all(|cell| cell.trim().is_empty()));
        }
    }
}
