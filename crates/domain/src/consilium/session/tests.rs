use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use uuid::Uuid;

use super::*;

const RULES: BoardRules = BoardRules { present_percent: 50, agencies_present: 2, preparation_days: 3, longest_days: 7 };

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

fn item(number: u128, conflicts: &[(u128, ConflictGround)]) -> AgendaItem {
    AgendaItem {
        id: Uuid::from_u128(number).into(),
        case: Uuid::from_u128(1000 + number).into(),
        section: Section::Psychological,
        conflicts: conflicts.iter().map(|(number, ground)| (user(*number), *ground)).collect(),
        decision: None,
    }
}

/// Chair (УО), deputy (УЗ), two members (УО, ДП), the secretary and an expert.
fn board() -> Vec<BoardMember> {
    vec![
        member(1, "UO", BoardRole::Secretary),
        member(2, "UO", BoardRole::Chair),
        member(3, "UZ", BoardRole::DeputyChair),
        member(4, "UO", BoardRole::Member),
        member(5, "DP", BoardRole::Member),
        member(6, "UKZSP", BoardRole::InvitedExpert),
    ]
}

fn session() -> Session {
    let mut session = Session::convened(RULES, now(), board().remove(0));
    for member in board().into_iter().skip(1) {
        session = after(session, Command::Seat(member));
    }
    session
}

fn after(mut session: Session, command: Command) -> Session {
    let event = session.decide(command, now()).unwrap();
    session.apply(event);
    session
}

fn open(items: &[AgendaItem], present: &[u128]) -> Session {
    let mut session = session();
    for item in items {
        session = after(session, Command::Schedule(item.clone()));
    }
    let session = after(session, Command::Open);
    after(session, Command::RecordAttendance(present.iter().copied().map(user).collect()))
}

fn decision(votes: &[(u128, Vote)]) -> BoardDecision {
    BoardDecision {
        outcome: BoardOutcome::SupportProgramme,
        section: Section::General,
        votes: votes.iter().map(|(number, vote)| (user(*number), *vote)).collect(),
        tasks: 1,
    }
}

fn codes(session: &Session, command: Command) -> Vec<GateCode> {
    session
        .decide(command, now())
        .err()
        .map_or_else(Vec::new, |refusal| refusal.missing.iter().map(|gate| gate.code).collect())
}

fn record(session: &Session, votes: &[(u128, Vote)]) -> Vec<GateCode> {
    codes(session, Command::RecordDecision(session.items[0].id, decision(votes)))
}

#[test]
fn what_is_missing_for_a_decision_is_named_at_once() {
    use GateCode::{EveryVote, Majority, PresidingMember, QuorumAgencies, QuorumMembers, VotesOfVotersOnly};
    use Vote::{Abstain, Against, For};
    /// An item, who is there, their votes, what is missing.
    type Line<'a> = (AgendaItem, &'a [u128], &'a [(u128, Vote)], &'a [GateCode]);
    let plain = item(1, &[]);
    let table: &[Line<'_>] = &[
        (plain.clone(), &[], &[], &[QuorumMembers, PresidingMember, QuorumAgencies]),
        (plain.clone(), &[1, 6], &[], &[QuorumMembers, PresidingMember, QuorumAgencies]),
        (plain.clone(), &[2, 4], &[(2, For), (4, For)], &[QuorumAgencies]),
        (plain.clone(), &[4, 5], &[(4, For), (5, For)], &[PresidingMember]),
        (plain.clone(), &[2], &[(2, For)], &[QuorumMembers, QuorumAgencies]),
        (plain.clone(), &[2, 3], &[(2, For)], &[EveryVote]),
        (plain.clone(), &[2, 3, 6], &[(2, For), (3, For), (6, For)], &[VotesOfVotersOnly]),
        (plain.clone(), &[2, 3], &[(2, For), (3, For), (5, For)], &[VotesOfVotersOnly]),
        (plain.clone(), &[2, 3], &[(2, Against), (3, For)], &[Majority]),
        (plain.clone(), &[2, 3], &[(2, For), (3, Against)], &[]),
        (plain.clone(), &[2, 3], &[(2, Abstain), (3, Abstain)], &[Majority]),
        (plain, &[2, 3, 5], &[(2, For), (3, For), (5, Against)], &[]),
        // The chair manages the case: reports, but the deputy presides and decides.
        (item(1, &[(2, ConflictGround::CaseManager)]), &[2, 4, 5], &[(4, For), (5, For)], &[PresidingMember]),
        (
            item(1, &[(2, ConflictGround::CaseManager)]),
            &[2, 3, 5],
            &[(2, For), (3, For), (5, For)],
            &[VotesOfVotersOnly],
        ),
        (item(1, &[(2, ConflictGround::Declared)]), &[2, 3, 5], &[(3, For), (5, Against)], &[]),
    ];
    for (item, present, votes, expected) in table {
        let session = open(std::slice::from_ref(item), present);
        assert_eq!(record(&session, votes), *expected, "present {present:?}, votes {votes:?}");
    }
}

#[test]
fn a_case_is_put_off_without_quorum_but_with_nothing_else() {
    let session = open(&[item(1, &[])], &[]);
    let put_off =
        |votes: &[(u128, Vote)], tasks| BoardDecision { outcome: BoardOutcome::Postponed, tasks, ..decision(votes) };
    let id = session.items[0].id;
    assert_eq!(codes(&session, Command::RecordDecision(id, put_off(&[], 0))), []);
    for decision in [put_off(&[(2, Vote::For)], 0), put_off(&[], 1)] {
        assert_eq!(codes(&session, Command::RecordDecision(id, decision)), [GateCode::NothingWithPostponement]);
    }
}

#[test]
fn the_text_of_a_decision_stands_under_general_or_the_section_of_the_item() {
    let session = open(&[item(1, &[])], &[]);
    for section in Section::ALL {
        let decision =
            BoardDecision { outcome: BoardOutcome::Postponed, section: *section, votes: BTreeMap::new(), tasks: 0 };
        let expected: &[GateCode] = match section {
            Section::General | Section::Psychological => &[],
            _ => &[GateCode::ItemSection],
        };
        assert_eq!(codes(&session, Command::RecordDecision(session.items[0].id, decision)), expected, "{section}");
    }
}

#[test]
fn a_session_needs_chair_and_agenda_to_open_and_decisions_to_close() {
    let bare = Session::convened(RULES, now(), board().remove(0));
    assert_eq!(codes(&bare, Command::Open), [GateCode::Chair, GateCode::AgendaItems]);
    let session = open(&[item(1, &[]), item(2, &[])], &[2, 3]);
    assert_eq!(codes(&session, Command::Close), [GateCode::UndecidedItems]);
    let votes = [(2, Vote::For), (3, Vote::For)];
    let first = after(session, Command::RecordDecision(Uuid::from_u128(1).into(), decision(&votes)));
    assert_eq!(record(&first, &votes), [GateCode::ItemUndecided]);
    assert_eq!(codes(&first, Command::Cancel), [GateCode::NothingDecided]);
    let second = after(first, Command::RecordDecision(Uuid::from_u128(2).into(), decision(&votes)));
    assert_eq!(after(second, Command::Close).status, SessionStatus::Closed);
}

#[test]
fn a_board_is_of_different_people_with_one_chair_and_each_case_stands_once() {
    let planned = after(session(), Command::Schedule(item(1, &[])));
    assert_eq!(
        codes(&planned, Command::Seat(member(2, "UO", BoardRole::Chair))),
        [GateCode::AlreadySeated, GateCode::OneChair]
    );
    let mut again = item(2, &[]);
    again.case = planned.items[0].case;
    assert_eq!(codes(&planned, Command::Schedule(again)), [GateCode::AlreadyOnAgenda]);
    assert_eq!(codes(&planned, Command::DeclareConflict(planned.items[0].id, user(9))), [GateCode::Member]);
    let open = after(planned, Command::Open);
    assert_eq!(codes(&open, Command::RecordAttendance([user(2), user(9)].into())), [GateCode::Member]);
    assert_eq!(codes(&open, Command::Schedule(item(3, &[]))), [GateCode::SessionStatus]);
}

/// What somebody might try: mostly sensible, so that sessions get far.
fn any_command() -> impl Strategy<Value = Command> {
    let items = || (1_u128..=3).prop_map(|number| ConsiliumItemId::from_uuid(Uuid::from_u128(number)));
    let users = || (1_u128..=7).prop_map(user);
    let votes = prop::collection::btree_map(users(), select(Vote::ALL), 0..6);
    let outcome = select(BoardOutcome::ALL);
    let decision = (outcome, select(Section::ALL), votes, 0_usize..2)
        .prop_map(|(outcome, section, votes, tasks)| BoardDecision { outcome, section, votes, tasks });
    let present = subsequence((1_u128..=6).map(user).collect::<Vec<_>>(), 0..=6);
    prop_oneof![
        1 => Just(Command::Amend(Some(now()))),
        3 => (1_u128..=7, select(vec!["UO", "UZ", "DP"]), select(BoardRole::ALL))
            .prop_map(|(number, agency, role)| Command::Seat(member(number, agency, role))),
        2 => (1_u128..=3).prop_map(|number| Command::Schedule(item(number, &[(4, ConflictGround::CaseManager)]))),
        2 => (items(), users()).prop_map(|(item, user)| Command::DeclareConflict(item, user)),
        2 => Just(Command::Open),
        3 => present.prop_map(|users| Command::RecordAttendance(users.into_iter().collect())),
        4 => (items(), decision).prop_map(|(item, decision)| Command::RecordDecision(item, decision)),
        1 => Just(Command::Close),
        1 => Just(Command::Cancel),
    ]
}

/// A decision in which all who may vote do, so that random lives decide something.
fn fitting(session: &Session, at: Index, vote: Vote) -> Option<Command> {
    let item = session.items.get(at.index(session.items.len().max(1)))?;
    let excluded = item.conflicts.keys().copied().collect();
    let voters = quorum::voters(&session.members, &session.present, &excluded);
    let votes = voters.iter().map(|member| (member.user, vote)).collect();
    let section = item.section;
    Some(Command::RecordDecision(
        item.id,
        BoardDecision { outcome: BoardOutcome::Observation, section, votes, tasks: 0 },
    ))
}

fn no_decision_without_quorum(before: &Session, event: &SessionEvent) -> bool {
    let SessionEvent::Decided(id, decision) = event else { return true };
    let item = before.item(*id).unwrap();
    let excluded: BTreeSet<UserId> = item.conflicts.keys().copied().collect();
    // Counted anew, not by the functions under test.
    let voters: Vec<&BoardMember> =
        before.members.iter().filter(|member| member.role.votes() && !excluded.contains(&member.user)).collect();
    let present: Vec<_> = voters.iter().filter(|member| before.present.contains(&member.user)).collect();
    let agencies: BTreeSet<&str> = present.iter().map(|member| member.agency.as_str()).collect();
    decision.outcome == BoardOutcome::Postponed
        || (present.len() * 2 >= voters.len()
            && agencies.len() >= 2
            && present.iter().any(|member| matches!(member.role, BoardRole::Chair | BoardRole::DeputyChair)))
}

fn who_has_an_interest_does_not_vote(session: &Session) -> bool {
    session.items.iter().all(|item| {
        item.decision.as_ref().is_none_or(|decision| {
            decision.votes.keys().all(|user| {
                !item.conflicts.contains_key(user) && session.members.iter().any(|m| m.user == *user && m.role.votes())
            })
        })
    })
}

fn each_case_is_settled(session: &Session) -> bool {
    session.status != SessionStatus::Closed || session.items.iter().all(|item| item.decision.is_some())
}

proptest! {
    #[test]
    fn no_life_of_a_session_breaks_its_invariants(
        full in any::<bool>(),
        steps in prop::collection::vec((any_command(), any::<Index>(), select(Vote::ALL), any::<bool>()), 1..60),
    ) {
        let start = if full { session() } else { Session::convened(RULES, now(), board().remove(0)) };
        let mut session = start.clone();
        let mut events = Vec::new();
        for (command, at, vote, fit) in steps {
            let command = if fit { fitting(&session, at, vote).unwrap_or(command) } else { command };
            let ended = !session.status.is_live();
            match session.decide(command, now()) {
                Ok(event) => {
                    prop_assert!(!ended, "closed_is_final");
                    prop_assert!(no_decision_without_quorum(&session, &event), "no_decision_without_quorum");
                    session.apply(event.clone());
                    events.push(event);
                }
                Err(refusal) => prop_assert!(!refusal.missing.is_empty()),
            }
            prop_assert!(who_has_an_interest_does_not_vote(&session));
            prop_assert!(each_case_is_settled(&session));
        }
        let mut replayed = start;
        for event in events {
            replayed.apply(event);
        }
        prop_assert_eq!(replayed, session);
    }
}
