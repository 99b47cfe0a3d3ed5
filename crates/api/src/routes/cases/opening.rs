//! Opening a case: shared by `POST /cases` and by accepting a signal.

use qorgan_domain::children::is_child_on;
use qorgan_domain::identity::Role;
use qorgan_domain::policy::Action;
use qorgan_domain::policy::table::CASE_MANAGERS;
use qorgan_storage::cases::{Case, NewCase};
use qorgan_storage::{Authorized, Tx};

use crate::problem::{Issue, Problem, ProblemCode};

/// Opens a case, led by the caller's organisation; a caller who manages cases becomes its manager.
///
/// # Errors
/// `forbidden`; `validation_failed` where the child is not known; `not_a_child`; `id_taken`.
pub fn open_case(tx: &mut Tx<'_>, mut new: NewCase) -> Result<Authorized<Case>, Problem> {
    let permit = tx.authorize(Action::CaseOpen)?;
    let child =
        tx.child_for_link(new.child)?.ok_or_else(|| Problem::field("/child_id", Issue::new("unknown_child")))?;
    // Of a merged record the surviving one.
    new.child = child.id;
    if !is_child_on(child.birth_date, tx.today()) {
        return Err(Problem::new(ProblemCode::NotAChild));
    }
    // A supervisor opens a case for somebody else to manage.
    new.manage = CASE_MANAGERS.iter().any(|role| *role != Role::Supervisor && tx.actor().holds(*role));
    Ok(tx.case_open(&permit, &new)?)
}
