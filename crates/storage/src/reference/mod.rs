//! Reference data: agencies, territories, duty organisations, rules of time.

mod approval;
mod clocks;
pub(crate) mod consilium;
mod disclosure;
mod instruments;
mod load;
mod names;
mod operations;
mod population;
mod protocols;
pub(crate) mod qualification;
mod read;
mod register_lists;
mod register_match;
pub(crate) mod releases;
mod risk_map;
mod routing;
mod school_register;
mod services;

pub(crate) use approval::{ApprovalItem, rules as approval_rules};
pub use load::load;
pub(crate) use read::organisation_ref;
pub use read::{AgencyRow, TerritoryRow};
pub use register_lists::ListPeriod;
pub use risk_map::DatedRiskRules;
pub(crate) use school_register::SUBJECT as SCHOOL_REGISTER;
