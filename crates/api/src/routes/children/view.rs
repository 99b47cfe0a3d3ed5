//! How children look in JSON: in full within the caller's reach, masked beyond it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::children::{Iin, IinWarning, NameSource, PersonName, Sex};
use qorgan_domain::ids::{ChildId, OrganisationId};
use qorgan_domain::matching::{Field, Level};
use qorgan_domain::policy::{Action, Actor, Verdict, decide};
use qorgan_domain::territory::Kato;
use qorgan_storage::Authorized;
use qorgan_storage::Tx;
use qorgan_storage::children::{Candidate, Child, NameHeld};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Problem, Words};
use crate::request::Language;

/// Something that looks wrong but may be right: papers are sometimes wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// What looks wrong.
    pub code: IinWarning,
    /// The same in words.
    pub message: &'static str,
}

impl WarningView {
    fn of(code: IinWarning, language: Language) -> Self {
        let words = match code {
            IinWarning::BirthDateDiffers => Words {
                ru: "Дата рождения не совпадает с записанной в ИИН.",
                kk: "Туған күн ЖСН ішінде жазылғанмен сәйкес келмейді.",
                en: "The birth date differs from the one in the IIN.",
            },
            IinWarning::SexDiffers => Words {
                ru: "Пол не совпадает с записанным в ИИН.",
                kk: "Жынысы ЖСН ішінде жазылғанмен сәйкес келмейді.",
                en: "The sex differs from the one in the IIN.",
            },
        };
        Self { code, message: words.in_language(language) }
    }
}

/// A child's record in full.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Child)]
pub struct ChildView {
    /// Its id.
    pub id: ChildId,
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Patronymic.
    pub patronymic: Option<PersonName>,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// ИИН: 12 digits.
    pub iin: Option<String>,
    /// Where the child lives (KATO).
    pub territory: Kato,
    /// The organisation it belongs to: its school.
    pub organisation_id: Option<OrganisationId>,
    /// The organisation that registered it.
    pub registered_by: OrganisationId,
    /// The record that it was merged into, which stands for the child now.
    pub merged_into: Option<ChildId>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    pub version: i64,
    /// What the caller may do to the record besides reading it.
    pub allowed_actions: Vec<Action>,
    /// What looks wrong in the record.
    pub warnings: Vec<WarningView>,
}

impl ChildView {
    /// The child as the actor sees it, who may read it.
    #[must_use]
    pub fn of(child: &Child, actor: &Actor, language: Language) -> Self {
        // A merged record is not corrected, but separated again.
        let possible = |action: &Action| *action != Action::ChildUpdate || child.merged_into.is_none();
        let allowed =
            |action: &Action| possible(action) && decide(actor, *action, &child.subject()) == Verdict::Allowed;
        let warnings = child.iin.as_ref().map_or_else(Vec::new, |iin| iin.disagreements(child.birth_date, child.sex));
        Self {
            id: child.id,
            last_name: child.last_name.clone(),
            first_name: child.first_name.clone(),
            patronymic: child.patronymic.clone(),
            birth_date: child.birth_date,
            sex: child.sex,
            iin: child.iin.as_ref().map(|iin| Iin::expose(iin).to_owned()),
            territory: child.kato.clone(),
            organisation_id: child.organisation.as_ref().map(|organisation| organisation.id),
            registered_by: child.registered_by,
            merged_into: child.merged_into,
            created_at: child.created_at,
            updated_at: child.updated_at,
            version: child.version,
            allowed_actions: [Action::ChildUpdate, Action::ChildMerge].into_iter().filter(allowed).collect(),
            warnings: warnings.into_iter().map(|code| WarningView::of(code, language)).collect(),
        }
    }
}

/// A name that a child is held under.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NameHeld)]
pub struct NameHeldView {
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Patronymic.
    pub patronymic: Option<PersonName>,
    /// Where it comes from.
    pub source: NameSource,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The record that holds it, where that is one merged with this.
    pub record_id: Option<ChildId>,
}

impl NameHeldView {
    fn of(held: NameHeld, shown: ChildId) -> Self {
        Self {
            last_name: held.last_name,
            first_name: held.first_name,
            patronymic: held.patronymic,
            source: held.source,
            recorded_at: held.recorded_at,
            record_id: Some(held.record).filter(|record| *record != shown),
        }
    }
}

/// A child's record in full, with all names that the child is held under.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChildWithNames)]
pub struct ChildWithNamesView {
    /// The record.
    #[serde(flatten)]
    pub child: ChildView,
    /// All names under which the child was ever recorded or reported, the oldest first; those of records merged with
    /// this one among them.
    pub names_held: Vec<NameHeldView>,
    /// All records of this child, the surviving one first; only this one where none were merged.
    pub records: Vec<ChildId>,
}

impl ChildWithNamesView {
    /// The child as the actor sees it, who may read it.
    ///
    /// # Errors
    /// What storage answers.
    pub fn of(tx: &mut Tx<'_>, child: &Authorized<Child>, language: Language) -> Result<Self, Problem> {
        let records = tx.child_record_list(child.id)?;
        let names = tx.child_names_held(child)?;
        Ok(Self {
            child: ChildView::of(child, tx.actor(), language),
            names_held: names.into_iter().map(|held| NameHeldView::of(held, child.id)).collect(),
            records,
        })
    }
}

/// A child's record beyond the caller's reach: enough to link the right child, not to browse.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MaskedChild)]
pub struct MaskedChildView {
    /// Its id.
    pub id: ChildId,
    /// First letters of last and first name.
    #[schema(example = "А. Д.")]
    pub initials: String,
    /// Year of birth.
    pub birth_year: i32,
    /// Where the child lives (KATO).
    pub territory: Kato,
    /// Always `true`: tells a masked record from a full one.
    pub masked: bool,
}

/// A child in full, or masked where the caller may not read the record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = FullOrMaskedChild)]
pub enum FullOrMaskedChildView {
    /// Within reach.
    Full(Box<ChildView>),
    /// Beyond it.
    Masked(MaskedChildView),
}

/// A record that may be the child that is looked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChildCandidate)]
pub struct CandidateView {
    /// The record.
    pub child: FullOrMaskedChildView,
    /// The probability, from 0 to 1, that it is the child.
    #[schema(example = 0.9987)]
    pub score: f64,
    /// What each field that both have says for or against it.
    pub evidence: Vec<EvidenceView>,
}

/// What one field says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchEvidence)]
pub struct EvidenceView {
    /// The field.
    pub field: Field,
    /// How far it agrees.
    pub level: Level,
    /// Bits for (positive) or against (negative) one child: the binary logarithm of how much more often this is seen of
    /// one child than of two.
    #[schema(example = 7.4)]
    pub weight: f64,
}

fn evidence(candidate: &Candidate) -> Vec<EvidenceView> {
    let said = candidate.scored.evidence.iter().filter(|evidence| evidence.level != Level::Missing);
    said.map(|evidence| EvidenceView {
        field: evidence.field,
        level: evidence.level,
        weight: rounded(evidence.weight, 100.0),
    })
    .collect()
}

/// Rounded to a part of one: more digits would pretend to know more.
fn rounded(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}

/// Candidates as the actor may see them, in their order. What is shown in full is audited as read.
///
/// # Errors
/// What storage answers.
pub fn candidate_views(
    tx: &mut Tx<'_>,
    candidates: Vec<Candidate>,
    language: Language,
) -> Result<Vec<CandidateView>, Problem> {
    let found: Vec<ChildId> = candidates.iter().map(|candidate| candidate.id).collect();
    let read = tx.children_visible(&found)?;
    if !read.is_empty() {
        tx.audit_many(Action::ChildRead, read.iter().map(|child| child.id.as_uuid()).collect());
    }
    let mut full: HashMap<ChildId, ChildView> =
        read.iter().map(|child| (child.id, ChildView::of(child, tx.actor(), language))).collect();
    let view = |candidate: Candidate| CandidateView {
        score: if candidate.same_iin { 1.0 } else { rounded(candidate.scored.probability, 10_000.0) },
        evidence: evidence(&candidate),
        child: match full.remove(&candidate.id) {
            Some(child) => FullOrMaskedChildView::Full(Box::new(child)),
            None => FullOrMaskedChildView::Masked(MaskedChildView {
                id: candidate.id,
                initials: candidate.initials,
                birth_year: candidate.birth_year,
                territory: candidate.kato,
                masked: true,
            }),
        },
    };
    Ok(candidates.into_iter().map(view).collect())
}

/// The address of a child.
#[must_use]
pub fn location(id: ChildId) -> String {
    format!("/api/v1/children/{id}")
}
