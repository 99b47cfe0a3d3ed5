//! From the cells of a row to a checked one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

use super::{FactField, words};
use crate::Invalid;
use crate::children::{Iin, PersonName, Sex, birth_date_ok};
use crate::lists::{Cells, RawRow, RowProblem, WordLookup, date_of_table};
use crate::register::{ChildRole, FactKind, Nature, Relation, Setting, SuicidalLevel, ViolenceForm, check_relation};
use crate::signals::ExternalId;
use crate::territory::Kato;
use crate::text::{Narrative, Text, Title};

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demands {
    /// To become a report: all that a report needs.
    Report,
    /// To be compared: a child and a day.
    Comparison,
}

/// By what rows are checked.
#[derive(Debug, Clone, Copy)]
pub struct RowRules {
    /// What they are for.
    pub demands: Demands,
    /// The present day.
    pub today: NaiveDate,
    /// Finds codes by their words.
    pub words: WordLookup,
}

/// Where an event took place, as the row names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowPlace {
    /// By code.
    Kato(Kato),
    /// By name.
    Name(Title),
}

/// The number by which another system knows the event; `system` is `erdr`, `kui`, `medical_record` or `other`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReference {
    /// The system.
    pub system: String,
    /// Its number there.
    pub number: Text<1, 60>,
}

/// What a row says of the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPerson {
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<PersonName>,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<PersonName>,
    /// Patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<PersonName>,
    /// Date of birth; of the ИИН where the row does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// Sex; of the ИИН where the row does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// ИИН.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub iin: Option<Iin>,
}

/// Writes the digits; where the row is kept is under row security.
#[allow(clippy::ref_option, reason = "serde passes the field by reference")]
fn exposed<S: Serializer>(iin: &Option<Iin>, serializer: S) -> Result<S::Ok, S::Error> {
    iin.as_ref().map(Iin::expose).serialize(serializer)
}

/// A row that is right in itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Its number; see [`RowProblem::row`].
    pub row: u64,
    /// Its id in the source.
    pub external_id: Option<ExternalId>,
    /// What kind of event, where that is known.
    pub kind: Option<FactKind>,
    /// Violence: the form by which it is counted.
    pub main_form: Option<ViolenceForm>,
    /// Violence: all forms.
    pub forms: Option<Vec<ViolenceForm>>,
    /// Suicidal behaviour: how far it went.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// Where it took place.
    pub place: Option<RowPlace>,
    /// In what surroundings.
    pub setting: Option<Setting>,
    /// The child.
    pub person: RowPerson,
    /// The child's school, as named.
    pub school: Option<Title>,
    /// What the child was in the event.
    pub role: Option<ChildRole>,
    /// What the alleged perpetrator is to the child.
    pub relation: Option<Relation>,
    /// What happened.
    pub description: Option<Narrative>,
    /// Where other systems know the event.
    pub references: Vec<RowReference>,
    /// When the agency took note of it.
    pub reported_on: Option<NaiveDate>,
}

impl EventRow {
    /// What happened, where the row says enough.
    #[must_use]
    pub fn nature(&self) -> Option<Nature> {
        Nature::new(self.kind?, self.main_form, self.level, self.forms.clone()).ok()
    }

    /// What it lacks to become a report.
    #[must_use]
    pub fn gaps(&self) -> Vec<(FactField, Invalid)> {
        use FactField as F;
        let mut gaps = Vec::new();
        match self.kind {
            None => gaps.push((F::Kind, Invalid::new("missing_field"))),
            Some(kind) => {
                let wrong = Nature::new(kind, self.main_form, self.level, self.forms.clone()).err();
                gaps.extend(wrong.into_iter().flatten().map(|(field, it)| (field.parse().unwrap_or(F::Kind), it)));
            }
        }
        let there = [
            (F::Territory, self.place.is_some()),
            (F::Setting, self.setting.is_some()),
            (F::LastName, self.person.last_name.is_some()),
            (F::FirstName, self.person.first_name.is_some()),
            (F::BirthDate, self.person.birth_date.is_some()),
            (F::Sex, self.person.sex.is_some()),
            (F::Description, self.description.is_some()),
        ];
        let missing = there.into_iter().filter(|(_, there)| !there);
        gaps.extend(missing.map(|(field, _)| (field, Invalid::new("missing_field"))));
        gaps
    }
}

/// Checks a row by itself.
///
/// # Errors
/// Every wrong field: `missing_field` and the codes of the fields' types, `date_format`, `date_future`,
/// `birth_date_future`, `birth_date_too_old`, `required`, `not_allowed`, `reported_before_event`; and what was wrong in
/// reading the row.
pub fn check(raw: RawRow<FactField>, rules: RowRules) -> Result<EventRow, Vec<RowProblem>> {
    use FactField as F;
    let mut cells = Cells::of(raw)?;
    let external_id = cells.text(F::ExternalId);
    let nature = Said::of(&mut cells, rules);
    let occurred_on = past_day(&mut cells, F::OccurredOn, rules);
    cells.need_read(F::OccurredOn, occurred_on.is_some());
    let place = cells.read(F::Territory, place);
    let setting = cells.read(F::Setting, |text| words::word(text, "setting", rules.words));
    if rules.demands == Demands::Report {
        cells.need_read(F::Territory, place.is_some());
        cells.need_read(F::Setting, setting.is_some());
    }
    let person = person(&mut cells, rules);
    let school = cells.text(F::School);
    let role = cells.read(F::Role, |text| words::word(text, "child_role", rules.words));
    let relation = cells.read(F::Relation, |text| {
        let relation = words::word(text, "relation", rules.words)?;
        nature.kind.map_or(Ok(Some(relation)), |kind| check_relation(kind, Some(relation)))
    });
    let description = cells.text(F::Description);
    if rules.demands == Demands::Report {
        cells.need_read(F::Description, description.is_some());
    }
    let references = references(&mut cells);
    let reported_on = past_day(&mut cells, F::ReportedOn, rules);
    if let (Some(event), Some(reported)) = (occurred_on, reported_on)
        && reported < event
    {
        cells.complain(F::ReportedOn, Invalid::new("reported_before_event"));
    }
    match occurred_on {
        Some(occurred_on) if cells.is_right() => Ok(EventRow {
            row: cells.row(),
            external_id,
            kind: nature.kind,
            main_form: nature.main_form,
            forms: nature.forms,
            level: nature.level,
            occurred_on,
            place,
            setting,
            person,
            school,
            role,
            relation: relation.flatten(),
            description,
            references,
            reported_on,
        }),
        _ => Err(cells.into_problems()),
    }
}

/// What a row says of the nature of the event.
struct Said {
    kind: Option<FactKind>,
    main_form: Option<ViolenceForm>,
    forms: Option<Vec<ViolenceForm>>,
    level: Option<SuicidalLevel>,
}

impl Said {
    fn of(cells: &mut Cells<FactField>, rules: RowRules) -> Self {
        use FactField as F;
        let written = cells.holds(F::Kind);
        let kind = cells.read(F::Kind, |text| words::word(text, "fact_kind", rules.words));
        let violent = cells.holds(F::MainForm) || cells.holds(F::Forms);
        let suicidal = cells.holds(F::Level);
        let main_form = cells.read(F::MainForm, |text| words::word(text, "violence_form", rules.words));
        let forms = cells.read(F::Forms, |text| words::words(text, "violence_form", rules.words));
        let level = cells.read(F::Level, |text| words::word(text, "suicidal_level", rules.words));
        // What form or level say needs no word of its own.
        let kind = match (kind, violent, suicidal) {
            (None, true, false) if !written => Some(FactKind::Violence),
            (None, false, true) if !written => Some(FactKind::SuicidalBehaviour),
            (kind, ..) => kind,
        };
        let said = Self { kind, main_form, forms, level };
        if rules.demands == Demands::Report && cells.is_right_in(&[F::Kind, F::MainForm, F::Forms, F::Level]) {
            said.complete(cells);
        }
        said
    }

    /// A report says all of it.
    fn complete(&self, cells: &mut Cells<FactField>) {
        use FactField as F;
        let Some(kind) = self.kind else {
            cells.complain(F::Kind, Invalid::new("missing_field"));
            return;
        };
        for (field, invalid) in
            Nature::new(kind, self.main_form, self.level, self.forms.clone()).err().unwrap_or_default()
        {
            cells.complain(field.parse().unwrap_or(F::Kind), invalid);
        }
    }
}

fn past_day(cells: &mut Cells<FactField>, field: FactField, rules: RowRules) -> Option<NaiveDate> {
    let day = cells.read(field, date_of_table)?;
    if day > rules.today {
        cells.complain(field, Invalid::new("date_future"));
    }
    Some(day)
}

fn place(text: &str) -> Result<RowPlace, Invalid> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(RowPlace::Kato);
    }
    text.parse().map(RowPlace::Name)
}

/// The child. A number says day of birth and sex too.
fn person(cells: &mut Cells<FactField>, rules: RowRules) -> RowPerson {
    use FactField as F;
    let iin: Option<Iin> = cells.text(F::Iin);
    let named = rules.demands == Demands::Report || !(iin.is_some() || cells.has_problem(F::Iin));
    if named {
        cells.need(F::LastName);
        cells.need(F::FirstName);
    }
    let (last_name, first_name) = (cells.text(F::LastName), cells.text(F::FirstName));
    let patronymic = cells.text(F::Patronymic);
    let said_birth =
        cells.read(F::BirthDate, |text| date_of_table(text).and_then(|day| birth_date_ok(day, rules.today)));
    let said_sex = cells.read(F::Sex, |text| words::sex(text, rules.words));
    let birth_date = said_birth.or_else(|| iin.as_ref().and_then(Iin::birth_date));
    let sex = said_sex.or_else(|| iin.as_ref().and_then(Iin::sex));
    if rules.demands == Demands::Report {
        cells.need_read(F::BirthDate, birth_date.is_some());
        cells.need_read(F::Sex, sex.is_some());
    }
    RowPerson { last_name, first_name, patronymic, birth_date, sex, iin }
}

fn references(cells: &mut Cells<FactField>) -> Vec<RowReference> {
    use FactField as F;
    let systems =
        [(F::Erdr, "erdr"), (F::Kui, "kui"), (F::MedicalRecord, "medical_record"), (F::OtherReference, "other")];
    let mut found = Vec::new();
    for (field, system) in systems {
        if let Some(number) = cells.text(field) {
            found.push(RowReference { system: system.to_owned(), number });
        }
    }
    found
}
