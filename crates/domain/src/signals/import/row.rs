//! From the cells of a row to a checked one.

use std::str::FromStr;

use chrono::NaiveDate;

use super::{ImportField, RowProblem};
use crate::Invalid;
use crate::children::{Iin, PersonName, Sex, birth_date_ok};
use crate::identity::AgencyCode;
use crate::ids::OrganisationId;
use crate::lists;
use crate::signals::{ExternalId, ReportedChild, SignalChannel, Urgency, told_age};
use crate::territory::Kato;
use crate::text::{Narrative, Title};

/// The cells of a row of signals.
pub type RawRow = lists::RawRow<ImportField>;

type Cells = lists::Cells<ImportField>;

/// What the request says of all rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportDefaults {
    /// Which way the signals came whose row does not say.
    pub channel: Option<SignalChannel>,
}

/// Whom a row names to decide on the signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportAddressee {
    /// This organisation.
    Organisation(OrganisationId),
    /// The organisation of this agency that is on duty in the territory.
    OnDuty(AgencyCode),
}

impl ImportAddressee {
    /// As it was written.
    #[must_use]
    pub fn as_written(&self) -> String {
        match self {
            Self::Organisation(id) => id.to_string(),
            Self::OnDuty(agency) => agency.as_str().to_owned(),
        }
    }
}

impl FromStr for ImportAddressee {
    type Err = Invalid;

    /// # Errors
    /// `addressee_format`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let organisation = text.parse().map(Self::Organisation);
        organisation.or_else(|_| text.parse().map(Self::OnDuty)).map_err(|_| Invalid::new("addressee_format"))
    }
}

/// A row that is right in itself.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Its number; see [`RowProblem::row`].
    pub row: u64,
    /// Its id in the source.
    pub external_id: Option<ExternalId>,
    /// Which way the signal came.
    pub channel: SignalChannel,
    /// What was said.
    pub description: Narrative,
    /// When it happened.
    pub occurred_on: Option<NaiveDate>,
    /// Where it happened.
    pub kato: Kato,
    /// Who is named to decide.
    pub addressee: Option<ImportAddressee>,
    /// How soon somebody must look at it.
    pub urgency: Urgency,
    /// What was said of the child.
    pub child: Option<ReportedChild>,
}

/// Checks a row by itself, on a day.
///
/// # Errors
/// Every wrong field: `missing_field` and the codes of the fields' types, `date_future`, `birth_date_future`,
/// `birth_date_too_old`, `number_too_large`; and what was wrong in reading the row.
pub fn check(raw: RawRow, defaults: ImportDefaults, today: NaiveDate) -> Result<ImportRow, Vec<RowProblem>> {
    use ImportField as F;
    let mut cells = Cells::of(raw)?;
    let external_id = cells.text(F::ExternalId);
    let channel = match defaults.channel {
        Some(channel) => Some(cells.text(F::Channel).unwrap_or(channel)),
        None => cells.needed(F::Channel),
    };
    let description = cells.needed(F::Description);
    let occurred_on = cells.date(F::OccurredOn);
    if occurred_on.is_some_and(|day| day > today) {
        cells.complain(F::OccurredOn, Invalid::new("date_future"));
    }
    let kato = cells.needed(F::Territory);
    let addressee = cells.text(F::Organisation);
    let urgency = cells.needed(F::Urgency);
    let child = child(&mut cells, today);
    match (channel, description, kato, urgency) {
        (Some(channel), Some(description), Some(kato), Some(urgency)) if cells.is_right() => Ok(ImportRow {
            row: cells.row(),
            external_id,
            channel,
            description,
            occurred_on,
            kato,
            addressee,
            urgency,
            child,
        }),
        _ => Err(cells.into_problems()),
    }
}

/// What the row says of a child; a name is needed as soon as it says anything.
fn child(cells: &mut Cells, today: NaiveDate) -> Option<ReportedChild> {
    use ImportField as F;
    const OF_CHILD: [F; 8] =
        [F::LastName, F::FirstName, F::Patronymic, F::BirthDate, F::Age, F::Sex, F::Iin, F::School];
    if !OF_CHILD.iter().any(|field| cells.holds(*field)) {
        return None;
    }
    let last_name = cells.needed::<PersonName>(F::LastName);
    let first_name = cells.needed::<PersonName>(F::FirstName);
    let patronymic = cells.text::<PersonName>(F::Patronymic);
    let birth_date = cells.date(F::BirthDate);
    if let Some(Err(invalid)) = birth_date.map(|date| birth_date_ok(date, today)) {
        cells.complain(F::BirthDate, invalid);
    }
    let age = cells.read(F::Age, |text| {
        let years = text.parse::<i32>().map_err(|_| Invalid::new("wrong_type").with("expected", "integer"))?;
        told_age(years)
    });
    let sex = cells.text::<Sex>(F::Sex);
    let iin = cells.text::<Iin>(F::Iin);
    let school = cells.text::<Title>(F::School);
    Some(ReportedChild {
        last_name: last_name?,
        first_name: first_name?,
        patronymic,
        birth_date,
        age,
        sex,
        iin,
        school,
    })
}
