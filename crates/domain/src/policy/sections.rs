//! Confidentiality sections: who reads and who writes which kind of content.
//!
//! Source: domain.md "Sections". Two rights do not depend on the role and stand in [`may_read`]: the
//! author's organisation reads what it wrote, and the lead's case manager reads
//! [`READ_BY_CASE_MANAGER`].

use std::collections::BTreeSet;

use super::Actor;
use crate::cases::Section;
use crate::identity::Role;
use crate::ids::{OrganisationId, UserId};
use Role::ConsiliumSecretary;
use Role::{
    GuardianshipCaseManager, HealthSpecialist, JuvenileInspector, Psychologist, SocialPedagogue, SocialWorker,
    Supervisor,
};

/// One line: roles of some agencies that read, and perhaps write, a section.
#[derive(Debug, Clone, Copy)]
pub struct SectionRule {
    /// The section.
    pub section: Section,
    /// Whose roles; empty means of any agency.
    pub agencies: &'static [&'static str],
    /// The roles.
    pub roles: &'static [Role],
    /// Whether they write as well as read.
    pub writes: bool,
}

const fn rule(
    section: Section,
    agencies: &'static [&'static str],
    roles: &'static [Role],
    writes: bool,
) -> SectionRule {
    SectionRule { section, agencies, roles, writes }
}

const EDUCATION: &[&str] = &["UO", "OO"];
const HEALTH: &[&str] = &["UZ"];
const POLICE: &[&str] = &["DP"];
const SOCIAL: &[&str] = &["UKZSP", "OPEKA"];

/// The whole table.
pub const SECTIONS: &[SectionRule] = &[
    rule(Section::General, &[], super::table::CASE_WORKERS, true),
    rule(Section::General, &[], &[ConsiliumSecretary], false),
    rule(Section::Education, EDUCATION, &[SocialPedagogue, Supervisor], true),
    rule(Section::Education, EDUCATION, &[Psychologist], false),
    rule(Section::Psychological, &[], &[Psychologist], true),
    rule(Section::Psychological, HEALTH, &[HealthSpecialist, Supervisor], false),
    rule(Section::Medical, HEALTH, &[HealthSpecialist], true),
    rule(Section::Medical, HEALTH, &[Psychologist, Supervisor], false),
    rule(Section::Social, SOCIAL, &[SocialWorker, GuardianshipCaseManager], true),
    rule(Section::Social, SOCIAL, &[Supervisor], false),
    rule(Section::Investigation, POLICE, &[JuvenileInspector], true),
    rule(Section::Investigation, POLICE, &[Supervisor], false),
];

/// What the case manager of the lead reads beyond the role's own sections.
pub const READ_BY_CASE_MANAGER: &[Section] = &[Section::Psychological, Section::Social];

fn granted(actor: &Actor, rule: &SectionRule) -> bool {
    (rule.agencies.is_empty() || rule.agencies.contains(&actor.organisation.agency.as_str()))
        && rule.roles.iter().any(|role| actor.holds(*role))
}

/// The sections that the actor reads in every case that it may see.
#[must_use]
pub fn readable(actor: &Actor) -> BTreeSet<Section> {
    SECTIONS.iter().filter(|rule| granted(actor, rule)).map(|rule| rule.section).collect()
}

/// The sections that the actor may write in.
#[must_use]
pub fn writable(actor: &Actor) -> BTreeSet<Section> {
    SECTIONS.iter().filter(|rule| rule.writes && granted(actor, rule)).map(|rule| rule.section).collect()
}

/// Whether the actor reads a piece of content of a case that it may see: by role, as the author's
/// organisation, or as the lead's case manager.
#[must_use]
pub fn may_read(
    actor: &Actor,
    section: Section,
    author_organisation: OrganisationId,
    case_manager: Option<UserId>,
) -> bool {
    author_organisation == actor.organisation.id
        || (case_manager == Some(actor.user) && READ_BY_CASE_MANAGER.contains(&section))
        || readable(actor).contains(&section)
}
