//! One row as a report.

use qorgan_domain::Invalid;
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind};
use qorgan_domain::register::ChildRole;
use qorgan_domain::register::import::{EventRow, FactField, RowPerson};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::child::RowRecord;
use crate::children::{GivenName, LinkableChild, NewChild, PeopleFound};
use crate::reference::ListPeriod;
use crate::register::{ExternalReference, FiledReport, FilingError, NewReport, ReportedChild};
use crate::{AccessError, StorageError, Tx};

/// A row whose places are known.
#[derive(Debug, Clone)]
pub struct RowReport {
    /// What it says.
    pub row: EventRow,
    /// Where it took place.
    pub kato: Kato,
    /// The child's school.
    pub school: Option<OrganisationRef>,
}

impl RowReport {
    fn references(&self) -> Result<Vec<ExternalReference>, StorageError> {
        let named = self.row.references.iter();
        named
            .map(|it| it.system.parse().map(|system| ExternalReference { system, number: it.number.clone() }))
            .collect::<Result<_, _>>()
            .map_err(|_| StorageError::Statement("a row names no known system"))
    }
}

/// Why a row was not filed.
#[derive(Debug)]
pub enum RowFiling {
    /// Something is wrong with these fields.
    Refused(Vec<(FactField, Invalid)>),
    /// The actor may not, or the database failed.
    Failed(AccessError),
}

impl From<AccessError> for RowFiling {
    fn from(error: AccessError) -> Self {
        Self::Failed(error)
    }
}

impl From<StorageError> for RowFiling {
    fn from(error: StorageError) -> Self {
        Self::Failed(error.into())
    }
}

/// Rows that are filed one after the other.
pub(super) struct RowsAtOnce {
    /// An event calls for action for so many days.
    action_days: i64,
    /// Their children: registrations of children alike wait.
    people: PeopleFound,
}

fn refused<T>(field: FactField, code: &'static str) -> Result<T, RowFiling> {
    Err(RowFiling::Refused(vec![(field, Invalid::new(code))]))
}

impl Tx<'_> {
    /// Files a row as a report of the actor's organisation: the child is looked for and registered where the index does
    /// not know it for certain. An event that is long past calls for no action.
    ///
    /// # Errors
    /// [`RowFiling`].
    pub fn row_report_file(&mut self, report: &RowReport) -> Result<FiledReport, RowFiling> {
        let references = report.references()?;
        self.report_match_begin([(report.row.occurred_on, references.as_slice())])?;
        let mut rows = self.rows_at_once(&[report])?;
        self.row_report_file_among(report, &mut rows, 0)
    }

    /// Looks for the children of rows at once, before they are filed one by one. Reports that could tell of the same events
    /// wait already: always in this order, events first, then children.
    pub(super) fn rows_at_once(&mut self, rows: &[&RowReport]) -> Result<RowsAtOnce, StorageError> {
        let people: Vec<_> = rows.iter().map(|it| (&it.row.person, &it.kato)).collect();
        self.rows_registration_begin(&people)?;
        let today = self.today();
        Ok(RowsAtOnce {
            action_days: self.list_period(ListPeriod::Action, today)?,
            people: self.row_people_find(&people)?,
        })
    }

    /// Files one of these rows.
    pub(super) fn row_report_file_among(
        &mut self,
        report: &RowReport,
        rows: &mut RowsAtOnce,
        place: usize,
    ) -> Result<FiledReport, RowFiling> {
        let gaps = report.row.gaps();
        let (Some(nature), Some(setting), Some(description)) =
            (report.row.nature(), report.row.setting, report.row.description.clone())
        else {
            return Err(RowFiling::Refused(gaps));
        };
        if !gaps.is_empty() {
            return Err(RowFiling::Refused(gaps));
        }
        let calls_for_action = (self.today() - report.row.occurred_on).num_days() <= rows.action_days;
        let external_refs = report.references()?;
        let (child, children_alike) = self.row_child_known(report, rows, place)?;
        let permit = self.authorize(Action::ReportFile)?;
        let new = NewReport {
            id: None,
            nature,
            occurred_on: report.row.occurred_on,
            kato: report.kato.clone(),
            setting,
            child,
            children_alike,
            child_role: report.row.role.unwrap_or(ChildRole::Victim),
            relation: report.row.relation,
            description,
            case: None,
            external_refs,
            calls_for_action,
        };
        match self.report_insert(&permit, &new) {
            Ok(filed) => Ok(filed),
            Err(FilingError::NotAChild) => refused(FactField::OccurredOn, "not_a_child"),
            Err(FilingError::Storage(error)) => Err(error.into()),
            Err(_) => Err(StorageError::Statement("a row met a refusal that only reports of cases meet").into()),
        }
    }

    /// Another spelling by which a child is reported is kept with its record. False where it was held before.
    fn row_name_hold(&mut self, child: &LinkableChild, person: &RowPerson) -> Result<bool, StorageError> {
        let (Some(last), Some(first)) = (&person.last_name, &person.first_name) else { return Ok(false) };
        let name = GivenName { last: last.clone(), first: first.clone(), patronymic: person.patronymic.clone() };
        let held = self.child_name_hold(child, &name)?;
        if held {
            self.publish("child.name_held", ResourceKind::Child, child.id.as_uuid())?;
        }
        Ok(held)
    }

    /// The child of a row, registered where the index does not know it for certain, and those it may be besides.
    fn row_child_known(
        &mut self,
        report: &RowReport,
        rows: &mut RowsAtOnce,
        place: usize,
    ) -> Result<(ReportedChild, Vec<ChildId>), RowFiling> {
        let permit = self.authorize(Action::ChildRegister)?;
        let person = &report.row.person;
        let (Some(last_name), Some(first_name), Some(birth_date), Some(sex)) =
            (person.last_name.clone(), person.first_name.clone(), person.birth_date, person.sex)
        else {
            return Err(RowFiling::Refused(report.row.gaps()));
        };
        let mut new = NewChild {
            id: Uuid::now_v7().into(),
            last_name,
            first_name,
            patronymic: person.patronymic.clone(),
            birth_date,
            sex,
            iin: person.iin.clone(),
            kato: report.kato.clone(),
            organisation: report.school.clone(),
        };
        let found = self.person_identify(&permit, &rows.people, place)?;
        let RowRecord { certain, alike, number_of_another } = RowRecord::of(found);
        if let Some(child) = certain {
            if self.row_name_hold(&child, person)? {
                rows.people.name_held(place, &child);
            }
            return Ok((ReportedChild { id: child.id, birth_date: child.birth_date, sex: child.sex }, alike));
        }
        if number_of_another {
            // A wrong digit: it belongs to somebody else, and nobody holds a number twice.
            new.iin = None;
        }
        let registered = self.child_insert(&permit, new)?;
        rows.people.registered(place);
        match registered {
            Some(child) => Ok((ReportedChild { id: child.id, birth_date: child.birth_date, sex: child.sex }, alike)),
            // Somebody else took the number just now.
            None => refused(FactField::Iin, "iin_taken"),
        }
    }
}
