//! How an organisation looks in JSON.

use chrono::{DateTime, Utc};
use qorgan_domain::identity::OrganisationKind;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::territory::Kato;
use qorgan_storage::identity::Organisation;
use serde::Serialize;
use utoipa::ToSchema;

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct OrganisationView {
    /// Its id.
    id: OrganisationId,
    /// The code of its agency.
    #[schema(example = "UO")]
    agency: String,
    /// Its territory (KATO).
    territory: Kato,
    /// What it is.
    kind: OrganisationKind,
    /// Its name, in Russian.
    name: String,
    /// Its name, in Kazakh.
    name_kk: Option<String>,
    /// Whether it works; nobody of one that does not can log in.
    active: bool,
    /// Its version, as in `ETag`.
    version: i64,
    /// When it was added.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

impl From<&Organisation> for OrganisationView {
    fn from(organisation: &Organisation) -> Self {
        Self {
            id: organisation.reference.id,
            agency: organisation.reference.agency.to_string(),
            territory: organisation.reference.kato.clone(),
            kind: organisation.kind,
            name: organisation.name.clone(),
            name_kk: organisation.name_kk.clone(),
            active: organisation.active,
            version: organisation.version,
            created_at: organisation.created_at,
            updated_at: organisation.updated_at,
        }
    }
}
