//! Loading a fact together with the right to it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::children::Sex;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{ChildId, FactId};
use qorgan_domain::policy::{Action, Actor, OrganisationRef, Subject, Verdict, decide};
use qorgan_domain::register::{ChangeKind, FactContent, FactKind, FactNumber, FactStatus, Nature, Relation, Setting};
use qorgan_domain::signals::SignalChannel;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::reference::organisation_ref;
use crate::schema::{
    register_fact_versions as versions, register_facts as facts, register_report_links as links,
    register_reports as reports,
};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// Whether the session may see a case; false without one.
    fn case_visible(case_id: diesel::sql_types::Nullable<diesel::sql_types::Uuid>) -> diesel::sql_types::Bool;
}

/// An event of the register, as it reads now.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its id.
    pub id: FactId,
    /// Its number.
    pub number: FactNumber,
    /// The child it is about.
    pub child_id: ChildId,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// The version in force.
    pub current: FactVersion,
    /// The organisations whose reports the caller may see.
    pub reporters: Vec<OrganisationRef>,
    /// Whether one of its reports belongs to a case that the caller may see.
    pub in_visible_case: bool,
}

/// What the register says of a fact from one moment until the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactVersion {
    /// From 1.
    pub version: i32,
    /// Violence of some forms, or suicidal behaviour of some level.
    pub nature: Nature,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub kato: Kato,
    /// Where it took place.
    pub setting: Setting,
    /// What the alleged perpetrator is to the child, where that was said.
    pub relation: Option<Relation>,
    /// Sex of the child.
    pub sex: Sex,
    /// Age of the child on the day of the event, in full years.
    pub age_years: i16,
    /// The agency that reported first.
    pub agency: AgencyCode,
    /// The place of the organisation that reported first.
    pub organisation_kato: Kato,
    /// How it was detected.
    pub channel: SignalChannel,
    /// Where the fact stands.
    pub status: FactStatus,
    /// What made this version.
    pub change: ChangeKind,
    /// The fact that stands for this one, where it is merged.
    pub merged_into: Option<FactId>,
    /// The protocol of the session that decided, where one did.
    pub protocol_number: Option<String>,
    /// Why this version was made; none for the first.
    pub reason: Option<String>,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
}

impl FactVersion {
    /// What it says of the event.
    #[must_use]
    pub fn content(&self) -> FactContent {
        FactContent {
            nature: self.nature.clone(),
            occurred_on: self.occurred_on,
            kato: self.kato.clone(),
            setting: self.setting,
            relation: self.relation,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = facts)]
pub(super) struct FactRow {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) child_id: Uuid,
    pub(super) created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = versions)]
pub(super) struct VersionRow {
    fact_id: Uuid,
    version: i32,
    kind: String,
    main_form: Option<String>,
    forms: Vec<String>,
    level: Option<String>,
    occurred_on: NaiveDate,
    kato: String,
    setting: String,
    relation: Option<String>,
    sex: String,
    age_years: i16,
    agency_code: String,
    organisation_kato: String,
    channel: String,
    status: String,
    change: String,
    merged_into: Option<Uuid>,
    protocol_number: Option<String>,
    reason: Option<String>,
    recorded_at: DateTime<Utc>,
}

const VERSIONS: &str = "register_fact_versions";

impl VersionRow {
    pub(super) fn into_version(self) -> Result<FactVersion, StorageError> {
        let row = self.fact_id;
        Ok(FactVersion {
            version: self.version,
            nature: self.nature()?,
            occurred_on: self.occurred_on,
            kato: rows::parse(&self.kato, VERSIONS, "kato", row)?,
            setting: rows::parse(&self.setting, VERSIONS, "setting", row)?,
            relation: rows::parse_optional(self.relation.as_deref(), VERSIONS, "relation", row)?,
            sex: rows::parse(&self.sex, VERSIONS, "sex", row)?,
            age_years: self.age_years,
            agency: rows::parse(&self.agency_code, VERSIONS, "agency_code", row)?,
            organisation_kato: rows::parse(&self.organisation_kato, VERSIONS, "organisation_kato", row)?,
            channel: rows::parse(&self.channel, VERSIONS, "channel", row)?,
            status: rows::parse(&self.status, VERSIONS, "status", row)?,
            change: rows::parse(&self.change, VERSIONS, "change", row)?,
            merged_into: self.merged_into.map(Into::into),
            protocol_number: self.protocol_number,
            reason: self.reason,
            recorded_at: self.recorded_at,
        })
    }

    fn nature(&self) -> Result<Nature, StorageError> {
        let columns = NatureColumns {
            kind: &self.kind,
            main_form: self.main_form.as_deref(),
            forms: &self.forms,
            level: self.level.as_deref(),
        };
        columns.nature(VERSIONS, self.fact_id)
    }
}

/// The columns that hold what a fact was, in versions and in reports.
pub(super) struct NatureColumns<'a> {
    pub(super) kind: &'a str,
    pub(super) main_form: Option<&'a str>,
    pub(super) forms: &'a [String],
    pub(super) level: Option<&'a str>,
}

impl NatureColumns<'_> {
    pub(super) fn nature(&self, table: &'static str, row: Uuid) -> Result<Nature, StorageError> {
        let kind: FactKind = rows::parse(self.kind, table, "kind", row)?;
        let main_form = rows::parse_optional(self.main_form, table, "main_form", row)?;
        let level = rows::parse_optional(self.level, table, "level", row)?;
        let forms = match kind {
            FactKind::SuicidalBehaviour => None,
            FactKind::Violence => Some(
                self.forms.iter().map(|form| rows::parse(form, table, "forms", row)).collect::<Result<Vec<_>, _>>()?,
            ),
        };
        Nature::new(kind, main_form, level, forms).map_err(|_| StorageError::Corrupt { table, column: "kind", row })
    }
}

impl Fact {
    /// What the permission table says about it.
    pub(super) fn verdict(&self, actor: &Actor, action: Action) -> Verdict {
        let subject = Subject::Fact { reporters: &self.reporters, in_visible_case: self.in_visible_case };
        decide(actor, action, &subject)
    }
}

/// By which of its reports a caller reaches a fact.
#[derive(Default)]
pub(super) struct Reach {
    reporters: Vec<OrganisationRef>,
    in_visible_case: bool,
}

impl Reach {
    fn add(&mut self, reporter: OrganisationRef, in_visible_case: bool) {
        if !self.reporters.contains(&reporter) {
            self.reporters.push(reporter);
        }
        self.in_visible_case |= in_visible_case;
    }
}

impl Tx<'_> {
    /// Loads a fact with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn fact_for(&mut self, id: FactId, action: Action) -> Result<Authorized<Fact>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let Some(fact) = self.fact_load(id)? else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor = &self.actor;
        let fact = self.decide(action, fact, |fact| fact.verdict(actor, action))?;
        if action == Action::RegisterRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(fact)
    }

    /// The facts among `ids` that the actor may read, in no particular order. The caller audits what it shows of them.
    pub(crate) fn facts_visible(&mut self, ids: &[Uuid]) -> Result<Vec<Fact>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<(FactRow, VersionRow)> = facts::table
            .inner_join(
                versions::table.on(versions::fact_id.eq(facts::id).and(versions::version.eq(facts::current_version))),
            )
            .filter(facts::id.eq_any(ids))
            .select((FactRow::as_select(), VersionRow::as_select()))
            .load(self.connection)?;
        let mut facts = self.facts_of(rows)?;
        facts.retain(|fact| {
            let allowed = fact.verdict(&self.actor, Action::RegisterRead) == Verdict::Allowed;
            if !allowed {
                tracing::error!(fact = %fact.id, user = %self.actor.user, "row security showed a fact that the policy refuses");
            }
            allowed
        });
        Ok(facts)
    }

    pub(super) fn fact_load(&mut self, id: FactId) -> Result<Option<Fact>, StorageError> {
        let row: Option<(FactRow, VersionRow)> = facts::table
            .inner_join(
                versions::table.on(versions::fact_id.eq(facts::id).and(versions::version.eq(facts::current_version))),
            )
            .filter(facts::id.eq(id.as_uuid()))
            .select((FactRow::as_select(), VersionRow::as_select()))
            .first(self.connection)
            .optional()?;
        let facts = self.facts_of(row.into_iter().collect())?;
        Ok(facts.into_iter().next())
    }

    /// Facts of their rows, in the same order, with the caller's reach to them.
    pub(super) fn facts_of(&mut self, rows: Vec<(FactRow, VersionRow)>) -> Result<Vec<Fact>, StorageError> {
        let ids: Vec<Uuid> = rows.iter().map(|(fact, _)| fact.id).collect();
        let mut reaches = self.fact_reaches(&ids)?;
        rows.into_iter()
            .map(|(fact, version)| {
                let reach = reaches.remove(&fact.id).unwrap_or_default();
                Ok(Fact {
                    id: fact.id.into(),
                    number: rows::parse(&fact.number, "register_facts", "number", fact.id)?,
                    child_id: fact.child_id.into(),
                    created_at: fact.created_at,
                    current: version.into_version()?,
                    reporters: reach.reporters,
                    in_visible_case: reach.in_visible_case,
                })
            })
            .collect()
    }

    /// By facts: whose reports the caller may see. Row security leaves out the reports of others. A merged fact is
    /// reached by those that went on with the merger.
    fn fact_reaches(&mut self, ids: &[Uuid]) -> Result<std::collections::HashMap<Uuid, Reach>, StorageError> {
        type Found = (Uuid, Uuid, String, String, bool);
        let mut found: Vec<Found> = reports::table
            .filter(reports::fact_id.eq_any(ids))
            .order(reports::created_at)
            .select((
                reports::fact_id,
                reports::organisation_id,
                reports::organisation_agency,
                reports::organisation_kato,
                case_visible(reports::case_id),
            ))
            .load(self.connection)?;
        if found.is_empty() || ids.len() > 1 {
            let went_on: Vec<Found> = links::table
                .inner_join(facts::table.on(links::fact_id.eq(facts::id)))
                .inner_join(reports::table.on(links::report_id.eq(reports::id)))
                .filter(facts::id.eq_any(ids).and(links::until.eq(facts::merged_at)))
                .order(reports::created_at)
                .select((
                    facts::id,
                    reports::organisation_id,
                    reports::organisation_agency,
                    reports::organisation_kato,
                    case_visible(reports::case_id),
                ))
                .load(self.connection)?;
            found.extend(went_on);
        }
        let mut reaches = std::collections::HashMap::<Uuid, Reach>::new();
        for (fact, organisation, agency, kato, in_visible_case) in found {
            let reporter = organisation_ref(organisation, &agency, &kato)?;
            reaches.entry(fact).or_default().add(reporter, in_visible_case);
        }
        Ok(reaches)
    }
}
