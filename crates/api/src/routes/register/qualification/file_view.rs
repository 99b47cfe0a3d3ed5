//! How the file of a fact and a request for material look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::children::Sex;
use qorgan_domain::ids::{
    ChildId, FactId, QualificationItemId, QualificationMaterialId, QualificationSessionId, UserId,
};
use qorgan_domain::register::qualification::{MaterialStatus, QualificationOutcome, material_status};
use qorgan_domain::register::{FactStatus, Setting, SuicidalLevel};
use qorgan_domain::territory::Kato;
use qorgan_storage::register::FactVersion;
use qorgan_storage::register::qualification::{FactBefore, Material, Opinion, QualificationFile};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::cases::view::{OrganisationNameView, PersonView};
use crate::routes::register::view::ReportView;

/// The file of a fact on the agenda.
#[derive(Serialize, ToSchema)]
#[schema(as = QualificationFile)]
pub struct FileView {
    /// The item of the agenda.
    pub item_id: QualificationItemId,
    /// The fact.
    pub fact_id: FactId,
    /// The number of the fact.
    pub fact_number: String,
    /// The child.
    pub child: FileChildView,
    /// What the register said and says, the oldest first.
    pub versions: Vec<FileVersionView>,
    /// What every agency said, the oldest first.
    pub reports: Vec<ReportView>,
    /// What organisations were asked and answered.
    pub materials: Vec<MaterialView>,
    /// Who gave an opinion.
    pub heard: Vec<UserId>,
    /// The opinions: those of others once the caller gave an own one; to who gives none, once everybody was heard.
    pub opinions: Vec<OpinionView>,
}

/// The child of a file.
#[derive(Serialize, ToSchema)]
#[schema(as = QualificationChild)]
pub struct FileChildView {
    /// Its record.
    pub id: ChildId,
    /// Last name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Patronymic.
    pub patronymic: Option<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Age on the day of the event, in full years.
    pub age_years: Option<i16>,
    /// Where it lives.
    pub territory: Option<Kato>,
    /// The organisation that it belongs to: its school.
    pub organisation: Option<String>,
}

/// What the register said of a fact from one moment until the next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualificationFactVersion)]
pub struct FileVersionView {
    /// From 1.
    pub version: i32,
    /// Where the fact stood.
    pub status: FactStatus,
    /// How far it went.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub territory: Kato,
    /// Where it took place.
    pub setting: Setting,
    /// Why this version was made; `null` for the first.
    pub reason: Option<String>,
    /// The protocol of the session that decided.
    pub protocol_number: Option<String>,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
}

impl From<FactVersion> for FileVersionView {
    fn from(version: FactVersion) -> Self {
        Self {
            version: version.version,
            status: version.status,
            level: version.nature.level(),
            occurred_on: version.occurred_on,
            territory: version.kato,
            setting: version.setting,
            reason: version.reason,
            protocol_number: version.protocol_number,
            recorded_at: version.recorded_at,
        }
    }
}

/// A member's opinion on a fact.
#[derive(Serialize, ToSchema)]
#[schema(as = QualificationOpinion)]
pub struct OpinionView {
    /// Whose.
    pub user: PersonView,
    /// What the member holds.
    pub outcome: QualificationOutcome,
    /// At which level.
    pub level: Option<SuicidalLevel>,
    /// Why.
    pub reasons: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
}

impl From<Opinion> for OpinionView {
    fn from(opinion: Opinion) -> Self {
        Self {
            user: opinion.user.into(),
            outcome: opinion.conclusion.outcome(),
            level: opinion.conclusion.level(),
            reasons: opinion.reasons,
            given_at: opinion.given_at,
        }
    }
}

/// A request for material.
#[derive(Serialize, ToSchema)]
#[schema(as = QualificationMaterial)]
pub struct MaterialView {
    /// Its id.
    pub id: QualificationMaterialId,
    /// The session that asks.
    pub session_id: QualificationSessionId,
    /// The item of its agenda.
    pub item_id: QualificationItemId,
    /// The number of the fact.
    pub fact_number: String,
    /// Who was asked.
    pub organisation: OrganisationNameView,
    /// What for.
    pub request: String,
    /// The last day on which an answer is in time.
    pub due_on: NaiveDate,
    /// Where it stands today.
    pub status: MaterialStatus,
    /// Who asked.
    pub asked_by: PersonView,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// The answer in words.
    pub answer: Option<String>,
    /// The document that was sent, by number, date, or where it is kept.
    pub document: Option<String>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl MaterialView {
    /// A request as it stands on a day.
    pub fn on(today: NaiveDate, material: Material) -> Self {
        let (answer, document) = material.answer.map_or((None, None), |answer| (answer.text, answer.document));
        Self {
            id: material.id,
            session_id: material.session,
            item_id: material.item,
            fact_number: material.fact_number,
            organisation: material.organisation.into(),
            request: material.request,
            status: material_status(material.due_on, material.answered_at, today),
            due_on: material.due_on,
            asked_by: material.asked_by.into(),
            asked_at: material.asked_at,
            answered_at: material.answered_at,
            answer,
            document,
            version: material.version,
        }
    }
}

impl FileView {
    /// A file as it reads on a day.
    pub fn on(today: NaiveDate, before: &FactBefore, file: QualificationFile) -> Self {
        let last = file.versions.last();
        let (last_name, first_name, patronymic) = file.child.name;
        Self {
            item_id: before.item.id,
            fact_id: before.item.fact.0,
            fact_number: before.item.fact.1.clone(),
            child: FileChildView {
                id: file.child.id,
                last_name,
                first_name,
                patronymic,
                sex: last.map(|version| version.sex),
                age_years: last.map(|version| version.age_years),
                territory: file.child.kato,
                organisation: file.child.organisation,
            },
            versions: file.versions.into_iter().map(Into::into).collect(),
            reports: file.reports.into_iter().map(Into::into).collect(),
            materials: file.materials.into_iter().map(|material| MaterialView::on(today, material)).collect(),
            heard: before.item.heard.iter().copied().collect(),
            opinions: file.opinions.into_iter().map(Into::into).collect(),
        }
    }
}
