//! A protocol's definition as a client sends it.

use std::collections::BTreeSet;

use qorgan_domain::cases::{RiskLevel, Section};
use qorgan_domain::clocks::{Allowance, TimeUnit};
use qorgan_domain::identity::{AgencyCode, Role};
use qorgan_domain::protocols::{Condition, Definition, Step, StepCode, Titles, Trigger, validate};
use qorgan_domain::register::{ChildRole, FactKind, SuicidalLevel, ViolenceForm};
use qorgan_domain::text::Title;

use crate::problem::{FieldErrors, Issue, Pointer};
use crate::request;

request! {
    /// A title in the languages of the region.
    pub struct TitlesRequest {
        /// In Russian: the language in which tasks are titled.
        pub ru: Title,
        /// In Kazakh.
        pub kk: Title,
        /// In English.
        pub en: Title,
    }

    /// When a protocol is called for: by facts of a kind, or, without a kind, by the risk of the case.
    pub struct TriggerRequest {
        /// By facts of this kind.
        pub kind: Option<FactKind>,
        /// By facts with one of these forms; any where empty.
        #[schema(required = false)]
        pub forms: Vec<ViolenceForm>,
        /// By facts of one of these levels; any where empty.
        #[schema(required = false)]
        pub levels: Vec<SuicidalLevel>,
        /// By facts in which the child was one of these; any where empty.
        #[schema(required = false)]
        pub child_roles: Vec<ChildRole>,
        /// At one of these risks; at any where empty.
        #[schema(required = false)]
        pub risk_levels: Vec<RiskLevel>,
    }

    /// A time limit: an amount of a unit.
    pub struct AllowanceRequest {
        /// How many.
        #[schema(minimum = 0, maximum = 8784)]
        pub amount: i32,
        /// Of what.
        pub unit: TimeUnit,
    }

    /// When a step is called for: where all of this holds.
    pub struct ConditionRequest {
        /// One of the facts has one of these forms.
        #[schema(required = false)]
        pub forms: Vec<ViolenceForm>,
        /// One of the facts has one of these levels.
        #[schema(required = false)]
        pub levels: Vec<SuicidalLevel>,
        /// The risk of the case is one of these.
        #[schema(required = false)]
        pub risk_levels: Vec<RiskLevel>,
        /// The child is at least so old, in completed years.
        #[schema(minimum = 0, maximum = 17)]
        pub age_from: Option<i32>,
        /// The child is at most so old, in completed years.
        #[schema(minimum = 0, maximum = 17)]
        pub age_to: Option<i32>,
    }

    /// One step: one task for one organisation.
    pub struct StepRequest {
        /// Its code, unique in the protocol.
        pub code: StepCode,
        /// What is to be done.
        pub titles: TitlesRequest,
        /// By which agency.
        pub agency: AgencyCode,
        /// By whom there; by the agency itself where absent.
        pub role: Option<Role>,
        /// The section that will protect its result; `general` where absent.
        pub section: Option<Section>,
        /// Within which time, counted from the moment at which the protocol comes to apply.
        pub due: AllowanceRequest,
        /// Whether the case cannot be closed without it; `true` where absent.
        pub mandatory: Option<bool>,
        /// The steps that must be settled before it can be done.
        #[schema(required = false)]
        pub after: Vec<StepCode>,
        /// When it is called for; always where absent.
        pub only_if: Option<ConditionRequest>,
    }

    /// What a protocol says: when it is called for, and what is to be done.
    pub struct DefinitionRequest {
        /// What it is called.
        pub titles: TitlesRequest,
        /// When it is called for.
        pub trigger: TriggerRequest,
        /// What is to be done.
        pub steps: Vec<StepRequest>,
    }
}

impl From<TitlesRequest> for Titles {
    fn from(TitlesRequest { ru, kk, en }: TitlesRequest) -> Self {
        Self { ru, kk, en }
    }
}

impl From<TriggerRequest> for Trigger {
    fn from(TriggerRequest { kind, forms, levels, child_roles, risk_levels }: TriggerRequest) -> Self {
        Self { kind, forms, levels, child_roles, risk_levels }
    }
}

/// A number that is not negative (0 stands for one that is); one that is too large becomes the largest, which the rules
/// refuse.
fn count<T: TryFrom<i32>>(number: i32, largest: T, at: &Pointer<'_>, errors: &mut FieldErrors) -> T {
    if number < 0 {
        errors.push(at, Issue::new("number_too_small").with("min", 0));
    }
    T::try_from(number.max(0)).unwrap_or(largest)
}

impl ConditionRequest {
    fn into_condition(self, at: &Pointer<'_>, errors: &mut FieldErrors) -> Condition {
        let Self { forms, levels, risk_levels, age_from, age_to } = self;
        let mut age = |name, age: Option<i32>| age.map(|age| count(age, u8::MAX, &at.key(name), errors));
        Condition { age_from: age("age_from", age_from), age_to: age("age_to", age_to), forms, levels, risk_levels }
    }
}

impl StepRequest {
    fn into_step(self, at: &Pointer<'_>, errors: &mut FieldErrors) -> Step {
        let amount = count(self.due.amount, u16::MAX, &at.key("due").key("amount"), errors);
        let only_if = self.only_if.map(|condition| condition.into_condition(&at.key("only_if"), errors));
        Step {
            code: self.code,
            titles: self.titles.into(),
            agency: self.agency,
            role: self.role,
            section: self.section.unwrap_or(Section::General),
            due: Allowance::new(amount, self.due.unit),
            mandatory: self.mandatory.unwrap_or(true),
            after: self.after,
            only_if: only_if.unwrap_or_default(),
        }
    }
}

impl DefinitionRequest {
    /// The definition; `errors` now says everything that is wrong with it.
    pub fn into_definition(
        self,
        agencies: &BTreeSet<AgencyCode>,
        at: &Pointer<'_>,
        errors: &mut FieldErrors,
    ) -> Definition {
        let steps_at = at.key("steps");
        let steps = self.steps.into_iter().enumerate();
        let definition = Definition {
            titles: self.titles.into(),
            trigger: self.trigger.into(),
            steps: steps.map(|(place, step)| step.into_step(&steps_at.index(place), errors)).collect(),
        };
        for fault in validate(&definition, agencies) {
            errors.push_named(&format!("{at}{}", fault.at), fault.invalid);
        }
        definition
    }
}
