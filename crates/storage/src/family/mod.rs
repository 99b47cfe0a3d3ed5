//! Families of children in cases. Names, contacts and the rest are texts of the section `social`; whether somebody is
//! the alleged perpetrator is one of the section `investigation`. Nothing of it is overwritten.

mod consents;
mod members;

pub use consents::{ConsentView, NewConsent};
pub use members::{Contact, FamilyChange, FamilyDetails, FamilyMember, NewMember};
