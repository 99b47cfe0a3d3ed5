//! The family of a child and the in-school register, as the operations of the API record them.

use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::family::{ConsentForm, ConsentStatus, FamilyRelation};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::{Action, Subject, Verdict, decide, may_ever};
use qorgan_domain::school_register::{Candidate, PlacementState, Span, Submitter, may_place};
use qorgan_storage::Tx;
use qorgan_storage::family::{FamilyDetails, NewConsent, NewMember};
use qorgan_storage::school_register::{NewPlacement, PlacementRecord};

use super::Trouble;
use super::deeds::part;

/// Records the mother, who lives with the child and agrees to help.
pub(super) fn family(tx: &mut Tx<'_>, case: CaseId) -> Result<(), Trouble> {
    let case = tx.case_for(case, Action::FamilyWrite)?;
    may_write(CasePart::Help, case.state.stage)?;
    let id = part(tx, case.id);
    let details = FamilyDetails { lives_with_child: Some(true), ..FamilyDetails::default() };
    let mother = NewMember { id: id.into(), relation: FamilyRelation::Mother, details, alleged_perpetrator: None };
    tx.family_insert(&case, &mother)?;
    let consent = NewConsent {
        id: id.into(),
        member: mother.id,
        status: ConsentStatus::Given,
        decided_on: tx.today(),
        form: ConsentForm::Written,
        service: None,
    };
    Ok(tx.family_consent_insert(&case, &consent)?)
}

/// Places the child on the in-school register, if it is a pupil of the actor's school and stands on none.
pub(super) fn place(tx: &mut Tx<'_>, case: CaseId, ground: &str, plan: &str) -> Result<(), Trouble> {
    if !may_ever(tx.actor(), Action::SchoolRegisterWrite) {
        return Ok(());
    }
    let case = tx.case_for(case, Action::SchoolRegisterWrite)?;
    may_write(CasePart::Help, case.state.stage)?;
    let Some(child) = tx.children_visible(&[case.child_id])?.pop() else { return Ok(()) };
    let school = child.organisation.as_ref();
    let acts_for_school = school.is_some_and(|school| {
        decide(tx.actor(), Action::SchoolRegisterWrite, &Subject::Placement(school)) == Verdict::Allowed
    });
    let candidate = Candidate { birth_date: child.birth_date, school, acts_for_school };
    let others = tx.placement_days(child.id, None)?;
    let today = tx.today();
    let Ok(school) = may_place(&candidate, today, &others) else { return Ok(()) };
    let record = PlacementRecord {
        ground: ground.to_owned(),
        state: PlacementState { span: Span { from: today, until: None }, annulled: false },
        decided_on: today,
        protocol_number: "1".to_owned(),
        submitted_by: Submitter::SocialPedagogue,
        parents_informed_on: Some(today),
        review_on: today.checked_add_months(chrono::Months::new(3)),
        decision: None,
        plan: Some(plan.to_owned()),
        removal: None,
    };
    let new = NewPlacement {
        id: part(tx, case.id).into(),
        child_id: child.id,
        case_id: Some(case.id),
        school: school.clone(),
        record,
    };
    let permit = tx.authorize(Action::SchoolRegisterWrite)?;
    Ok(tx.placement_insert(&permit, &new)?)
}
