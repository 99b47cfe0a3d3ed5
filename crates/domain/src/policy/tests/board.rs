//! A seat on a board opens a case for reading, and a session belongs to its convener and its board.

use super::*;

fn seated(case: CaseSubject) -> CaseSubject {
    CaseSubject { board_seat: true, ..case }
}

#[test]
fn a_seat_opens_a_case_for_reading_and_for_nothing_else() {
    let lead = organisation(2, "UO", KAZYBEK_BI);
    let foreign = case(&lead, None, &[]);
    let on_agenda = seated(foreign.clone());
    let readers = WORKERS.into_iter().chain([(Role::ConsiliumSecretary, "UO")]);
    for (role, agency) in readers {
        let asking = actor(&organisation(1, agency, BOKEIKHAN), &[(role, Scope::Organisation)]);
        for (action, _) in CASE_RIGHTS {
            let expected = if action == Action::CaseRead { Allowed } else { Forbidden };
            assert_eq!(decide(&asking, action, &Subject::Case(&on_agenda)), expected, "{role} {action}");
            assert_eq!(decide(&asking, action, &Subject::Task(&on_agenda, &lead)), expected, "{role} {action}");
            assert_eq!(decide(&asking, action, &Subject::Case(&foreign)), Invisible, "{role} {action} without a seat");
        }
    }
    for (role, agency) in OUTSIDE_CASES {
        let asking = actor(&organisation(1, agency, BOKEIKHAN), &[(role, Scope::Region)]);
        assert_eq!(decide(&asking, Action::CaseRead, &Subject::Case(&on_agenda)), Forbidden, "{role}");
    }
}

#[test]
fn the_secretary_sees_no_case_because_its_office_takes_part() {
    let own = organisation(1, "UO", BOKEIKHAN);
    let asking = actor(&own, &[(Role::ConsiliumSecretary, Scope::Region)]);
    assert_eq!(decide(&asking, Action::CaseRead, &Subject::Case(&case(&own, None, &[]))), Invisible);
}

#[test]
fn a_session_belongs_to_its_convener_and_its_board() {
    let own = organisation(1, "UO", BOKEIKHAN);
    let other = organisation(2, "UO", KAZYBEK_BI);
    let secretary = actor(&own, &[(Role::ConsiliumSecretary, Scope::Region)]);
    let member = actor(&own, &[(Role::Psychologist, Scope::Organisation)]);
    // (who, convened by the own organisation, sits on the board, read, manage, declare)
    let table = [
        (&secretary, true, false, Allowed, Allowed, Allowed),
        (&secretary, false, false, Invisible, Invisible, Invisible),
        (&secretary, false, true, Allowed, Forbidden, Forbidden),
        (&member, true, false, Invisible, Invisible, Invisible),
        (&member, false, true, Allowed, Forbidden, Allowed),
    ];
    for (asking, convened, member, read, manage, declare) in table {
        let convener = if convened { own.id } else { other.id };
        let subject = Subject::Session { convener, member };
        let verdicts = [Action::ConsiliumRead, Action::ConsiliumManage, Action::ConsiliumDeclare]
            .map(|action| decide(asking, action, &subject));
        assert_eq!(verdicts, [read, manage, declare], "convened {convened}, member {member}");
    }
}
