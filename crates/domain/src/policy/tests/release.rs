//! Releases: who sees a proposal, and who speaks for an agency.

use super::*;

#[test]
fn an_agency_is_spoken_for_by_whoever_supervises_all_of_a_place() {
    let own = organisation(1, "UO", KARAGANDA);
    let (uo, uz) = (AgencyCode::new("UO").unwrap(), AgencyCode::new("UZ").unwrap());
    let place = |kato| Kato::new(kato).unwrap();
    let of = |kato: &str, role, scope| actor(&organisation(1, "UO", kato), &[(role, scope)]);
    let table = [
        (of(KARAGANDA, Role::Supervisor, Scope::Territory), &uo, KARAGANDA, Allowed),
        (of(KARAGANDA, Role::Supervisor, Scope::Territory), &uo, ABAI_DISTRICT, Invisible),
        (of(KARAGANDA, Role::Supervisor, Scope::Territory), &uz, KARAGANDA, Invisible),
        (of(KARAGANDA, Role::Supervisor, Scope::Region), &uo, ABAI_DISTRICT, Allowed),
        (of(KARAGANDA, Role::Supervisor, Scope::Region), &uo, REGION, Allowed),
        (of(KARAGANDA, Role::Supervisor, Scope::Region), &uz, ABAI_DISTRICT, Invisible),
        // The district of a city is not the city: somebody wider speaks for it.
        (of(BOKEIKHAN, Role::Supervisor, Scope::Territory), &uo, KARAGANDA, Invisible),
        (of(KARAGANDA, Role::Supervisor, Scope::Organisation), &uo, KARAGANDA, Invisible),
        (of(KARAGANDA, Role::Supervisor, Scope::Own), &uo, KARAGANDA, Invisible),
        (of(KARAGANDA, Role::SocialPedagogue, Scope::Region), &uo, KARAGANDA, Forbidden),
        (of(KARAGANDA, Role::Analyst, Scope::Region), &uo, KARAGANDA, Forbidden),
        // The office reads all parts, and answers for none.
        (actor(&own, &[(Role::Statistician, Scope::Region)]), &uo, KARAGANDA, Forbidden),
    ];
    for (asking, agency, kato, expected) in table {
        let kato = place(kato);
        let found = decide(&asking, Action::ReleasePartAnswer, &Subject::ReleasePart(agency, &kato));
        assert_eq!(found, expected, "{:?} of {} for {agency} {kato}", asking.roles, asking.organisation.kato);
        let read = decide(&asking, Action::ReleasePartRead, &Subject::ReleasePart(agency, &kato));
        let office = asking.holds(Role::Statistician);
        assert_eq!(read, if office { Allowed } else { expected }, "{:?} reads {agency} {kato}", asking.roles);
    }
}

#[test]
fn a_proposal_is_seen_by_the_office_and_by_those_it_asks() {
    let parts = [(AgencyCode::new("UO").unwrap(), Kato::new(KARAGANDA).unwrap())];
    let own = organisation(1, "UO", KARAGANDA);
    let other = organisation(2, "UZ", KARAGANDA);
    for (asking, proposed, published) in [
        (actor(&own, &[(Role::Statistician, Scope::Region)]), Allowed, Allowed),
        (actor(&own, &[(Role::Supervisor, Scope::Territory)]), Allowed, Allowed),
        (actor(&other, &[(Role::Supervisor, Scope::Territory)]), Invisible, Allowed),
        (actor(&own, &[(Role::Supervisor, Scope::Organisation)]), Invisible, Allowed),
        (actor(&own, &[(Role::Analyst, Scope::Region)]), Invisible, Allowed),
        (actor(&own, &[(Role::SocialPedagogue, Scope::Region)]), Forbidden, Forbidden),
    ] {
        for (is_published, expected) in [(false, proposed), (true, published)] {
            let subject = Subject::Release { published: is_published, parts: &parts };
            assert_eq!(decide(&asking, Action::ReleaseRead, &subject), expected, "{:?} {is_published}", asking.roles);
        }
    }
}
