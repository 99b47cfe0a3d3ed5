//! What records are found by, for those that an earlier release wrote: SQL cannot compute it.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::{LOOKUP_VERSION, LookupEntry, Spelling, lookup_entry};
use qorgan_domain::matching::{HeldName, Person};
use uuid::Uuid;

use super::names::Forms;
use crate::StorageError;
use crate::schema::child_names;

/// Records of one transaction.
const AT_ONCE: i64 = 1000;

#[derive(QueryableByName)]
struct OldRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    last_name: String,
    #[diesel(sql_type = Text)]
    first_name: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    patronymic: Option<String>,
    #[diesel(sql_type = Date)]
    birth_date: NaiveDate,
    #[diesel(sql_type = Text)]
    sex: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    iin: Option<String>,
}

/// Makes keys, words and the dictionary for all records of an older version, as the owner; answers for how many. Each
/// batch is a transaction of its own: what was interrupted goes on where it stood.
///
/// # Errors
/// [`StorageError`].
pub fn fill_lookups(owner: &mut PgConnection) -> Result<u64, StorageError> {
    let mut done = 0;
    let mut known = HashSet::new();
    loop {
        let batch = owner.transaction(|owner| fill_batch(owner, &mut known))?;
        done += batch;
        if batch == 0 {
            break;
        }
        if done % 100_000 == 0 {
            tracing::info!(children = done, "made keys for finding doubles");
        }
    }
    // After a fill the counts are stale, whenever they were made; else they are made once.
    let older_than = if done > 0 { "0" } else { "100 years" };
    sql_query("SELECT name_tokens_count($1, $2::interval)")
        .bind::<Timestamptz, _>(Utc::now())
        .bind::<Text, _>(older_than)
        .execute(owner)?;
    Ok(done)
}

fn fill_batch(owner: &mut PgConnection, known: &mut HashSet<Spelling>) -> Result<u64, StorageError> {
    let old: Vec<OldRow> = sql_query(
        "SELECT id, last_name, first_name, patronymic, birth_date, sex, iin FROM children
         WHERE match_version < $1 ORDER BY match_version, id LIMIT $2 FOR NO KEY UPDATE",
    )
    .bind::<SmallInt, _>(LOOKUP_VERSION)
    .bind::<BigInt, _>(AT_ONCE)
    .load(owner)?;
    if old.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = old.iter().map(|row| row.id).collect();
    let mut names: HashMap<Uuid, Vec<HeldName>> = HashMap::new();
    type Name = (Uuid, String, String, Option<String>);
    let held: Vec<Name> = child_names::table
        .filter(child_names::child_id.eq_any(&ids))
        .select((child_names::child_id, child_names::last_name, child_names::first_name, child_names::patronymic))
        .load(owner)?;
    for (child, last, first, patronymic) in held {
        names.entry(child).or_default().push(HeldName::new(&last, &first, patronymic.as_deref()));
    }
    let entries: Vec<(Uuid, NaiveDate, LookupEntry)> = old
        .into_iter()
        .map(|row| {
            let held = names.remove(&row.id).unwrap_or_default();
            let (id, born) = (row.id, row.birth_date);
            (id, born, lookup_entry(&row.person(held)))
        })
        .collect();
    write(owner, &ids, &entries)?;
    let fresh: BTreeSet<&Spelling> =
        entries.iter().flat_map(|(.., entry)| &entry.spellings).filter(|spelled| !known.contains(*spelled)).collect();
    write_dictionary(owner, &fresh)?;
    known.extend(fresh.into_iter().cloned());
    Ok(ids.len() as u64)
}

impl OldRow {
    fn person(self, mut held: Vec<HeldName>) -> Person {
        held.insert(0, HeldName::new(&self.last_name, &self.first_name, self.patronymic.as_deref()));
        Person {
            names: held,
            birth_date: Some(self.birth_date),
            sex: self.sex.parse().ok(),
            iin: self.iin,
            ..Person::default()
        }
    }
}

fn write(
    owner: &mut PgConnection,
    ids: &[Uuid],
    entries: &[(Uuid, NaiveDate, LookupEntry)],
) -> Result<(), StorageError> {
    let (mut key_children, mut keys, mut days) = (Vec::new(), Vec::new(), Vec::new());
    let (mut word_children, mut words, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (id, born, entry) in entries {
        for key in &entry.keys {
            key_children.push(*id);
            keys.push(*key);
            days.push(*born);
        }
        for (word, place) in entry.words.iter().zip(&entry.places) {
            word_children.push(*id);
            words.push(word.as_str());
            places.push(*place);
        }
    }
    sql_query("DELETE FROM child_match_keys WHERE child_id = ANY ($1)")
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(owner)?;
    sql_query("INSERT INTO child_match_keys (key, birth_date, child_id) SELECT * FROM unnest($1, $2, $3)")
        .bind::<Array<BigInt>, _>(&keys)
        .bind::<Array<Date>, _>(&days)
        .bind::<Array<SqlUuid>, _>(&key_children)
        .execute(owner)?;
    sql_query(
        "UPDATE children c SET match_version = $1, match_tokens = coalesce(w.tokens, '{}'), match_places = coalesce(w.places, '{}')
         FROM unnest($2) AS i(id)
         LEFT JOIN (SELECT child, array_agg(token ORDER BY token) AS tokens, array_agg(place ORDER BY token) AS places
                    FROM unnest($3, $4, $5) AS w(child, token, place) GROUP BY child) AS w ON w.child = i.id
         WHERE c.id = i.id",
    )
    .bind::<SmallInt, _>(LOOKUP_VERSION)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SqlUuid>, _>(&word_children)
    .bind::<Array<Text>, _>(&words)
    .bind::<Array<SmallInt>, _>(&places)
    .execute(owner)?;
    Ok(())
}

/// Words and spellings that this run has not written yet; an earlier one may have.
fn write_dictionary(owner: &mut PgConnection, fresh: &BTreeSet<&Spelling>) -> Result<(), StorageError> {
    let words: BTreeSet<&str> = fresh.iter().map(|spelled| spelled.word.as_str()).collect();
    sql_query(
        "INSERT INTO name_tokens (token) SELECT token FROM unnest($1) AS token ORDER BY token ON CONFLICT DO NOTHING",
    )
    .bind::<Array<Text>, _>(words.into_iter().collect::<Vec<_>>())
    .execute(owner)?;
    let forms = Forms::of(fresh.iter().copied());
    sql_query(
        "INSERT INTO name_token_forms (form, spelling, token)
         SELECT DISTINCT form, spelling, token FROM unnest($1, $2, $3) AS f(form, spelling, token) ORDER BY 1, 2, 3
         ON CONFLICT DO NOTHING",
    )
    .bind::<Array<BigInt>, _>(forms.forms)
    .bind::<Array<Text>, _>(forms.spellings)
    .bind::<Array<Text>, _>(forms.words)
    .execute(owner)?;
    Ok(())
}
