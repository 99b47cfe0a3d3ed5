//! How a family looks in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::children::PersonName;
use qorgan_domain::family::{ConsentForm, ConsentStatus, FamilyRelation};
use qorgan_domain::ids::{CaseId, ConsentId, FamilyMemberId, ServiceId};
use qorgan_domain::text::Narrative;
use qorgan_storage::family::{ConsentView, Contact, FamilyMember};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::cases::view::{OrganisationNameView, PersonView};

/// A decision of a family member on help.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentJson {
    /// Its id.
    pub id: ConsentId,
    /// What was decided.
    status: ConsentStatus,
    /// When.
    decided_on: NaiveDate,
    /// How it was told.
    form: ConsentForm,
    /// On which service; `null`: on help as a whole.
    service_id: Option<ServiceId>,
    /// Who recorded it.
    author: PersonView,
    /// For which organisation.
    organisation: OrganisationNameView,
    /// When.
    recorded_at: DateTime<Utc>,
}

impl From<ConsentView> for ConsentJson {
    fn from(consent: ConsentView) -> Self {
        Self {
            id: consent.id,
            status: consent.status,
            decided_on: consent.decided_on,
            form: consent.form,
            service_id: consent.service,
            author: consent.author.into(),
            organisation: consent.organisation.into(),
            recorded_at: consent.recorded_at,
        }
    }
}

/// Somebody of the family. Whoever may not read the section `social` sees what they are to the child, who wrote it and
/// when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FamilyMember)]
pub struct FamilyMemberView {
    /// Its id.
    pub id: FamilyMemberId,
    /// What they are to the child.
    relation: FamilyRelation,
    /// Whether the section `social` is open to the caller. Where not, what it protects is `null`.
    readable: bool,
    /// Last name.
    #[schema(value_type = Option<String>)]
    last_name: Option<PersonName>,
    /// First name.
    #[schema(value_type = Option<String>)]
    first_name: Option<PersonName>,
    /// Patronymic.
    #[schema(value_type = Option<String>)]
    patronymic: Option<PersonName>,
    /// How to reach them.
    #[schema(value_type = Option<String>)]
    contact: Option<Contact>,
    /// Whether they live with the child.
    lives_with_child: Option<bool>,
    /// What else matters.
    #[schema(value_type = Option<String>)]
    note: Option<Narrative>,
    /// Whether they are the alleged perpetrator. `null` where nobody said so, and where the section `investigation` is
    /// closed to the caller: the two look the same.
    alleged_perpetrator: Option<bool>,
    /// Their decisions on help that the caller may read, the first first. All of them stay.
    consents: Vec<ConsentJson>,
    /// Who wrote this version.
    author: PersonView,
    /// For which organisation.
    organisation: OrganisationNameView,
    /// When.
    recorded_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl From<FamilyMember> for FamilyMemberView {
    fn from(member: FamilyMember) -> Self {
        let readable = member.details.is_some();
        let details = member.details.unwrap_or_default();
        Self {
            id: member.id,
            relation: member.relation,
            readable,
            last_name: details.last_name,
            first_name: details.first_name,
            patronymic: details.patronymic,
            contact: details.contact,
            lives_with_child: details.lives_with_child,
            note: details.note,
            alleged_perpetrator: member.alleged_perpetrator,
            consents: member.consents.into_iter().map(Into::into).collect(),
            author: member.author.into(),
            organisation: member.organisation.into(),
            recorded_at: member.recorded_at,
            version: member.version,
        }
    }
}

/// The address of somebody of the family.
pub fn location(case: CaseId, member: FamilyMemberId) -> String {
    format!("/api/v1/cases/{case}/family/{member}")
}
