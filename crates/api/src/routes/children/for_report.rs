//! The child of a report: found or registered, never a reason to refuse the report.

use qorgan_domain::children::{Resembling, reported_child};
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::Action;
use qorgan_storage::Tx;
use qorgan_storage::children::{Candidate, LinkableChild};

use super::create::{InlineChild, repeated};
use crate::problem::{Problem, ProblemCode};

/// Most records that are looked at.
const MAX_CANDIDATES: usize = 20;

/// Whom a report is about.
pub struct ForReport {
    /// The record.
    pub child: LinkableChild,
    /// Other records that may be the child.
    pub alike: Vec<ChildId>,
}

impl InlineChild {
    /// The record of the child: the one that is certainly it, or a new one. An agency's system must not lose a report
    /// because of a name: what is uncertain is for a person, later.
    ///
    /// # Errors
    /// `id_taken`; failures of the database.
    pub fn for_report(self, tx: &mut Tx<'_>) -> Result<ForReport, Problem> {
        if self.client_chose
            && let Some(child) = repeated(tx, &self.new)?
        {
            return found(tx, child.id, Vec::new());
        }
        let permit = tx.authorize(Action::ChildRegister)?;
        tx.child_registration_begin(&self.new)?;
        let candidates = tx.child_candidates(&permit, &self.new, MAX_CANDIDATES)?;
        let (certain, alike) = certain(&candidates, self.confirmed);
        if let Some(child) = certain {
            let found = found(tx, child, alike)?;
            // Under the name by which the reporter knows the child it is found from now on.
            tx.child_name_hold(&found.child, &self.new.given_name())?;
            return Ok(found);
        }
        let id = self.new.id;
        let mut new = self.new.clone();
        if candidates.iter().any(|candidate| candidate.same_iin) {
            // It belongs to somebody else, and nobody holds a number twice.
            new.iin = None;
        }
        if tx.child_insert(&permit, new)?.is_some() {
            return found(tx, id, alike);
        }
        // A number that another request took just now, or an id of a record that the caller cannot see.
        let holder = self.new.iin.as_ref().map(|iin| tx.child_iin_holder(&permit, iin)).transpose()?.flatten();
        match holder {
            Some(holder) => found(tx, holder.id, alike),
            None => Err(Problem::new(ProblemCode::IdTaken)),
        }
    }
}

/// The record that is certainly the child, and the others.
fn certain(candidates: &[Candidate], confirmed_new: bool) -> (Option<ChildId>, Vec<ChildId>) {
    let resembling: Vec<Resembling> = candidates.iter().map(Candidate::resembling).collect();
    let certain = reported_child(&resembling, confirmed_new).map(|place| candidates[place].id);
    let alike = candidates.iter().map(|candidate| candidate.id).filter(|id| Some(*id) != certain);
    (certain, if confirmed_new { Vec::new() } else { alike.collect() })
}

fn found(tx: &mut Tx<'_>, id: ChildId, alike: Vec<ChildId>) -> Result<ForReport, Problem> {
    let child = tx.child_for_link(id)?.ok_or_else(|| Problem::new(ProblemCode::IdTaken))?;
    Ok(ForReport { child, alike })
}
