//! What a protocol says.

use serde::{Deserialize, Serialize};

use super::StepCode;
use crate::cases::{RiskLevel, Section};
use crate::clocks::Allowance;
use crate::identity::{AgencyCode, Role};
use crate::register::{ChildRole, FactKind, SuicidalLevel, ViolenceForm};
use crate::text::Title;

/// A title in the languages of the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// In Russian: the language in which tasks are titled.
    pub ru: Title,
    /// In Kazakh.
    pub kk: Title,
    /// In English.
    pub en: Title,
}

/// What a protocol says: when it is called for, and what is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "utoipa", schema(as = ProtocolDefinition))]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What it is called.
    pub titles: Titles,
    /// When it is called for.
    pub trigger: Trigger,
    /// What is to be done.
    pub steps: Vec<Step>,
}

/// When a protocol is called for: by a fact of a kind, or, without a kind, by the risk of the case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "utoipa", schema(as = ProtocolTrigger))]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// By facts of this kind; by risk alone where absent.
    #[serde(default)]
    pub kind: Option<FactKind>,
    /// By facts with one of these forms, the main one or another; any where empty.
    #[serde(default)]
    pub forms: Vec<ViolenceForm>,
    /// By facts of one of these levels; any where empty.
    #[serde(default)]
    pub levels: Vec<SuicidalLevel>,
    /// By facts in which the child was one of these; any where empty.
    #[serde(default)]
    pub child_roles: Vec<ChildRole>,
    /// At one of these risks; at any where empty.
    #[serde(default)]
    pub risk_levels: Vec<RiskLevel>,
}

/// One step: one task for one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "utoipa", schema(as = ProtocolStep))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its code.
    pub code: StepCode,
    /// What is to be done.
    pub titles: Titles,
    /// By which agency.
    pub agency: AgencyCode,
    /// By whom there: somebody who works with children and families, or, where absent, the agency itself.
    #[serde(default)]
    pub role: Option<Role>,
    /// The section that protects its result.
    pub section: Section,
    /// Within which time, counted from the moment at which the protocol came to apply.
    pub due: Allowance,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
    /// The steps that must be settled before it can be done.
    #[serde(default)]
    pub after: Vec<StepCode>,
    /// When it is called for at all.
    #[serde(default)]
    pub only_if: Condition,
}

/// When a step is called for: where all of this holds. What is empty or absent always holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "utoipa", schema(as = ProtocolCondition))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// One of the facts has one of these forms.
    #[serde(default)]
    pub forms: Vec<ViolenceForm>,
    /// One of the facts has one of these levels.
    #[serde(default)]
    pub levels: Vec<SuicidalLevel>,
    /// The risk of the case is one of these.
    #[serde(default)]
    pub risk_levels: Vec<RiskLevel>,
    /// The child is at least so old, in completed years.
    #[serde(default)]
    pub age_from: Option<u8>,
    /// The child is at most so old, in completed years.
    #[serde(default)]
    pub age_to: Option<u8>,
}

impl Condition {
    /// Whether it asks for the child's age.
    #[must_use]
    pub const fn asks_for_age(&self) -> bool {
        self.age_from.is_some() || self.age_to.is_some()
    }
}
