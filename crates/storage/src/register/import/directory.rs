//! Territories and schools as tables name them.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use qorgan_domain::identity::OrganisationKind;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::register::import::RowPlace;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::reference::organisation_ref;
use crate::schema::{organisations, territories};
use crate::{StorageError, Tx, rows};

/// What places and schools are called. A name that several have names none of them.
#[derive(Debug, Clone, Default)]
pub struct Places {
    territories: HashSet<Kato>,
    by_name: HashMap<String, Option<Kato>>,
    schools: HashMap<String, Option<OrganisationRef>>,
}

impl Places {
    /// The territory that a row names.
    #[must_use]
    pub fn territory(&self, place: &RowPlace) -> Option<Kato> {
        match place {
            RowPlace::Kato(kato) => self.territories.contains(kato).then(|| kato.clone()),
            RowPlace::Name(name) => self.by_name.get(&folded(name.as_str())).cloned().flatten(),
        }
    }

    /// The organisation that a row names as the child's school, by id or by name.
    #[must_use]
    pub fn school(&self, named: &str) -> Option<&OrganisationRef> {
        self.schools.get(&folded(named))?.as_ref()
    }

    fn add_name(&mut self, name: &str, kato: &Kato) {
        let names = self.by_name.entry(folded(name));
        names.and_modify(|known| *known = known.take().filter(|known| known == kato)).or_insert(Some(kato.clone()));
    }

    fn add_school(&mut self, name: &str, school: &OrganisationRef) {
        let names = self.schools.entry(folded(name));
        names.and_modify(|known| *known = known.take().filter(|known| known == school)).or_insert(Some(school.clone()));
    }
}

/// One spelling: case, ё, signs and the words for city, district, region do not count.
fn folded(name: &str) -> String {
    const KINDS: [&str; 12] =
        ["г", "город", "қ", "қаласы", "район", "ауданы", "область", "обл", "облысы", "га", "пос", "поселок"];
    let lower = name.to_lowercase().replace('ё', "е").replace("р-н", "район").replace("г.а.", "га");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !KINDS.contains(word));
    words.collect::<Vec<_>>().join(" ")
}

type OrganisationRow = (Uuid, String, String, String, String, Option<String>);

impl Tx<'_> {
    /// Reads the names of all territories, and of the organisations that children belong to: few thousand rows, once a
    /// file.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn list_places(&mut self) -> Result<Places, StorageError> {
        let mut places = Places::default();
        let found: Vec<(String, String, Option<String>)> = territories::table
            .select((territories::kato, territories::name_ru, territories::name_kk))
            .load(self.connection)?;
        for (kato, ru, kk) in found {
            let kato: Kato = rows::parse(&kato, "territories", "kato", Uuid::nil())?;
            for name in std::iter::once(ru).chain(kk) {
                places.add_name(&name, &kato);
            }
            places.territories.insert(kato);
        }
        let homes: Vec<&str> = OrganisationKind::ALL
            .iter()
            .filter(|kind| qorgan_domain::children::is_childs_home(**kind))
            .map(|kind| kind.as_str())
            .collect();
        let found: Vec<OrganisationRow> = organisations::table
            .filter(organisations::active.and(organisations::kind.eq_any(homes)))
            .select((
                organisations::id,
                organisations::agency_code,
                organisations::kato,
                organisations::kind,
                organisations::name,
                organisations::name_kk,
            ))
            .load(self.connection)?;
        for (id, agency, kato, _, name, name_kk) in found {
            let school = organisation_ref(id, &agency, &kato)?;
            for name in [id.to_string(), name].into_iter().chain(name_kk) {
                places.add_school(&name, &school);
            }
        }
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_any_of_its_spellings_and_by_no_shared_name() {
        let mut places = Places::default();
        let karaganda: Kato = "351000000".parse().unwrap();
        places.territories.insert(karaganda.clone());
        for name in ["г. Караганда", "Қарағанды қаласы"] {
            places.add_name(name, &karaganda);
        }
        let named = |name: &str| places.territory(&RowPlace::Name(name.parse().unwrap()));
        for name in ["Караганда", "город  КАРАГАНДА", "г.Караганда", "Қарағанды қ."]
        {
            assert_eq!(named(name), Some(karaganda.clone()), "{name}");
        }
        assert_eq!(named("Темиртау"), None);
        assert_eq!(places.territory(&RowPlace::Kato("352400000".parse().unwrap())), None);
        places.add_name("Караганда", &"352400000".parse().unwrap());
        assert_eq!(places.territory(&RowPlace::Name("Караганда".parse().unwrap())), None);
    }
}
