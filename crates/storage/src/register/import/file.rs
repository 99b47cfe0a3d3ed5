//! One row as a report.

use qorgan_domain::Invalid;
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind};
use qorgan_domain::register::ChildRole;
use qorgan_domain::register::import::{EventRow, FactField, RowPerson};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::child::RowRecord;
use crate::children::{GivenName, LinkableChild, NewChild};
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

/// What is the same for all rows of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowsAtOnce {
    /// An event calls for action for so many days.
    pub(super) action_days: i64,
    /// Whether registrations of children alike wait already, for all rows.
    pub(super) registrations_wait: bool,
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
        let today = self.today();
        let alone = RowsAtOnce { action_days: self.list_period(ListPeriod::Action, today)?, registrations_wait: false };
        self.row_report_file_among(report, alone)
    }

    /// The same for one of many rows.
    pub(super) fn row_report_file_among(
        &mut self,
        report: &RowReport,
        rows: RowsAtOnce,
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
        let external_refs: Result<Vec<_>, _> = report
            .row
            .references
            .iter()
            .map(|it| it.system.parse().map(|system| ExternalReference { system, number: it.number.clone() }))
            .collect();
        let external_refs = external_refs.map_err(|_| StorageError::Statement("a row names no known system"))?;
        self.report_match_begin([(report.row.occurred_on, external_refs.as_slice())])?;
        let (child, children_alike) = self.row_child_known(report, rows)?;
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

    /// Another spelling by which a child is reported is kept with its record.
    fn row_name_hold(&mut self, child: &LinkableChild, person: &RowPerson) -> Result<(), StorageError> {
        if let (Some(last), Some(first)) = (&person.last_name, &person.first_name) {
            let name = GivenName { last: last.clone(), first: first.clone(), patronymic: person.patronymic.clone() };
            if self.child_name_hold(child, &name)? {
                self.publish("child.name_held", ResourceKind::Child, child.id.as_uuid())?;
            }
        }
        Ok(())
    }

    /// The child of a row, registered where the index does not know it for certain, and those it may be besides.
    fn row_child_known(
        &mut self,
        report: &RowReport,
        rows: RowsAtOnce,
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
        if !rows.registrations_wait {
            self.child_registration_begin(&new)?;
        }
        let RowRecord { certain, alike, number_of_another } = self.row_child(&permit, person, &report.kato)?;
        if let Some(child) = certain {
            self.row_name_hold(&child, person)?;
            return Ok((ReportedChild { id: child.id, birth_date: child.birth_date, sex: child.sex }, alike));
        }
        if number_of_another {
            // A wrong digit: it belongs to somebody else, and nobody holds a number twice.
            new.iin = None;
        }
        match self.child_insert(&permit, new)? {
            Some(child) => Ok((ReportedChild { id: child.id, birth_date: child.birth_date, sex: child.sex }, alike)),
            // Somebody else took the number just now.
            None => refused(FactField::Iin, "iin_taken"),
        }
    }
}
