//! To whom a signal goes that names nobody.

use crate::policy::{Action, Actor, Subject, Verdict, decide, may_ever};

/// The agency whose duty organisation takes a signal that is addressed to nobody: education.
pub const DEFAULT_AGENCY: &str = "UO";

/// Whether a signal that names no addressee stays with the organisation of who files it: where the filer takes signals
/// on and opens cases (a school's own worry). Otherwise it goes to the duty organisation of [`DEFAULT_AGENCY`]
/// (domain.md "Routing").
#[must_use]
pub fn stays_at_home(actor: &Actor) -> bool {
    let own = &actor.organisation;
    let at_home = Subject::Signal { addressee: own, filed_organisation: own.id, filed_by: actor.user };
    may_ever(actor, Action::CaseOpen) && decide(actor, Action::SignalTriage, &at_home) == Verdict::Allowed
}
