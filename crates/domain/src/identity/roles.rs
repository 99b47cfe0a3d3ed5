//! Roles, their reach, and the agencies in which they may be held.

use super::AgencyCode;
use crate::words::words;

words! {
    /// What a user is entitled to work as.
    pub enum Role {
        /// Takes signals, opens and manages the cases of a school.
        SocialPedagogue = "social_pedagogue",
        /// Assesses; keeps the psychological section.
        Psychologist = "psychologist",
        /// Keeps the medical section; carries out health tasks.
        HealthSpecialist = "health_specialist",
        /// Keeps the investigation section; carries out police tasks.
        JuvenileInspector = "juvenile_inspector",
        /// Keeps the social section; family services.
        SocialWorker = "social_worker",
        /// Accompanies a child victim until full resolution.
        GuardianshipCaseManager = "guardianship_case_manager",
        /// Approves plans and closures; reassigns; sees its scope.
        Supervisor = "supervisor",
        /// Considers cases brought to the commission.
        CommissionSecretary = "commission_secretary",
        /// Convenes the consilium and records its decisions.
        ConsiliumSecretary = "consilium_secretary",
        /// Studies and qualifies facts of suicidal behaviour.
        QualificationMember = "qualification_member",
        /// Files signals; sees the state of its own.
        HotlineOperator = "hotline_operator",
        /// Reads exact aggregates of the register; never a name.
        Statistician = "statistician",
        /// Reads protected aggregates.
        Analyst = "analyst",
        /// Reports on measures of the roadmap.
        RoadmapExecutor = "roadmap_executor",
        /// Oversees the roadmap.
        RoadmapCoordinator = "roadmap_coordinator",
        /// Reads the audit log; no case content.
        Auditor = "auditor",
        /// Keeps users, organisations and reference data; no case content.
        Administrator = "administrator",
    }

    /// How far a role reaches, from the narrowest to the widest.
    pub enum Scope {
        /// What is assigned to the user.
        Own = "own",
        /// What the user's organisation takes part in.
        Organisation = "organisation",
        /// What organisations of the agency in the same city or district take part in.
        Territory = "territory",
        /// What organisations of the agency in the region take part in.
        Region = "region",
    }
}

/// In which agencies a role may be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgencyRule {
    /// Only in the agencies of these codes.
    Only(&'static [&'static str]),
    /// In any agency of [`AGENCIES_WORKING_CASES`].
    AnyWorkingCases,
    /// In any agency.
    Any,
}

/// The agencies that work on cases.
pub const AGENCIES_WORKING_CASES: &[&str] = &["UO", "OO", "UZ", "DP", "UKZSP", "OPEKA", "KDN", "PROKURATURA"];

/// Which role may be held in which agency; one row a role.
///
/// The bodies of `qualification_member` are those that make up the interagency group of measure 31 of the roadmap.
pub const ROLE_AGENCIES: &[(Role, AgencyRule)] = &[
    (Role::SocialPedagogue, AgencyRule::Only(&["UO"])),
    (Role::Psychologist, AgencyRule::Only(&["UO", "UZ"])),
    (Role::HealthSpecialist, AgencyRule::Only(&["UZ"])),
    (Role::JuvenileInspector, AgencyRule::Only(&["DP"])),
    (Role::SocialWorker, AgencyRule::Only(&["UKZSP", "OPEKA"])),
    (Role::GuardianshipCaseManager, AgencyRule::Only(&["OPEKA"])),
    (Role::Supervisor, AgencyRule::AnyWorkingCases),
    (Role::CommissionSecretary, AgencyRule::Only(&["KDN"])),
    (Role::ConsiliumSecretary, AgencyRule::Only(&["UO"])),
    (Role::QualificationMember, AgencyRule::Only(&["UO", "UZ", "DP", "UPR", "PROKURATURA", "DKPSISU", "OPEKA"])),
    (Role::HotlineOperator, AgencyRule::Only(&["CC111"])),
    (Role::Statistician, AgencyRule::Only(&["DKPSISU"])),
    (Role::Analyst, AgencyRule::Any),
    (Role::RoadmapExecutor, AgencyRule::Any),
    (Role::RoadmapCoordinator, AgencyRule::Only(&["UO", "AKIMAT_OBL"])),
    (Role::Auditor, AgencyRule::Only(&["PROKURATURA", "UIOGUIA"])),
    (Role::Administrator, AgencyRule::Only(&["UIOGUIA"])),
];

/// The rule of a role. A role without a row may be held nowhere.
pub fn agency_rule(role: Role) -> AgencyRule {
    ROLE_AGENCIES.iter().find(|(of, _)| *of == role).map_or(AgencyRule::Only(&[]), |(_, rule)| *rule)
}

/// Whether `role` may be given to a user of `agency`.
pub fn may_hold(role: Role, agency: &AgencyCode) -> bool {
    match agency_rule(role) {
        AgencyRule::Only(codes) => codes.contains(&agency.as_str()),
        AgencyRule::AnyWorkingCases => AGENCIES_WORKING_CASES.contains(&agency.as_str()),
        AgencyRule::Any => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_exactly_one_row() {
        assert_eq!(Role::ALL.len(), 17);
        for role in Role::ALL {
            assert_eq!(ROLE_AGENCIES.iter().filter(|(of, _)| of == role).count(), 1, "{role}");
        }
    }

    #[test]
    fn scopes_widen() {
        assert!(Scope::ALL.is_sorted());
        assert!(Scope::Own < Scope::Organisation && Scope::Territory < Scope::Region);
    }

    #[test]
    fn roles_and_agencies() {
        let agency = |code| AgencyCode::new(code).unwrap();
        let allowed = [
            (Role::SocialPedagogue, "UO"),
            (Role::Psychologist, "UZ"),
            (Role::SocialWorker, "OPEKA"),
            (Role::Supervisor, "KDN"),
            (Role::QualificationMember, "UPR"),
            (Role::HotlineOperator, "CC111"),
            (Role::Statistician, "DKPSISU"),
            (Role::Analyst, "SMI"),
            (Role::RoadmapExecutor, "UZ"),
            (Role::RoadmapCoordinator, "AKIMAT_OBL"),
            (Role::Auditor, "PROKURATURA"),
            (Role::Administrator, "UIOGUIA"),
        ];
        for (role, code) in allowed {
            assert!(may_hold(role, &agency(code)), "{role} in {code}");
        }
        let refused = [
            (Role::SocialPedagogue, "DP"),
            (Role::HealthSpecialist, "UO"),
            (Role::JuvenileInspector, "PROKURATURA"),
            (Role::GuardianshipCaseManager, "UKZSP"),
            (Role::Supervisor, "UIOGUIA"),
            (Role::Supervisor, "DKPSISU"),
            (Role::QualificationMember, "UKZSP"),
            (Role::HotlineOperator, "UO"),
            (Role::Statistician, "UO"),
            (Role::RoadmapCoordinator, "UZ"),
            (Role::Auditor, "DP"),
            (Role::Administrator, "UO"),
        ];
        for (role, code) in refused {
            assert!(!may_hold(role, &agency(code)), "{role} in {code}");
        }
    }
}
