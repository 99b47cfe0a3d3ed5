//! Agencies, organisations, users, and which role may be held in which agency.

mod accounts;
mod changes;
mod roles;

pub use accounts::{AccountKind, AgencyCode, OrganisationKind, Username};
pub use changes::{OwnAccountRule, check_own_account, check_own_organisation, check_password_reset, check_roles};
pub use roles::{AGENCIES_WORKING_CASES, AgencyRule, ROLE_AGENCIES, Role, Scope, agency_rule, may_hold};
