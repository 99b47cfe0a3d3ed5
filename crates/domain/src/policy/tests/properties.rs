//! What holds for whatever actor and whatever record.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

/// A few organisations that lie beside, inside and far from each other, of three agencies.
fn organisations() -> Vec<OrganisationRef> {
    let places = [
        ("UO", BOKEIKHAN),
        ("UO", BOKEIKHAN),
        ("UO", KAZYBEK_BI),
        ("UO", KARAGANDA),
        ("UO", ABAI_DISTRICT),
        ("UO", REGION),
        ("UO", OTHER_REGION),
        ("UZ", BOKEIKHAN),
        ("UZ", REGION),
        ("DKPSISU", REGION),
    ];
    places.into_iter().zip(1..).map(|((agency, kato), number)| organisation(number, agency, kato)).collect()
}

fn any_organisation() -> impl Strategy<Value = OrganisationRef> {
    select(organisations())
}

/// One of three users: the first is the actor.
fn any_user() -> impl Strategy<Value = UserId> {
    (1..=3u128).prop_map(user)
}

fn any_action() -> impl Strategy<Value = Action> {
    select(Action::ALL)
}

fn any_actor() -> impl Strategy<Value = Actor> {
    let grants = prop::collection::vec((select(Role::ALL), select(Scope::ALL)), 0..4);
    (any_organisation(), grants).prop_map(|(organisation, roles)| actor(&organisation, &roles))
}

/// A case as the storage builds it: the lead is a participant, and the user assigned there is the manager.
fn any_case() -> impl Strategy<Value = CaseSubject> {
    let participants = subsequence(organisations(), 1..5).prop_shuffle();
    (participants, prop::collection::vec(prop::option::of(any_user()), 5)).prop_map(|(organisations, users)| {
        let others: Vec<_> = organisations.iter().cloned().zip(users.iter().copied()).skip(1).collect();
        case(&organisations[0], users[0], &others)
    })
}

/// One record of every kind.
#[derive(Debug, Clone)]
struct Records {
    case: CaseSubject,
    task_holder: OrganisationRef,
    organisations: [OrganisationRef; 2],
    reporters: Vec<OrganisationRef>,
    user: UserId,
    flag: bool,
}

impl Records {
    fn subjects(&self) -> [Subject<'_>; 12] {
        let [first, second] = &self.organisations;
        [
            Subject::None,
            Subject::Child {
                organisation: self.flag.then_some(first),
                registered_by: second.id,
                linked: self.reporters.len() == 1,
            },
            Subject::Signal { addressee: first, filed_organisation: second.id, filed_by: self.user },
            Subject::Case(&self.case),
            Subject::Task(&self.case, &self.task_holder),
            Subject::Fact { reporters: &self.reporters, in_visible_case: self.flag },
            Subject::Account(first),
            Subject::Group(self.flag.then_some(SeatInGroup { keeper: first.id == second.id, opens_file: self.flag })),
            Subject::Material(first.id),
            Subject::Reconciliation(first),
            Subject::Placement(first),
            Subject::Service(self.flag.then_some(first)),
        ]
    }
}

fn any_records() -> impl Strategy<Value = Records> {
    let organisations = [any_organisation(), any_organisation()];
    let reporters = prop::collection::vec(any_organisation(), 0..3);
    (any_case(), any::<prop::sample::Index>(), organisations, reporters, any_user(), any::<bool>()).prop_map(
        |(case, holder, organisations, reporters, user, flag)| {
            // A task is given to a participant only.
            let task_holder = holder.get(&case.participants).0.clone();
            Records { case, task_holder, organisations, reporters, user, flag }
        },
    )
}

fn rescoped(actor: &Actor, role: Role, scope: Scope) -> Actor {
    Actor { roles: vec![RoleGrant { role, scope }], ..actor.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_wider_scope_reaches_more_organisations(actor in any_actor(), other in any_organisation()) {
        let reached: Vec<bool> = Scope::ALL.iter().map(|scope| actor.reaches(*scope, &other)).collect();
        prop_assert!(reached.is_sorted(), "{reached:?}");
        prop_assert!(!reached[0], "scope own reaches no organisation");
        prop_assert_eq!(reached[1], other.id == actor.organisation.id);
        prop_assert!(!reached[3] || other.agency == actor.organisation.agency, "another agency's organisation");
    }

    #[test]
    fn a_wider_scope_loses_no_right(
        actor in any_actor(), role in select(Role::ALL), action in any_action(), records in any_records(),
    ) {
        for subject in records.subjects() {
            let allowed: Vec<bool> = [Scope::Organisation, Scope::Territory, Scope::Region]
                .into_iter()
                .map(|scope| decide(&rescoped(&actor, role, scope), action, &subject) == Allowed)
                .collect();
            prop_assert!(allowed.is_sorted(), "{role} {action} {subject:?}: {allowed:?}");
        }
    }

    #[test]
    fn a_role_never_borrows_the_scope_of_another(
        actor in any_actor(), action in any_action(), records in any_records(),
    ) {
        let alone: Vec<Actor> = actor.roles.iter().map(|grant| rescoped(&actor, grant.role, grant.scope)).collect();
        for subject in records.subjects() {
            let by_one = alone.iter().any(|one| decide(one, action, &subject) == Allowed);
            prop_assert_eq!(decide(&actor, action, &subject) == Allowed, by_one, "{} {:?}", action, subject);
        }
        // What a list looks through are the scopes of the roles that give the right.
        let looked_through: BTreeSet<Scope> =
            alone.iter().filter(|one| may_ever(one, action)).flat_map(|one| &one.roles).map(|grant| grant.scope).collect();
        prop_assert_eq!(scopes(&actor, action), looked_through);
    }

    #[test]
    fn what_is_not_in_the_table_is_denied(actor in any_actor(), action in any_action(), records in any_records()) {
        let entitled = expected_roles(action).into_iter().any(|role| actor.holds(role));
        let nobody = Actor { roles: Vec::new(), ..actor.clone() };
        for subject in records.subjects() {
            prop_assert!(entitled || decide(&actor, action, &subject) != Allowed, "{action} {subject:?}");
            prop_assert_eq!(decide(&nobody, action, &subject), Forbidden);
        }
    }

    #[test]
    fn who_may_write_may_read(
        actor in any_actor(), action in select(CASE_RIGHTS.map(|(action, _)| action).to_vec()), records in any_records(),
    ) {
        let read = decide(&actor, Action::CaseRead, &Subject::Case(&records.case));
        for subject in [Subject::Case(&records.case), Subject::Task(&records.case, &records.task_holder)] {
            let verdict = decide(&actor, action, &subject);
            prop_assert!(verdict != Allowed || read == Allowed, "{action} on a case that is not seen");
            // What a refusal gives away is what reading gives away.
            prop_assert!(verdict != Invisible || read == Invisible, "{action} hides a case that is seen");
            prop_assert!(verdict != Forbidden || read != Invisible, "{action} shows a case that is not seen");
        }
    }

    #[test]
    fn a_case_is_seen_only_through_a_participant(actor in any_actor(), records in any_records()) {
        let in_reach = records.case.participants.iter().any(|(organisation, assigned)| {
            organisation.agency == actor.organisation.agency || *assigned == Some(actor.user)
        });
        let verdict = decide(&actor, Action::CaseRead, &Subject::Case(&records.case));
        prop_assert!(in_reach || verdict != Allowed);
    }

    #[test]
    fn who_writes_a_section_reads_it(actor in any_actor()) {
        prop_assert!(writable(&actor).is_subset(&readable(&actor)));
        prop_assert!(readable(&actor).is_empty() || may_ever(&actor, Action::CaseRead));
        prop_assert_eq!(readable(&actor).contains(&Section::General), may_ever(&actor, Action::CaseRead));
    }
}
