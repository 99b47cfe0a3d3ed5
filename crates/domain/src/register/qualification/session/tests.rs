use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use uuid::Uuid;

use super::*;
use crate::consilium::BoardRules;
use crate::identity::AgencyCode;
use crate::register::SuicidalLevel::{Attempt, SelfInjury};

const RULES: GroupRules = GroupRules {
    board: BoardRules { present_percent: 50, agencies_present: 3, preparation_days: 10, longest_days: 10 },
    material_days: 5,
};

fn now() -> DateTime<Utc> {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

fn user(number: u128) -> UserId {
    Uuid::from_u128(number).into()
}

fn member(number: u128, agency: &str, role: BoardRole) -> BoardMember {
    BoardMember {
        user: user(number),
        organisation: Uuid::from_u128(100 + number).into(),
        agency: AgencyCode::new(agency).unwrap(),
        role,
    }
}

fn item(number: u128, standing: FactStatus, recused: &[(u128, RecusalGround)]) -> GroupItem {
    GroupItem {
        id: Uuid::from_u128(number).into(),
        fact: Uuid::from_u128(1000 + number).into(),
        standing,
        survivor: (standing == FactStatus::Merged).then(|| Uuid::from_u128(77).into()),
        recused: recused.iter().map(|(number, ground)| (user(*number), *ground)).collect(),
        opinions: BTreeMap::new(),
        outcome: None,
    }
}

fn before(number: u128, recused: &[(u128, RecusalGround)]) -> GroupItem {
    item(number, FactStatus::UnderQualification, recused)
}

/// The secretary (УО), chair (УЗ), deputy (ДП), members (прокуратура, УО), an expert.
fn people() -> Vec<BoardMember> {
    vec![
        member(1, "UO", BoardRole::Secretary),
        member(2, "UZ", BoardRole::Chair),
        member(3, "DP", BoardRole::DeputyChair),
        member(4, "PROKURATURA", BoardRole::Member),
        member(5, "UO", BoardRole::Member),
        member(6, "UPR", BoardRole::InvitedExpert),
    ]
}

fn session() -> Group {
    let mut session = Group::convened(RULES, now(), people().remove(0));
    for member in people().into_iter().skip(1) {
        session = after(session, GroupCommand::Seat(member));
    }
    session
}

fn after(mut session: Group, command: GroupCommand) -> Group {
    let event = session.decide(command, now()).unwrap();
    session.apply(event);
    session
}

fn open(items: &[GroupItem], present: &[u128]) -> Group {
    let mut session = session();
    for item in items {
        session = after(session, GroupCommand::Schedule(item.clone()));
    }
    let session = after(session, GroupCommand::Open);
    after(session, GroupCommand::RecordAttendance(present.iter().copied().map(user).collect()))
}

fn heard(mut session: Group, opinions: &[(u128, Conclusion)]) -> Group {
    let id = session.items[0].id;
    for (number, conclusion) in opinions {
        session = after(session, GroupCommand::GiveOpinion(id, user(*number), *conclusion));
    }
    session
}

fn codes(session: &Group, command: GroupCommand) -> Vec<GateCode> {
    match session.decide(command, now()) {
        Ok(_) => Vec::new(),
        Err(refusal) => refusal.missing.into_iter().map(|gate| gate.code).collect(),
    }
}

fn settle(session: &Group, recorder: u128, conclusion: Conclusion) -> Vec<GateCode> {
    let id = session.items[0].id;
    codes(session, GroupCommand::Settle(id, user(recorder), Resolution::Qualified(conclusion)))
}

const YES: Conclusion = Conclusion::Confirmed(Attempt);

#[test]
fn every_action_is_possible_in_its_states_only() {
    let commands = [
        GroupCommand::Amend(None),
        GroupCommand::Seat(member(9, "OPEKA", BoardRole::Member)),
        GroupCommand::Schedule(before(9, &[])),
        GroupCommand::Recuse(Uuid::from_u128(1).into(), user(2)),
        GroupCommand::AskMaterial(Uuid::from_u128(1).into()),
        GroupCommand::GiveOpinion(Uuid::from_u128(1).into(), user(2), YES),
        GroupCommand::Open,
        GroupCommand::RecordAttendance(BTreeSet::new()),
        GroupCommand::Settle(Uuid::from_u128(1).into(), user(1), Resolution::Postponed),
        GroupCommand::Close,
        GroupCommand::Cancel,
    ];
    assert_eq!(commands.len(), GroupAction::ALL.len());
    for status in SessionStatus::ALL {
        for command in &commands {
            let session = Group { status: *status, ..open(&[before(1, &[])], &[]) };
            let refused = codes(&session, command.clone()).contains(&GateCode::SessionStatus);
            assert_eq!(refused, !possible_in(command.action()).contains(status), "{} {status}", command.action());
        }
    }
}

#[test]
fn a_fact_is_qualified_with_quorum_opinions_and_their_weight() {
    use GateCode::{
        FactAnnulled, FactMerged, OpinionsMajority, OpinionsMissing, PresidingMember, QuorumAgencies, QuorumMembers,
        Recorder,
    };
    type Row<'a> = (GroupItem, &'a [u128], &'a [(u128, Conclusion)], u128, &'a [GateCode]);
    let declared = |number| before(1, &[(number, RecusalGround::Declared)]);
    let all = [(2, YES), (3, YES), (4, YES), (5, YES)];
    let table: &[Row<'_>] = &[
        (before(1, &[]), &[1, 2, 3, 4, 5], &all, 1, &[]),
        (before(1, &[]), &[1, 2, 3, 4], &all[..3], 1, &[]),
        // The expert and the secretary are no quorum.
        (before(1, &[]), &[1, 6], &[], 1, &[QuorumMembers, PresidingMember, QuorumAgencies]),
        (before(1, &[]), &[1, 4, 5], &all[2..], 1, &[PresidingMember, QuorumAgencies]),
        (before(1, &[]), &[1, 2, 3], &all[..2], 1, &[QuorumAgencies]),
        // Somebody present was not heard; somebody absent need not be.
        (before(1, &[]), &[1, 2, 3, 4, 5], &all[..3], 1, &[OpinionsMissing]),
        (before(1, &[]), &[1, 2, 3, 4], &all, 1, &[]),
        (
            before(1, &[]),
            &[1, 2, 3, 4],
            &[(2, YES), (3, Conclusion::NotConfirmed), (4, Conclusion::NotConfirmed)],
            1,
            &[OpinionsMajority],
        ),
        (
            before(1, &[]),
            &[1, 2, 3, 4],
            &[(2, YES), (3, Conclusion::Confirmed(SelfInjury)), (4, Conclusion::NotConfirmed)],
            1,
            &[],
        ),
        // Who is recused counts neither as present nor as a body.
        (declared(4), &[1, 2, 3, 4, 5], &[(2, YES), (3, YES), (5, YES)], 1, &[]),
        (declared(4), &[1, 2, 3, 4], &[(2, YES), (3, YES)], 1, &[QuorumAgencies]),
        // Who records is there, and without an interest; whoever reported the fact may record.
        (before(1, &[]), &[2, 3, 4, 5], &all, 1, &[Recorder]),
        (declared(1), &[1, 2, 3, 4, 5], &all, 1, &[Recorder]),
        (declared(1), &[1, 2, 3, 4, 5], &all, 2, &[]),
        (before(1, &[(1, RecusalGround::Reporter)]), &[1, 2, 3, 4, 5], &all, 1, &[]),
        (item(1, FactStatus::Annulled, &[]), &[1, 2, 3, 4, 5], &all, 1, &[FactAnnulled]),
        (item(1, FactStatus::Merged, &[]), &[1, 2, 3, 4, 5], &all, 1, &[FactMerged]),
    ];
    for (number, (item, present, opinions, recorder, expected)) in table.iter().enumerate() {
        let session = heard(open(std::slice::from_ref(item), present), opinions);
        assert_eq!(settle(&session, *recorder, YES), *expected, "row {number}");
    }
}

#[test]
fn a_merged_fact_names_the_one_that_stands_for_it_and_is_put_off() {
    let session = open(&[item(1, FactStatus::Merged, &[])], &[]);
    let id = session.items[0].id;
    let refusal = session.decide(GroupCommand::Settle(id, user(1), Resolution::Qualified(YES)), now()).unwrap_err();
    let merged = refusal.missing.iter().find(|gate| gate.code == GateCode::FactMerged).unwrap();
    assert_eq!(merged.params, [("survivor", Uuid::from_u128(77).to_string())]);
    let put_off = after(session, GroupCommand::Settle(id, user(1), Resolution::Postponed));
    assert_eq!(after(put_off, GroupCommand::Close).status, SessionStatus::Closed);
}

#[test]
fn an_opinion_is_given_once_by_who_judges() {
    use GateCode::{FactDecided, NoOpinionOnFact, OpinionGiven};
    let session = open(&[before(1, &[(4, RecusalGround::Reporter), (5, RecusalGround::Declared)])], &[1, 2]);
    let id = session.items[0].id;
    let given = |session: &Group, number| codes(session, GroupCommand::GiveOpinion(id, user(number), YES));
    for (number, expected) in [
        (1, &[NoOpinionOnFact][..]),
        (2, &[]),
        (3, &[]),
        (4, &[NoOpinionOnFact]),
        (5, &[NoOpinionOnFact]),
        (9, &[NoOpinionOnFact]),
    ] {
        assert_eq!(given(&session, number), expected, "{number}");
    }
    let session = heard(session, &[(2, YES)]);
    assert_eq!(given(&session, 2), [OpinionGiven]);
    let settled = after(session, GroupCommand::Settle(id, user(1), Resolution::Postponed));
    assert_eq!(given(&settled, 3), [FactDecided]);
}

#[test]
fn a_session_opens_with_chair_and_agenda_and_closes_settled() {
    let bare = Group::convened(RULES, now(), people().remove(0));
    assert_eq!(codes(&bare, GroupCommand::Open), [GateCode::Chair, GateCode::AgendaFacts]);
    let session = heard(open(&[before(1, &[]), before(2, &[])], &[1, 2, 3, 4]), &[(2, YES), (3, YES), (4, YES)]);
    assert_eq!(codes(&session, GroupCommand::Close), [GateCode::UnsettledFacts]);
    let id = session.items[0].id;
    let resolution = Resolution::Qualified(YES);
    let session = after(session, GroupCommand::Settle(id, user(1), resolution));
    assert_eq!(codes(&session, GroupCommand::Settle(id, user(1), resolution)), [GateCode::FactDecided]);
    assert_eq!(codes(&session, GroupCommand::Cancel), [GateCode::NothingDecided]);
    let session = after(session, GroupCommand::Settle(Uuid::from_u128(2).into(), user(1), Resolution::Postponed));
    assert_eq!(after(session, GroupCommand::Close).status, SessionStatus::Closed);
    // Nothing but put off: it may be called off all the same.
    let session = after(open(&[before(1, &[])], &[]), GroupCommand::Settle(id, user(1), Resolution::Postponed));
    assert_eq!(codes(&session, GroupCommand::Cancel), []);
}

/// What somebody might try: mostly sensible, so that sessions get far.
fn any_command() -> impl Strategy<Value = GroupCommand> {
    let items = || (1_u128..=3).prop_map(|number| QualificationItemId::from_uuid(Uuid::from_u128(number)));
    let users = || (1_u128..=7).prop_map(user);
    let conclusions = || select(vec![YES, Conclusion::Confirmed(SelfInjury), Conclusion::NotConfirmed]);
    let resolutions = prop_oneof![4 => conclusions().prop_map(Resolution::Qualified), 1 => Just(Resolution::Postponed)];
    let present = subsequence((1_u128..=6).map(user).collect::<Vec<_>>(), 0..=6);
    let standings = select(vec![
        FactStatus::UnderQualification,
        FactStatus::UnderQualification,
        FactStatus::Merged,
        FactStatus::Annulled,
    ]);
    prop_oneof![
        1 => Just(GroupCommand::Amend(Some(now()))),
        2 => (1_u128..=7, select(vec!["UO", "UZ", "DP", "UPR"]), select(BoardRole::ALL))
            .prop_map(|(number, agency, role)| GroupCommand::Seat(member(number, agency, role))),
        3 => (1_u128..=3, standings).prop_map(|(number, standing)| {
            GroupCommand::Schedule(item(number, standing, &[(4, RecusalGround::Reporter)]))
        }),
        1 => (items(), users()).prop_map(|(item, user)| GroupCommand::Recuse(item, user)),
        1 => items().prop_map(GroupCommand::AskMaterial),
        6 => (items(), users(), conclusions())
            .prop_map(|(item, user, conclusion)| GroupCommand::GiveOpinion(item, user, conclusion)),
        2 => Just(GroupCommand::Open),
        3 => present.prop_map(|users| GroupCommand::RecordAttendance(users.into_iter().collect())),
        6 => (items(), users(), resolutions)
            .prop_map(|(item, user, resolution)| GroupCommand::Settle(item, user, resolution)),
        1 => Just(GroupCommand::Close),
        1 => Just(GroupCommand::Cancel),
    ]
}

/// Everybody who may gives the same opinion on an item, so that random lives decide something.
fn unanimous(session: &Group, at: Index) -> Vec<GroupCommand> {
    let Some(item) = session.items.get(at.index(session.items.len().max(1))) else { return Vec::new() };
    let silent = session.voters(item).into_iter().filter(|member| !item.opinions.contains_key(&member.user));
    let opinions = silent.map(|member| GroupCommand::GiveOpinion(item.id, member.user, YES));
    let recorder = session.present.iter().next().copied().unwrap_or_else(|| user(1));
    opinions.chain([GroupCommand::Settle(item.id, recorder, Resolution::Qualified(YES))]).collect()
}

/// Counted anew, not by the functions under test.
fn well_qualified(before: &Group, event: &GroupEvent) -> Result<(), &'static str> {
    let GroupEvent::Settled(id, Resolution::Qualified(conclusion)) = event else { return Ok(()) };
    let item = before.item(*id).unwrap();
    let judges: Vec<&BoardMember> = before
        .members
        .iter()
        .filter(|member| {
            matches!(member.role, BoardRole::Chair | BoardRole::DeputyChair | BoardRole::Member)
                && !item.recused.contains_key(&member.user)
        })
        .collect();
    let present: Vec<_> = judges.iter().filter(|member| before.present.contains(&member.user)).collect();
    let bodies: BTreeSet<&str> = present.iter().map(|member| member.agency.as_str()).collect();
    if present.len() * 2 < judges.len() || bodies.len() < 3 {
        return Err("no_qualification_without_quorum");
    }
    let held: Vec<_> = present.iter().filter_map(|member| item.opinions.get(&member.user)).collect();
    let with = held.iter().filter(|opinion| **opinion == conclusion).count();
    let strongest = held.iter().map(|one| held.iter().filter(|other| other == &one).count()).max().unwrap_or(0);
    if held.len() != present.len() || with < strongest {
        return Err("everybody_present_is_heard");
    }
    if matches!(item.standing, FactStatus::Merged | FactStatus::Annulled) { Err("a fact that is gone") } else { Ok(()) }
}

proptest! {
    #[test]
    fn no_life_of_a_session_breaks_its_invariants(
        full in any::<bool>(),
        steps in prop::collection::vec((any_command(), any::<Index>(), any::<bool>()), 1..60),
    ) {
        let start = if full { session() } else { Group::convened(RULES, now(), people().remove(0)) };
        let mut session = start.clone();
        let mut events = Vec::new();
        for (command, at, fit) in steps {
            let commands = if fit { unanimous(&session, at) } else { vec![command] };
            for command in commands {
                let ended = !session.status.is_live();
                match session.decide(command, now()) {
                    Ok(event) => {
                        prop_assert!(!ended, "closed_is_final");
                        prop_assert_eq!(well_qualified(&session, &event), Ok(()));
                        session.apply(event.clone());
                        events.push(event);
                    }
                    Err(refusal) => prop_assert!(!refusal.missing.is_empty()),
                }
            }
            for item in &session.items {
                let judged = item.opinions.keys().all(|user| item.recused.get(user) != Some(&RecusalGround::Reporter));
                prop_assert!(judged, "who_has_an_interest_does_not_judge");
                prop_assert!(session.status != SessionStatus::Closed || item.outcome.is_some(), "each_fact_is_settled");
            }
        }
        let mut replayed = start;
        for event in events {
            replayed.apply(event);
        }
        prop_assert_eq!(replayed, session);
    }
}
