//! The ledger against the versions: `qorgan statistics verify` and `rebuild`, as the owner of the database.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Date, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use qorgan_domain::calendar::{end_of_day, local_date};
use serde::Serialize;

use crate::StorageError;

/// Most differences that a verification names; it counts all.
const NAMED: usize = 100;

/// Attributes as sets of which samples ask: what rollups are made of, and what is finer than any.
const ROLLED: [&str; 13] = [
    "sex",
    "setting",
    "relation",
    "channel",
    "agency",
    "district",
    "organisation_district",
    "age_years",
    "kind",
    "main_form",
    "level",
    "form",
    "status",
];
const FINE: [&str; 4] = ["occurred_on", "kato", "forms", "organisation_kato"];

/// What a verification found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Verification {
    /// Entries of the ledger that are missing or too many, compared one by one.
    pub wrong_entries: i64,
    /// Counts compared, each of one moment and grouping.
    pub counts: usize,
    /// Cells compared in them.
    pub cells: i64,
    /// Cells that differ in number or key.
    pub wrong_cells: usize,
    /// The first of these.
    pub differences: Vec<Difference>,
}

impl Verification {
    /// Whether ledger, rollups and versions agree.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.wrong_entries == 0 && self.wrong_cells == 0
    }
}

/// A cell in which the ledger and the versions differ. Where the two numbers are equal, the keys of the cell are not.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// By what was grouped.
    pub attributes: Vec<&'static str>,
    /// First day of the events.
    pub from: NaiveDate,
    /// Last day of the events.
    pub to: NaiveDate,
    /// The register as it read just before this moment.
    pub moment: DateTime<Utc>,
    /// The values of the attributes.
    pub cell: serde_json::Value,
    /// Facts by the ledger and its rollups.
    pub ledger: i64,
    /// Facts by the versions.
    pub recounted: i64,
}

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Entries that were posted to make the ledger right.
    pub corrections: i64,
    /// Rollups made anew.
    pub rollups: usize,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Span {
    #[diesel(sql_type = Nullable<Date>)]
    first_day: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    last_day: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    first_posted: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Jsonb)]
    cell: serde_json::Value,
    #[diesel(sql_type = BigInt)]
    ledger: i64,
    #[diesel(sql_type = BigInt)]
    recounted: i64,
}

#[derive(QueryableByName)]
struct Cuboid {
    #[diesel(sql_type = SmallInt)]
    id: i16,
}

/// Compares every entry of the ledger with what the versions call for, and `samples` counts at as many moments and groupings
/// with counts made from the versions. Nobody waits for it. The same `seed` asks the same.
///
/// # Errors
/// [`StorageError`].
pub fn verify(
    owner: &mut PgConnection,
    samples: usize,
    seed: u64,
    now: DateTime<Utc>,
) -> Result<Verification, StorageError> {
    let wrong: Number =
        sql_query("SELECT coalesce(sum(abs(missing)), 0)::bigint AS number FROM register_ledger_missing")
            .get_result(owner)?;
    let span: Span = sql_query(
        "SELECT min(occurred_on) AS first_day, max(occurred_on) AS last_day, min(posted_at) AS first_posted FROM register_ledger",
    )
    .get_result(owner)?;
    let mut found = Verification { wrong_entries: wrong.number, ..Verification::default() };
    let today = local_date(now);
    let span =
        (span.first_day.unwrap_or(today), span.last_day.unwrap_or(today), span.first_posted.unwrap_or(now).min(now));
    let mut chance = Chance(seed);
    for at in 0..samples {
        compare(owner, &Sample::of(at, &mut chance, span, now), &mut found)?;
    }
    Ok(found)
}

fn compare(owner: &mut PgConnection, sample: &Sample, found: &mut Verification) -> Result<(), StorageError> {
    let asked = |statement: &str| {
        sql_query(statement.to_owned())
            .bind::<Array<Text>, _>(sample.attributes.clone())
            .bind::<Date, _>(sample.from)
            .bind::<Date, _>(sample.to)
            .bind::<Timestamptz, _>(sample.moment)
            .bind::<Bool, _>(true)
    };
    let cells: Number =
        asked("SELECT count(*) AS number FROM register_ledger_cells($1, $2, $3, $4, $5)").get_result(owner)?;
    let wrong: Vec<Wrong> = asked("SELECT * FROM register_ledger_differences($1, $2, $3, $4, $5)").load(owner)?;
    found.counts += 1;
    found.cells += cells.number;
    found.wrong_cells += wrong.len();
    for Wrong { cell, ledger, recounted } in wrong {
        if found.differences.len() < NAMED {
            let Sample { attributes, from, to, moment } = sample.clone();
            found.differences.push(Difference { attributes, from, to, moment, cell, ledger, recounted });
        }
    }
    Ok(())
}

/// Makes the ledger right and its rollups anew from the versions, while readers and writers go on: what the ledger lacks is
/// posted, what it has too much is taken back by entries of the other sign, and each rollup is replaced in one transaction.
///
/// # Errors
/// [`StorageError`]. What was done until then stays, and is right.
pub fn rebuild(owner: &mut PgConnection, mut told: impl FnMut(usize, usize)) -> Result<Rebuilt, StorageError> {
    sql_query("SELECT register_ledger_rebase()").execute(owner)?;
    let corrected: Number = sql_query("SELECT register_ledger_correct() AS number").get_result(owner)?;
    let cuboids: Vec<Cuboid> = sql_query("SELECT id FROM register_cuboids ORDER BY id").load(owner)?;
    for (at, cuboid) in cuboids.iter().enumerate() {
        sql_query("SELECT register_cuboid_rebuild($1)").bind::<SmallInt, _>(cuboid.id).execute(owner)?;
        told(at + 1, cuboids.len());
    }
    Ok(Rebuilt { corrections: corrected.number, rollups: cuboids.len() })
}

/// One count to compare.
#[derive(Debug, Clone)]
struct Sample {
    attributes: Vec<&'static str>,
    from: NaiveDate,
    to: NaiveDate,
    moment: DateTime<Utc>,
}

impl Sample {
    /// Kinds of moments and periods in turn, so that every path by which a count is read is taken: rollups alone, the edges
    /// of months, entries not folded yet, attributes that no rollup has.
    fn of(
        at: usize,
        chance: &mut Chance,
        (first, last, posted): (NaiveDate, NaiveDate, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Self {
        let mut attributes: Vec<&'static str> =
            (0..chance.below(4)).map(|_| ROLLED[chance.place(ROLLED.len())]).collect();
        if at % 3 == 1 {
            attributes.push("occurred_month");
        }
        if at % 5 == 4 {
            attributes.push(FINE[chance.place(FINE.len())]);
        }
        attributes.sort_unstable();
        attributes.dedup();
        let days = u64::try_from((last - first).num_days()).unwrap_or(0) + 1;
        let one = first.checked_add_days(Days::new(chance.below(days))).unwrap_or(first);
        let other = first.checked_add_days(Days::new(chance.below(days))).unwrap_or(last);
        let (from, to) = if at.is_multiple_of(2) { (first, last) } else { (one.min(other), one.max(other)) };
        let past = u64::try_from((now - posted).num_seconds()).unwrap_or(0) + 1;
        let moment = posted + TimeDelta::seconds(chance.below(past).cast_signed());
        let moment = match at % 4 {
            0 => now + TimeDelta::days(1),
            1 => end_of_day(month_end(local_date(moment))),
            2 => end_of_day(local_date(moment)),
            _ => moment,
        };
        Self { attributes, from, to, moment }
    }
}

fn month_end(day: NaiveDate) -> NaiveDate {
    use chrono::{Datelike, Months};
    let first = day.with_day(1).unwrap_or(day);
    first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(day)
}

/// Numbers by chance that come again with the same seed: SplitMix64 (Steele, Lea and Flood, 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}
