//! The people who work in the made-up region: the named accounts, and others whom nobody can log in as.

use qorgan_domain::children::Sex;
use qorgan_domain::identity::{AccountKind, OrganisationKind, Role, Scope};
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::RoleGrant;

use super::calendar::{date, opening};
use super::ids::{Kind, id};
use super::names::somebody;
use super::random::Random;
use super::region::{KARAGANDA, REGION, Region, TEMIRTAU};

/// Where a named account works.
enum Desk {
    /// The first school of a territory.
    School(&'static str),
    /// The office of an agency in a territory.
    Office(&'static str, &'static str),
}

/// A named account: everybody knows its password.
struct Named(&'static str, &'static str, Desk, Role, Scope);

use Desk::{Office, School};

/// The accounts of the demonstration.
const NAMED: &[Named] = &[
    Named("admin", "Администратор", Office("UIOGUIA", REGION), Role::Administrator, Scope::Region),
    Named("pedagogue", "Алия Сапарова", School(KARAGANDA), Role::SocialPedagogue, Scope::Organisation),
    Named("psychologist", "Ирина Белова", School(KARAGANDA), Role::Psychologist, Scope::Organisation),
    Named("pedagogue2", "Данияр Оспанов", School(TEMIRTAU), Role::SocialPedagogue, Scope::Organisation),
    Named("education.supervisor", "Гүлнар Әлімова", Office("UO", KARAGANDA), Role::Supervisor, Scope::Region),
    Named("health", "Сергей Морозов", Office("UZ", KARAGANDA), Role::HealthSpecialist, Scope::Organisation),
    Named("police", "Арман Калиев", Office("DP", KARAGANDA), Role::JuvenileInspector, Scope::Organisation),
    Named("social.worker", "Марина Соколова", Office("UKZSP", KARAGANDA), Role::SocialWorker, Scope::Organisation),
    Named(
        "guardianship",
        "Асель Рахимова",
        Office("OPEKA", KARAGANDA),
        Role::GuardianshipCaseManager,
        Scope::Organisation,
    ),
    Named("statistician", "Олжас Ибраев", Office("DKPSISU", REGION), Role::Statistician, Scope::Region),
    Named("analyst", "Виктория Громова", Office("UO", REGION), Role::Analyst, Scope::Region),
    Named("consilium", "Наталья Орлова", Office("UO", REGION), Role::ConsiliumSecretary, Scope::Region),
    Named("qualification", "Бекзат Смагулов", Office("UPR", REGION), Role::QualificationMember, Scope::Region),
    Named("roadmap.coordinator", "Жансая Ахметова", Office("UO", REGION), Role::RoadmapCoordinator, Scope::Region),
    Named("roadmap.executor", "Роман Жуков", Office("UZ", REGION), Role::RoadmapExecutor, Scope::Organisation),
    Named("auditor", "Салтанат Искакова", Office("PROKURATURA", REGION), Role::Auditor, Scope::Region),
    Named("hotline-111", "Контакт-центр «111»", Office("CC111", REGION), Role::HotlineOperator, Scope::Own),
    // Who proposes a release does not publish it.
    Named("statistician2", "Айнур Сейтова", Office("DKPSISU", REGION), Role::Statistician, Scope::Region),
];

/// Who works in an organisation of an agency, beside the named ones: one for each role.
fn posts(agency: &str, is_home: bool) -> &'static [(Role, Scope)] {
    match agency {
        "UO" if is_home => &[(Role::SocialPedagogue, Scope::Organisation), (Role::Psychologist, Scope::Organisation)],
        "UO" => &[(Role::Supervisor, Scope::Territory)],
        "UZ" => &[(Role::HealthSpecialist, Scope::Organisation)],
        "DP" => &[(Role::JuvenileInspector, Scope::Organisation)],
        "UKZSP" => &[(Role::SocialWorker, Scope::Organisation), (Role::Supervisor, Scope::Territory)],
        "OPEKA" => &[(Role::GuardianshipCaseManager, Scope::Organisation), (Role::Supervisor, Scope::Territory)],
        "KDN" => &[(Role::CommissionSecretary, Scope::Organisation)],
        _ => &[],
    }
}

/// An account to be made.
pub(super) struct PlannedAccount {
    pub(super) id: UserId,
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) kind: AccountKind,
    /// Its organisation, by place in [`Region::organisations`].
    pub(super) organisation: usize,
    pub(super) grant: RoleGrant,
    /// Whether it gets the demonstration's password.
    pub(super) named: bool,
}

/// All accounts, by their place in the list.
pub(super) struct Staff {
    pub(super) accounts: Vec<PlannedAccount>,
}

impl Staff {
    pub(super) fn plan(region: &Region) -> Self {
        let mut staff = Self { accounts: Vec::new() };
        for Named(username, display_name, desk, role, scope) in NAMED {
            let organisation = find(region, desk);
            let grant = RoleGrant { role: *role, scope: *scope };
            staff.add((*username).to_owned(), (*display_name).to_owned(), organisation, grant, true);
        }
        for (organisation, planned) in region.organisations.iter().enumerate() {
            let is_home = qorgan_domain::children::is_childs_home(planned.kind);
            for (role, scope) in posts(planned.agency, is_home) {
                if staff.worker(organisation, *role).is_none() {
                    let username = format!("demo.{organisation:02}.{role}");
                    let grant = RoleGrant { role: *role, scope: *scope };
                    staff.add(username, colleague(staff.accounts.len()), organisation, grant, false);
                }
            }
        }
        staff
    }

    fn add(&mut self, username: String, display_name: String, organisation: usize, grant: RoleGrant, named: bool) {
        let service = grant.role == Role::HotlineOperator;
        self.accounts.push(PlannedAccount {
            id: id(Kind::User, opening(date(2023, 12, 1)), self.accounts.len()).into(),
            username,
            display_name,
            kind: if service { AccountKind::Service } else { AccountKind::Person },
            organisation,
            grant,
            named,
        });
    }

    /// Who works in an organisation with a role.
    pub(super) fn worker(&self, organisation: usize, role: Role) -> Option<usize> {
        self.accounts.iter().position(|account| account.organisation == organisation && account.grant.role == role)
    }

    /// Who files, writes and reports for an organisation.
    pub(super) fn voice(&self, organisation: usize) -> usize {
        let speaks = |account: &PlannedAccount| {
            account.organisation == organisation
                && qorgan_domain::policy::table::CASE_WORKERS.contains(&account.grant.role)
        };
        let supervises = |account: &PlannedAccount| account.grant.role == Role::Supervisor;
        let mut voices = self.accounts.iter().enumerate().filter(|(_, account)| speaks(account));
        let first = voices.clone().find(|(_, account)| !supervises(account)).or_else(|| voices.next());
        first.map(|(place, _)| place).expect("every organisation that works cases has somebody who does")
    }

    /// The supervisor over a lead organisation.
    pub(super) fn supervisor(&self, region: &Region, lead: usize) -> usize {
        let lead = &region.organisations[lead];
        let office = region.on_duty(lead.agency, lead.kato);
        self.worker(office, Role::Supervisor).expect("every agency that leads cases has supervisors on duty")
    }

    /// A named account.
    pub(super) fn named(&self, username: &str) -> usize {
        self.accounts.iter().position(|account| account.username == username).expect("the name stands in the list")
    }
}

fn find(region: &Region, desk: &Desk) -> usize {
    let mut organisations = region.organisations.iter();
    let found = match desk {
        School(kato) => organisations.position(|found| found.kato == *kato && found.kind == OrganisationKind::School),
        Office(agency, kato) => {
            let is_home = qorgan_domain::children::is_childs_home;
            organisations.position(|found| found.agency == *agency && found.kato == *kato && !is_home(found.kind))
        }
    };
    found.expect("the desk stands in the plan of the region")
}

/// First and last name of somebody.
fn colleague(number: usize) -> String {
    let mut random = Random::stream("staff", number);
    let sex = if random.chance(70) { Sex::Female } else { Sex::Male };
    let name = somebody(sex, &mut random);
    format!("{} {}", name.first, name.last)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use qorgan_domain::identity::{AgencyCode, Username, may_hold};

    use super::*;

    #[test]
    fn every_account_is_allowed_and_known_by_one_name() {
        let region = Region::plan();
        let staff = Staff::plan(&region);
        let names: HashSet<_> = staff.accounts.iter().map(|account| &account.username).collect();
        assert_eq!(names.len(), staff.accounts.len());
        for account in &staff.accounts {
            assert!(Username::new(&account.username).is_ok(), "{}", account.username);
            let agency = AgencyCode::new(region.organisations[account.organisation].agency).unwrap();
            assert!(may_hold(account.grant.role, &agency), "{}", account.username);
        }
        assert_eq!(staff.accounts.iter().filter(|account| account.named).count(), 18);
    }

    #[test]
    fn every_home_has_a_supervisor_in_reach() {
        let region = Region::plan();
        let staff = Staff::plan(&region);
        for home in region.homes() {
            let supervisor = &staff.accounts[staff.supervisor(&region, home)];
            let office = &region.organisations[supervisor.organisation];
            assert!(office.kato == region.organisations[home].kato || office.kato == REGION);
        }
        let karaganda = find(&region, &School(KARAGANDA));
        assert_eq!(staff.supervisor(&region, karaganda), staff.named("education.supervisor"));
        assert_eq!(staff.accounts[staff.voice(karaganda)].username, "pedagogue");
    }
}
