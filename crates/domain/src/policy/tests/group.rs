//! A session of the group that qualifies facts belongs to who sits in it; a request for material to who was asked.

use super::*;

#[test]
fn a_seat_gives_what_it_is_for() {
    let member = actor(&organisation(1, "DKPSISU", BOKEIKHAN), &[(Role::QualificationMember, Scope::Organisation)]);
    let seat = |keeper, opens_file| Some(SeatInGroup { keeper, opens_file });
    // (seat, read, manage, recuse, file, opinion, qualify)
    let table = [
        (None, [Invisible; 6]),
        (seat(false, false), [Allowed, Forbidden, Allowed, Forbidden, Forbidden, Forbidden]),
        (seat(false, true), [Allowed, Forbidden, Allowed, Allowed, Allowed, Forbidden]),
        (seat(true, false), [Allowed, Allowed, Allowed, Forbidden, Forbidden, Allowed]),
        (seat(true, true), [Allowed; 6]),
    ];
    let actions = [
        Action::QualificationRead,
        Action::QualificationManage,
        Action::QualificationRecuse,
        Action::QualificationFileRead,
        Action::OpinionGive,
        Action::FactQualify,
    ];
    for (seat, expected) in table {
        assert_eq!(actions.map(|action| decide(&member, action, &Subject::Group(seat))), expected, "{seat:?}");
    }
    // Nobody else, whatever seat a mistake of the program might give.
    let others =
        WORKERS.into_iter().chain(OUTSIDE_CASES.into_iter().filter(|(role, _)| *role != Role::QualificationMember));
    for (role, agency) in others {
        let asking = actor(&organisation(1, agency, BOKEIKHAN), &[(role, Scope::Region)]);
        for action in actions {
            assert_eq!(decide(&asking, action, &Subject::Group(seat(true, true))), Forbidden, "{role} {action}");
        }
    }
}

#[test]
fn a_member_of_the_group_sees_no_fact_by_the_role_alone() {
    let own = organisation(1, "UZ", BOKEIKHAN);
    let member = actor(&own, &[(Role::QualificationMember, Scope::Region)]);
    let subject = Subject::Fact { reporters: &[own], in_visible_case: true };
    assert_eq!(decide(&member, Action::RegisterRead, &subject), Forbidden);
}

#[test]
fn whoever_was_asked_answers() {
    let (own, other) = (organisation(1, "UZ", BOKEIKHAN), organisation(2, "UZ", BOKEIKHAN));
    for (role, agency) in WORKERS.into_iter().chain([(Role::QualificationMember, "UPR")]) {
        let asking = actor(&organisation(1, agency, BOKEIKHAN), &[(role, Scope::Region)]);
        for action in [Action::MaterialRead, Action::MaterialAnswer] {
            assert_eq!(decide(&asking, action, &Subject::Material(own.id)), Allowed, "{role} {action}");
            assert_eq!(decide(&asking, action, &Subject::Material(other.id)), Invisible, "{role} {action}");
        }
    }
}
