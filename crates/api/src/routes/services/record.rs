//! What adding and changing a service have in common: every wrong field at once.

use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::services::{Capacity, CapacityPeriod};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Text;
use qorgan_storage::Tx;
use qorgan_storage::services::ServiceRecord;

use crate::problem::{FieldErrors, Issue, Pointer, Problem};
use crate::request;

/// A telephone number as people dial it: a short number too.
pub type Phone = Text<2, 40>;
/// An address in words.
pub type Address = Text<3, 500>;

/// Most territories, numbers or languages of one service.
const MOST: usize = 50;
/// Most places in a period.
const GREATEST_CAPACITY: i32 = 100_000;
/// Greatest age that a service may name.
const GREATEST_AGE: i32 = 120;

request! {
    /// How many a service takes.
    pub struct CapacityRequest {
        /// So many appointments.
        #[schema(minimum = 1, maximum = 100_000)]
        pub places: i32,
        /// In a day, a week, a month.
        pub period: CapacityPeriod,
    }
}

impl CapacityRequest {
    /// The capacity.
    pub const fn capacity(&self) -> Capacity {
        Capacity { places: self.places, period: self.period }
    }
}

/// The provider that was named; none where `errors` now says that there is no such organisation.
pub fn provider(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    errors: &mut FieldErrors,
) -> Result<Option<OrganisationRef>, Problem> {
    let organisation = tx.organisation_ref(id)?;
    if organisation.is_none() {
        errors.push(&Pointer::ROOT.key("organisation_id"), Issue::new("unknown_organisation"));
    }
    Ok(organisation)
}

/// Checks a service as it would stand.
pub fn check(tx: &mut Tx<'_>, record: &ServiceRecord, errors: &mut FieldErrors) -> Result<(), Problem> {
    territory(tx, &record.kato, &Pointer::ROOT.key("territory"), errors)?;
    let at = Pointer::ROOT.key("serves");
    if record.served.is_empty() {
        errors.push(&at, Issue::new("too_few_items").with("min", 1));
    }
    bounded(record.served.len(), &at, errors);
    for (place, kato) in record.served.iter().enumerate().take(MOST) {
        territory(tx, kato, &at.index(place), errors)?;
    }
    bounded(record.phones.len(), &Pointer::ROOT.key("phones"), errors);
    bounded(record.languages.len(), &Pointer::ROOT.key("languages"), errors);
    let days = record.availability;
    for (name, age) in [("age_from", days.age_from), ("age_to", days.age_to)] {
        within(age, 0, GREATEST_AGE, &Pointer::ROOT.key(name), errors);
    }
    if let (Some(from), Some(to)) = (days.age_from, days.age_to)
        && from > to
    {
        errors.push(&Pointer::ROOT.key("age_to"), Issue::new("period_reversed"));
    }
    if days.valid_to.is_some_and(|end| end <= days.valid_from) {
        errors.push(&Pointer::ROOT.key("valid_to"), Issue::new("period_reversed"));
    }
    let places = record.capacity.map(|capacity| capacity.places);
    within(places, 1, GREATEST_CAPACITY, &Pointer::ROOT.key("capacity").key("places"), errors);
    Ok(())
}

fn territory(tx: &mut Tx<'_>, kato: &Kato, at: &Pointer<'_>, errors: &mut FieldErrors) -> Result<(), Problem> {
    if !tx.territory_exists(kato)? {
        errors.push(at, Issue::new("unknown_territory"));
    }
    Ok(())
}

fn bounded(count: usize, at: &Pointer<'_>, errors: &mut FieldErrors) {
    if count > MOST {
        errors.push(at, Issue::new("too_many_items").with("max", MOST));
    }
}

fn within(number: Option<i32>, least: i32, greatest: i32, at: &Pointer<'_>, errors: &mut FieldErrors) {
    match number {
        Some(number) if number < least => errors.push(at, Issue::new("number_too_small").with("min", least)),
        Some(number) if number > greatest => errors.push(at, Issue::new("number_too_large").with("max", greatest)),
        _ => {}
    }
}
