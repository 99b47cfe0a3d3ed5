//! The file of a fact on the agenda: its versions, what every agency said of it, the child, material, opinions. Open to
//! a seat for its time; every reading is audited with all that it showed.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::Action;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::{FactBefore, Material, Opinion};
use crate::register::load::VersionRow;
use crate::register::{FactVersion, Report};
use crate::schema::register_fact_versions as versions;
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// The file of a fact.
#[derive(Debug, Clone)]
pub struct QualificationFile {
    /// The child.
    pub child: ChildOfFile,
    /// What the register said and says, the oldest first.
    pub versions: Vec<FactVersion>,
    /// What every agency said, the oldest first.
    pub reports: Vec<Report>,
    /// What organisations were asked and answered.
    pub materials: Vec<Material>,
    /// The opinions that are unsealed for the actor.
    pub opinions: Vec<Opinion>,
}

/// What a file says of the child: who it is and where it learns; no number of a document, no day of birth.
#[derive(Debug, Clone)]
pub struct ChildOfFile {
    /// The record.
    pub id: ChildId,
    /// Last name, first name, patronymic.
    pub name: (String, String, Option<String>),
    /// Where it lives.
    pub kato: Option<Kato>,
    /// The organisation that it belongs to.
    pub organisation: Option<String>,
}

#[derive(QueryableByName)]
struct ChildRow {
    #[diesel(sql_type = SqlUuid)]
    child_id: Uuid,
    #[diesel(sql_type = Text)]
    last_name: String,
    #[diesel(sql_type = Text)]
    first_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    patronymic: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    kato: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation: Option<String>,
}

impl Tx<'_> {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where row security does not open it; [`StorageError`].
    pub fn qualification_file(&mut self, before: &Authorized<FactBefore>) -> Result<QualificationFile, AccessError> {
        if before.action() != Action::QualificationFileRead {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let item = before.item.id;
        let child = self.child_of_file(item.as_uuid())?.ok_or(AccessError::Denied(Denial::NotFound))?;
        let fact = before.item.fact.0;
        let reports = self.reports_of_fact(fact)?;
        let file = QualificationFile {
            versions: self.fact_versions_of(fact.as_uuid())?,
            materials: self.materials_of(item)?,
            opinions: self.opinions_unsealed(item)?,
            child,
            reports,
        };
        let action = before.action();
        self.audit(action, item.as_uuid(), None);
        let shown = [fact.as_uuid(), file.child.id.as_uuid()].into_iter();
        let shown = shown.chain(file.reports.iter().map(|report| report.id.as_uuid()));
        self.audit_many(action, shown.chain(file.materials.iter().map(|material| material.id.as_uuid())).collect());
        Ok(file)
    }

    fn child_of_file(&mut self, item: Uuid) -> Result<Option<ChildOfFile>, StorageError> {
        let found: Option<ChildRow> = sql_query("SELECT * FROM group_child($1)")
            .bind::<SqlUuid, _>(item)
            .get_result(self.connection)
            .optional()?;
        found
            .map(|row| {
                Ok(ChildOfFile {
                    id: row.child_id.into(),
                    kato: rows::parse_optional(row.kato.as_deref(), "children", "kato", row.child_id)?,
                    name: (row.last_name, row.first_name, row.patronymic),
                    organisation: row.organisation,
                })
            })
            .transpose()
    }

    fn fact_versions_of(&mut self, fact: Uuid) -> Result<Vec<FactVersion>, StorageError> {
        let found: Vec<VersionRow> = versions::table
            .filter(versions::fact_id.eq(fact))
            .order(versions::version)
            .select(VersionRow::as_select())
            .load(self.connection)?;
        found.into_iter().map(VersionRow::into_version).collect()
    }
}
