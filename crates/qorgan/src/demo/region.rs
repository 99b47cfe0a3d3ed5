//! The organisations of the made-up region: the real territories, no real organisation.

use qorgan_domain::identity::OrganisationKind;
use qorgan_domain::ids::OrganisationId;

use super::calendar::{date, opening};
use super::ids::{Kind, id};

/// The region; its organisations are on duty where a territory has none of its own.
pub(super) const REGION: &str = "350000000";
/// Where most demonstration accounts work.
pub(super) const KARAGANDA: &str = "351000000";
/// Where `pedagogue2` works.
pub(super) const TEMIRTAU: &str = "352400000";

/// A city or district, with what stands there.
pub(super) struct Territory {
    pub(super) kato: &'static str,
    name: &'static str,
    name_kk: &'static str,
    /// People, in thousands, rounded: the weight by which children and events are spread.
    pub(super) population: u32,
    schools: u32,
    colleges: u32,
    kindergartens: u32,
    /// Agencies with an office of their own there.
    offices: &'static [&'static str],
}

macro_rules! territory {
    ($kato:expr, $name:literal, $name_kk:literal, $population:literal, [$schools:literal, $colleges:literal, $kindergartens:literal], $offices:expr) => {
        Territory {
            kato: $kato,
            name: $name,
            name_kk: $name_kk,
            population: $population,
            schools: $schools,
            colleges: $colleges,
            kindergartens: $kindergartens,
            offices: $offices,
        }
    };
}

/// The 13 cities and districts.
pub(super) const TERRITORIES: &[Territory] = &[
    territory!(KARAGANDA, "Караганда", "Қарағанды", 510, [8, 2, 3], &["UO", "UZ", "DP", "UKZSP", "OPEKA", "KDN"]),
    territory!(TEMIRTAU, "Темиртау", "Теміртау", 178, [3, 1, 1], &["UO", "UZ", "DP", "UKZSP", "OPEKA"]),
    territory!("351600000", "Балхаш", "Балқаш", 78, [2, 1, 0], &["UO", "UZ", "DP", "UKZSP"]),
    territory!("352100000", "Приозерск", "Приозерск", 13, [1, 0, 0], &[]),
    territory!("352200000", "Сарань", "Саран", 50, [1, 0, 1], &[]),
    territory!("352800000", "Шахтинск", "Шахтинск", 53, [1, 0, 1], &["UZ", "DP"]),
    territory!("353200000", "Абайский район", "Абай ауданы", 61, [1, 0, 1], &[]),
    territory!("353600000", "Актогайский район", "Ақтоғай ауданы", 16, [1, 0, 0], &[]),
    territory!("354000000", "Бухар-Жырауский район", "Бұқар жырау ауданы", 60, [2, 0, 0], &[]),
    territory!("354800000", "Каркаралинский район", "Қарқаралы ауданы", 33, [2, 0, 0], &["UZ", "DP"]),
    territory!("355200000", "Нуринский район", "Нұра ауданы", 21, [1, 0, 0], &[]),
    territory!("355600000", "Осакаровский район", "Осакаров ауданы", 28, [2, 0, 0], &[]),
    territory!("356400000", "Шетский район", "Шет ауданы", 37, [2, 0, 0], &[]),
];

/// Agency, kind and names of an office of a city or district; the names go on with its name.
const LOCAL_OFFICES: &[(&str, OrganisationKind, &str, &str)] = &[
    ("UO", OrganisationKind::Department, "Отдел образования", "Білім бөлімі"),
    ("UZ", OrganisationKind::Hospital, "Детская больница", "Балалар ауруханасы"),
    ("DP", OrganisationKind::PoliceUnit, "Отдел ювенальной полиции", "Ювеналды полиция бөлімі"),
    ("UKZSP", OrganisationKind::SocialCentre, "Центр поддержки семьи", "Отбасын қолдау орталығы"),
    ("OPEKA", OrganisationKind::GuardianshipBody, "Орган опеки", "Қамқоршылық органы"),
    (
        "KDN",
        OrganisationKind::Commission,
        "Комиссия по делам несовершеннолетних",
        "Кәмелетке толмағандардың істері жөніндегі комиссия",
    ),
];

/// Agency, kind and names of the organisations of the whole region.
const REGIONAL_OFFICES: &[(&str, OrganisationKind, &str, &str)] = &[
    ("UO", OrganisationKind::Department, "Управление образования", "Білім басқармасы"),
    ("UZ", OrganisationKind::Hospital, "Областная детская больница", "Облыстық балалар ауруханасы"),
    ("DP", OrganisationKind::PoliceUnit, "Управление ювенальной полиции", "Ювеналды полиция басқармасы"),
    ("UKZSP", OrganisationKind::SocialCentre, "Областной центр поддержки семьи", "Облыстық отбасын қолдау орталығы"),
    ("OPEKA", OrganisationKind::GuardianshipBody, "Областной орган опеки", "Облыстық қамқоршылық органы"),
    (
        "KDN",
        OrganisationKind::Commission,
        "Областная комиссия по делам несовершеннолетних",
        "Кәмелетке толмағандардың істері жөніндегі облыстық комиссия",
    ),
    ("UIOGUIA", OrganisationKind::Department, "Управление информатизации", "Ақпараттандыру басқармасы"),
    ("AKIMAT_OBL", OrganisationKind::Department, "Акимат области", "Облыс әкімдігі"),
    ("CC111", OrganisationKind::ContactCentre, "Контакт-центр «111»", "«111» байланыс орталығы"),
    ("DKPSISU", OrganisationKind::StatisticsOffice, "Отдел правовой статистики", "Құқықтық статистика бөлімі"),
    ("PROKURATURA", OrganisationKind::ProsecutionOffice, "Прокуратура", "Прокуратура"),
    (
        "UPR",
        OrganisationKind::Other,
        "Аппарат уполномоченного по правам ребёнка",
        "Бала құқықтары жөніндегі уәкілдің аппараты",
    ),
];

/// Agencies to whose organisations signals, tasks and escalations are routed.
const ROUTED: &[&str] = &["UO", "UZ", "DP", "UKZSP", "OPEKA", "KDN"];

/// An organisation to be made.
pub(super) struct PlannedOrganisation {
    pub(super) id: OrganisationId,
    pub(super) agency: &'static str,
    pub(super) kato: &'static str,
    pub(super) kind: OrganisationKind,
    pub(super) name: String,
    pub(super) name_kk: String,
    /// Whether it takes what is addressed to its agency in its territory.
    pub(super) on_duty: bool,
}

/// The organisations, by their place in the list.
pub(super) struct Region {
    pub(super) organisations: Vec<PlannedOrganisation>,
}

impl Region {
    /// Children's homes first, territory by territory, then the offices.
    pub(super) fn plan() -> Self {
        let mut region = Self { organisations: Vec::new() };
        let mut numbers = [0; 3];
        for territory in TERRITORIES {
            region.add_homes(territory, &mut numbers);
        }
        for territory in TERRITORIES {
            for office in LOCAL_OFFICES.iter().filter(|office| territory.offices.contains(&office.0)) {
                let names =
                    (format!("{}, {}", office.2, territory.name), format!("{}, {}", office.3, territory.name_kk));
                region.add(office.0, territory.kato, office.1, names);
            }
        }
        for (agency, kind, name, name_kk) in REGIONAL_OFFICES {
            region.add(agency, REGION, *kind, ((*name).to_owned(), (*name_kk).to_owned()));
        }
        region
    }

    /// `numbers`: how many schools, colleges and kindergartens there are so far.
    fn add_homes(&mut self, territory: &Territory, numbers: &mut [u32; 3]) {
        let homes = [
            (territory.schools, OrganisationKind::School, "Школа", "мектеп"),
            (territory.colleges, OrganisationKind::College, "Колледж", "колледж"),
            (territory.kindergartens, OrganisationKind::Kindergarten, "Детский сад", "балабақша"),
        ];
        for ((count, kind, name, name_kk), number) in homes.into_iter().zip(numbers) {
            for _ in 0..count {
                *number += 1;
                let names = (format!("{name} № {number}"), format!("№ {number} {name_kk}"));
                self.add("UO", territory.kato, kind, names);
            }
        }
    }

    fn add(&mut self, agency: &'static str, kato: &'static str, kind: OrganisationKind, names: (String, String)) {
        let is_home = qorgan_domain::children::is_childs_home(kind);
        self.organisations.push(PlannedOrganisation {
            id: id(Kind::Organisation, opening(date(2023, 12, 1)), self.organisations.len()).into(),
            agency,
            kato,
            kind,
            name: format!("{} (демо)", names.0),
            name_kk: format!("{} (демо)", names.1),
            on_duty: !is_home && ROUTED.contains(&agency),
        });
    }

    /// The organisation on duty for an agency in a territory: its own, else the region's.
    pub(super) fn on_duty(&self, agency: &str, kato: &str) -> usize {
        let at = |place: &str| {
            self.organisations.iter().position(|found| found.on_duty && found.agency == agency && found.kato == place)
        };
        at(kato).or_else(|| at(REGION)).expect("every routed agency has an organisation of the region")
    }

    /// The organisations children belong to.
    pub(super) fn homes(&self) -> impl Iterator<Item = usize> {
        self.organisations
            .iter()
            .enumerate()
            .filter(|(_, found)| qorgan_domain::children::is_childs_home(found.kind))
            .map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_territory_has_homes_and_somebody_on_duty() {
        let region = Region::plan();
        assert_eq!(TERRITORIES.len(), 13);
        assert_eq!(region.homes().count(), 38);
        let names: HashSet<_> =
            region.organisations.iter().map(|found| (found.agency, found.kato, &found.name)).collect();
        assert_eq!(names.len(), region.organisations.len(), "an organisation is known by agency, territory and name");
        for territory in TERRITORIES {
            assert!(region.homes().any(|home| region.organisations[home].kato == territory.kato), "{}", territory.name);
            for agency in ROUTED {
                let kato = region.organisations[region.on_duty(agency, territory.kato)].kato;
                assert!(kato == territory.kato || kato == REGION);
            }
        }
        for agency in ["UO", "UZ", "DP", "UKZSP", "OPEKA", "KDN"] {
            assert_eq!(region.organisations[region.on_duty(agency, KARAGANDA)].kato, KARAGANDA);
        }
    }
}
