//! How the in-school register looks in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::ids::{ChildId, PlacementId};
use qorgan_domain::policy::Action;
use qorgan_domain::school_register::{GroundUse, PlacementChange, PlacementStatus, Submitter};
use qorgan_storage::Tx;
use qorgan_storage::school_register::{
    GroundCount, GroundRow, Placement, PlacementRecord, RegimeRow, StatementItem, VersionView,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::request::Language;
use crate::routes::cases::view::{OrganisationNameView, PersonView};
use crate::routes::reference::view::NamesView;

/// The reference data by which placements are named, in the language of the answer.
pub struct Names {
    pub(super) regimes: Vec<RegimeRow>,
    pub(super) grounds: Vec<GroundRow>,
    language: Language,
    today: NaiveDate,
}

impl Names {
    /// Reads them.
    pub fn load(tx: &mut Tx<'_>, language: Language) -> Result<Self, Problem> {
        Ok(Self {
            regimes: tx.school_register_regimes()?,
            grounds: tx.school_register_grounds()?,
            language,
            today: tx.today(),
        })
    }

    /// What a placement is called on a day.
    fn regime(&self, day: NaiveDate) -> Option<RegimeNameView> {
        let regime = self.regimes.iter().find(|regime| regime.in_force(day))?;
        let names = names(&regime.name_ru, &regime.name_kk, regime.name_en.as_ref());
        Some(RegimeNameView { code: regime.code.clone(), name: names.in_language(self.language).to_owned() })
    }

    fn ground(&self, usage: GroundUse, code: &str) -> GroundNameView {
        let row = self.grounds.iter().rev().find(|row| row.usage == usage.as_str() && row.code == code);
        let title = row.map_or_else(
            || code.to_owned(),
            |row| names(&row.title_ru, &row.title_kk, row.title_en.as_ref()).in_language(self.language).to_owned(),
        );
        GroundNameView { code: code.to_owned(), title }
    }
}

fn names(ru: &str, kk: &str, en: Option<&String>) -> NamesView {
    NamesView { ru: ru.to_owned(), kk: Some(kk.to_owned()), en: en.cloned() }
}

/// The legal regime under which something stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegimeName)]
pub struct RegimeNameView {
    /// Its code.
    #[schema(example = "pedagogical_support")]
    code: String,
    /// What it is called, in the language of the answer.
    name: String,
}

/// A ground.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroundName)]
pub struct GroundNameView {
    /// Its code.
    #[schema(example = "truancy")]
    code: String,
    /// The ground in words, in the language of the answer.
    title: String,
}

/// The decision by which a pupil was removed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlacementRemoval)]
pub struct RemovalView {
    /// On which ground.
    ground: GroundNameView,
    /// When the school's council decided.
    decided_on: NaiveDate,
    /// The number of its protocol.
    protocol_number: String,
}

/// What the section `education` protects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlacementRecord)]
pub struct RecordView {
    /// On which ground the pupil was placed.
    ground: GroundNameView,
    /// When the school's council decided.
    decided_on: NaiveDate,
    /// The number of its protocol.
    protocol_number: String,
    /// Who brought the matter before it.
    submitted_by: Submitter,
    /// When the parents were informed.
    parents_informed_on: Option<NaiveDate>,
    /// When the council looks at it again.
    review_on: Option<NaiveDate>,
    /// What was decided.
    decision: Option<String>,
    /// The individual plan.
    plan: Option<String>,
    /// How the pupil was removed.
    removal: Option<RemovalView>,
}

impl RecordView {
    fn of(record: PlacementRecord, names: &Names) -> Self {
        Self {
            ground: names.ground(GroundUse::Placement, &record.ground),
            decided_on: record.decided_on,
            protocol_number: record.protocol_number,
            submitted_by: record.submitted_by,
            parents_informed_on: record.parents_informed_on,
            review_on: record.review_on,
            decision: record.decision,
            plan: record.plan,
            removal: record.removal.map(|removal| RemovalView {
                ground: names.ground(GroundUse::Removal, &removal.ground),
                decided_on: removal.decided_on,
                protocol_number: removal.protocol_number,
            }),
        }
    }
}

/// A placement on the in-school register. Whoever is not of education sees on a case of the child only that there is
/// one: what it is called, where, since when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SchoolPlacement)]
pub struct PlacementView {
    /// Its id.
    id: PlacementId,
    /// The pupil.
    child_id: ChildId,
    /// The school.
    organisation: OrganisationNameView,
    /// The regime under which it stands today, or stood on its last day.
    regime: Option<RegimeNameView>,
    /// The regime under which the pupil was placed.
    placed_under: Option<RegimeNameView>,
    /// Since when.
    placed_on: NaiveDate,
    /// The first day off the register.
    removed_on: Option<NaiveDate>,
    /// Where it stands.
    status: PlacementStatus,
    /// Whether the section `education` is open to the caller. Where not, `record` is `null`.
    readable: bool,
    /// Ground, decision, plan.
    record: Option<RecordView>,
    /// When it was recorded first.
    created_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    version: i64,
}

impl PlacementView {
    /// The view.
    pub fn of(placement: Placement, names: &Names) -> Self {
        let span = placement.state.span;
        // The first day off does not belong to it; who was placed and removed on one day was placed that day.
        let last = span.until.and_then(|until| until.pred_opt()).map_or(names.today, |last| last.max(span.from));
        let (school, name) = placement.school;
        Self {
            id: placement.id,
            child_id: placement.child_id,
            organisation: (school.id, name).into(),
            regime: names.regime(last.min(names.today)),
            placed_under: names.regime(span.from),
            placed_on: span.from,
            removed_on: span.until,
            status: placement.state.status(),
            readable: placement.record.is_some(),
            record: placement.record.map(|record| RecordView::of(record, names)),
            created_at: placement.created_at,
            version: placement.version,
        }
    }
}

/// One version of a placement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SchoolPlacementVersion)]
pub struct PlacementVersionView {
    /// Its number, from 1.
    version: i64,
    /// What it records.
    change: PlacementChange,
    /// Since when the pupil is on the register.
    placed_on: NaiveDate,
    /// The first day off the register.
    removed_on: Option<NaiveDate>,
    /// Where the placement stood.
    status: PlacementStatus,
    /// Ground, decision, plan.
    record: RecordView,
    /// Why it was recorded; `null` for the first.
    reason: Option<String>,
    /// Who recorded it.
    author: PersonView,
    /// When.
    recorded_at: DateTime<Utc>,
    /// When the next was recorded.
    superseded_at: Option<DateTime<Utc>>,
}

impl PlacementVersionView {
    pub(super) fn of(version: VersionView, names: &Names) -> Self {
        let state = version.record.state;
        Self {
            version: version.version,
            change: version.change,
            placed_on: state.span.from,
            removed_on: state.span.until,
            status: state.status(),
            record: RecordView::of(version.record, names),
            reason: version.reason,
            author: version.author.into(),
            recorded_at: version.recorded_at,
            superseded_at: version.superseded_at,
        }
    }
}

/// A line of the statement of who is on the register as of a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SchoolRegisterLine)]
pub struct StatementView {
    /// The placement.
    placement_id: PlacementId,
    /// The pupil.
    child_id: ChildId,
    /// Last and first name of the pupil, where the caller may read the record.
    child_name: Option<String>,
    /// The school.
    organisation: OrganisationNameView,
    /// The regime of that day.
    regime: Option<RegimeNameView>,
    /// Since when.
    placed_on: NaiveDate,
    /// On which ground.
    ground: GroundNameView,
    /// When the school's council decided.
    decided_on: NaiveDate,
    /// The number of its protocol.
    protocol_number: String,
    /// When the council looks at it again.
    review_on: Option<NaiveDate>,
}

impl StatementView {
    pub(super) fn of(item: StatementItem, as_of: NaiveDate, names: &Names) -> Self {
        let (school, name) = item.school;
        Self {
            placement_id: item.placement,
            child_id: item.child_id,
            child_name: item.child.map(|(last, first)| format!("{last} {first}")),
            organisation: (school.id, name).into(),
            regime: names.regime(as_of),
            placed_on: item.record.state.span.from,
            ground: names.ground(GroundUse::Placement, &item.record.ground),
            decided_on: item.record.decided_on,
            protocol_number: item.record.protocol_number,
            review_on: item.record.review_on,
        }
    }
}

/// How many are on the register on a ground.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SchoolRegisterCount)]
pub struct CountView {
    /// The ground.
    ground: GroundNameView,
    /// How many.
    count: i64,
}

/// How many are on the register as of a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SchoolRegisterCounts)]
pub struct CountsView {
    /// The day.
    as_of: NaiveDate,
    /// The regime of that day.
    regime: Option<RegimeNameView>,
    /// All of them.
    total: i64,
    /// By ground; grounds on which nobody is placed are left out.
    by_ground: Vec<CountView>,
}

impl CountsView {
    pub(super) fn of(as_of: NaiveDate, counts: Vec<GroundCount>, names: &Names) -> Self {
        let view =
            |row: GroundCount| CountView { ground: names.ground(GroundUse::Placement, &row.ground), count: row.count };
        Self {
            as_of,
            regime: names.regime(as_of),
            total: counts.iter().map(|row| row.count).sum(),
            by_ground: counts.into_iter().map(view).collect(),
        }
    }
}

/// A legal regime.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LegalRegime)]
pub struct RegimeView {
    /// What stands under it.
    #[schema(example = "in_school_register")]
    subject: String,
    /// Its code.
    code: String,
    /// What it is called, in the language of the answer.
    name: String,
    /// The name in all languages.
    names: NamesView,
    /// By which law.
    basis: String,
    /// The first day on which it is in force.
    valid_from: NaiveDate,
    /// The first day on which it is not in force any more.
    valid_to: Option<NaiveDate>,
    /// Where this is known from.
    source: String,
    /// Whether it is unverified: do not call it official.
    provisional: bool,
}

impl RegimeView {
    pub(super) fn of(row: RegimeRow, language: Language) -> Self {
        let names = names(&row.name_ru, &row.name_kk, row.name_en.as_ref());
        Self {
            subject: row.subject,
            code: row.code,
            name: names.in_language(language).to_owned(),
            names,
            basis: row.basis,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
            provisional: row.provisional,
        }
    }
}

/// A ground on which pupils are placed or removed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SchoolRegisterGround)]
pub struct GroundView {
    /// For placement or for removal.
    usage: String,
    /// Its code.
    code: String,
    /// The ground in words, in the language of the answer.
    title: String,
    /// The words in all languages.
    titles: NamesView,
    /// Codes of the legal regimes under which it is a ground.
    regimes: Vec<String>,
    /// The first day on which it may be used.
    valid_from: NaiveDate,
    /// The first day on which it may not be used any more.
    valid_to: Option<NaiveDate>,
    /// Where this is known from.
    source: String,
    /// Whether it is unverified: do not call it official.
    provisional: bool,
}

impl GroundView {
    pub(super) fn of(row: GroundRow, language: Language) -> Self {
        let titles = names(&row.title_ru, &row.title_kk, row.title_en.as_ref());
        Self {
            usage: row.usage,
            code: row.code,
            title: titles.in_language(language).to_owned(),
            titles,
            regimes: row.regimes,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
            provisional: row.provisional,
        }
    }
}

/// The address of a placement.
pub fn location(id: PlacementId) -> String {
    format!("/api/v1/in-school-register/{id}")
}

/// The placement as it stands now, with the address of its version.
pub fn answer_with(tx: &mut Tx<'_>, id: PlacementId, names: &Names) -> Result<(PlacementView, i64), Problem> {
    let placement = tx.placement_for(id, Action::SchoolRegisterRead)?;
    let version = placement.version;
    Ok((PlacementView::of(placement.into_inner(), names), version))
}
