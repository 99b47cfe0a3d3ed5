//! When a consent stands. Every decision is kept; the latest counts, and in doubt there is none.

use chrono::NaiveDate;

use super::ConsentStatus;
use crate::ids::{ConsentId, FamilyMemberId, ServiceId};
use crate::words::words;

/// One decision of a family member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Its place in the order of recording, which decides between decisions of one day.
    pub seq: i64,
    /// Who decided.
    pub member: FamilyMemberId,
    /// What.
    pub status: ConsentStatus,
    /// When.
    pub decided_on: NaiveDate,
    /// On which service; on help as a whole where absent.
    pub service: Option<ServiceId>,
}

words! {
    /// Why a decision is not recorded.
    pub enum ConsentRefusal {
        /// Only what stands can be withdrawn.
        NothingToWithdraw = "consent_nothing_to_withdraw",
    }
}

/// The consent of a member to a service that stands on a day, from all decisions in the case.
///
/// A decision on the service counts before one on help as a whole, except that a later refusal or withdrawal of all
/// help ends it too; a later consent to help as a whole does not undo a refusal of this very service.
#[must_use]
pub fn consent_for(
    decisions: &[Consent],
    member: FamilyMemberId,
    service: ServiceId,
    day: NaiveDate,
) -> Option<ConsentId> {
    let latest = |of: Option<ServiceId>| {
        decisions
            .iter()
            .filter(|decision| decision.member == member && decision.service == of && decision.decided_on <= day)
            .max_by_key(|decision| (decision.decided_on, decision.seq))
    };
    let given = |decision: &&Consent| decision.status == ConsentStatus::Given;
    let general = latest(None);
    let Some(special) = latest(Some(service)) else {
        return general.filter(given).map(|decision| decision.id);
    };
    let ended = general.is_some_and(|general| {
        !given(&general) && (general.decided_on, general.seq) > (special.decided_on, special.seq)
    });
    (given(&special) && !ended).then_some(special.id)
}

/// Whether a member's decision may be recorded after those made before.
///
/// # Errors
/// [`ConsentRefusal`].
pub fn may_record(
    decisions: &[Consent],
    member: FamilyMemberId,
    status: ConsentStatus,
    service: Option<ServiceId>,
    day: NaiveDate,
) -> Result<(), ConsentRefusal> {
    let of_member = |decision: &&Consent| {
        decision.member == member && decision.status == ConsentStatus::Given && decision.decided_on <= day
    };
    let stands = decisions.iter().filter(of_member).any(|decision| match (service, decision.service) {
        // All help is withdrawn: any consent may be meant.
        (None, _) => true,
        (Some(service), _) => consent_for(decisions, member, service, day).is_some(),
    });
    if status == ConsentStatus::Withdrawn && !stands { Err(ConsentRefusal::NothingToWithdraw) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConsentStatus::{Given, Refused, Withdrawn};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn day(number: i64) -> NaiveDate {
        NaiveDate::default() + chrono::TimeDelta::days(number)
    }

    fn member(number: u128) -> FamilyMemberId {
        Uuid::from_u128(number).into()
    }

    fn service(number: u128) -> ServiceId {
        Uuid::from_u128(number).into()
    }

    /// Decisions of member 1 on services by number (0: all help), on days.
    fn history(decisions: &[(ConsentStatus, u128, i64)]) -> Vec<Consent> {
        decisions
            .iter()
            .zip(1..)
            .map(|((status, of, on), seq)| Consent {
                id: Uuid::from_u128(seq as u128).into(),
                seq,
                member: member(1),
                status: *status,
                decided_on: day(*on),
                service: (*of > 0).then(|| service(*of)),
            })
            .collect()
    }

    #[test]
    fn the_latest_decision_counts_and_in_doubt_there_is_none() {
        // Decisions, and the number of the decision that stands for service 1 on day 10.
        type Line<'a> = (&'a [(ConsentStatus, u128, i64)], Option<u128>);
        let table: [Line<'_>; 14] = [
            (&[], None),
            (&[(Given, 0, 1)], Some(1)),
            (&[(Given, 1, 1)], Some(1)),
            (&[(Given, 2, 1)], None),
            (&[(Given, 0, 11)], None),
            (&[(Given, 0, 1), (Withdrawn, 0, 2)], None),
            (&[(Given, 0, 1), (Withdrawn, 0, 2), (Given, 0, 3)], Some(3)),
            (&[(Given, 0, 2), (Refused, 1, 1)], None),
            (&[(Refused, 0, 1), (Given, 1, 2)], Some(2)),
            (&[(Given, 1, 1), (Withdrawn, 0, 2)], None),
            (&[(Given, 1, 1), (Withdrawn, 0, 2), (Given, 0, 3)], Some(1)),
            (&[(Given, 0, 5), (Refused, 0, 5)], None),
            (&[(Refused, 0, 5), (Given, 0, 5)], Some(2)),
            (&[(Given, 0, 1), (Withdrawn, 2, 2)], Some(1)),
        ];
        for (decisions, expected) in table {
            let stands = consent_for(&history(decisions), member(1), service(1), day(10));
            assert_eq!(stands.map(|id| id.as_uuid().as_u128()), expected, "{decisions:?}");
            assert_eq!(consent_for(&history(decisions), member(2), service(1), day(10)), None);
        }
    }

    #[test]
    fn only_what_was_given_is_withdrawn() {
        let given = history(&[(Given, 1, 1)]);
        assert_eq!(may_record(&given, member(1), Withdrawn, Some(service(1)), day(2)), Ok(()));
        assert_eq!(may_record(&given, member(1), Withdrawn, None, day(2)), Ok(()));
        let refusal = Err(ConsentRefusal::NothingToWithdraw);
        assert_eq!(may_record(&given, member(1), Withdrawn, Some(service(2)), day(2)), refusal);
        assert_eq!(may_record(&given, member(2), Withdrawn, None, day(2)), refusal);
        assert_eq!(may_record(&given, member(1), Withdrawn, None, day(0)), refusal);
        assert_eq!(may_record(&[], member(1), Refused, None, day(2)), Ok(()));
        assert_eq!(may_record(&[], member(1), Given, Some(service(9)), day(2)), Ok(()));
    }

    fn decision() -> impl Strategy<Value = (ConsentStatus, u128, i64)> {
        (prop::sample::select(ConsentStatus::ALL), 0..3u128, 0..10i64)
    }

    proptest! {
        #[test]
        fn what_stands_was_given_and_nothing_after_a_withdrawal_of_all(decisions in prop::collection::vec(decision(), 0..12)) {
            let mut all = history(&decisions);
            if let Some(id) = consent_for(&all, member(1), service(1), day(10)) {
                let found = all.iter().find(|decision| decision.id == id).unwrap();
                prop_assert_eq!(found.status, Given);
                prop_assert!(found.service.is_none_or(|of| of == service(1)));
            }
            let last = all.len() as i64 + 1;
            all.push(Consent { id: Uuid::from_u128(99).into(), seq: last, member: member(1), status: Withdrawn, decided_on: day(10), service: None });
            prop_assert_eq!(consent_for(&all, member(1), service(1), day(10)), None);
        }
    }
}
