//! Two lists in which nobody stands twice.

use std::collections::HashMap;

/// Two places in the two lists and the weight of their being one person.
pub type Link = (u32, u32, f64);

/// Each record with one partner at most, and weights that know of rivals.
///
/// Where nobody stands twice in a list, of two partners of a record at least one is wrong. The odds of a pair are
/// divided by those of its rivals on either side, so that of two that are equally good neither is sure; then pairs are
/// taken, the best first, as long as both records are free. Sorted by places; the same input gives the same result.
#[must_use]
pub fn one_to_one(links: &[Link]) -> Vec<Link> {
    let rivals_of = |side: fn(&Link) -> u32| {
        let mut sums: HashMap<u32, f64> = HashMap::new();
        for link in links {
            *sums.entry(side(link)).or_default() += odds(link.2);
        }
        sums
    };
    let (left, right) = (rivals_of(|link| link.0), rivals_of(|link| link.1));
    let contested = |link: &Link| {
        let own = odds(link.2);
        let rivals = |sum: Option<&f64>| (sum.copied().unwrap_or(own) - own).max(0.0);
        let rivals = rivals(left.get(&link.0)).max(rivals(right.get(&link.1)));
        (link.0, link.1, link.2 - (1.0 + rivals).log2())
    };
    let mut ranked: Vec<(Link, f64)> = links.iter().map(|link| (contested(link), link.2)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then((a.0.0, a.0.1).cmp(&(b.0.0, b.0.1))));
    let (mut left_taken, mut right_taken) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    let mut kept: Vec<Link> = Vec::new();
    for (link, _) in ranked {
        if !left_taken.contains(&link.0) && !right_taken.contains(&link.1) {
            left_taken.insert(link.0);
            right_taken.insert(link.1);
            kept.push(link);
        }
    }
    kept.sort_by_key(|link| (link.0, link.1));
    kept
}

/// Beyond these bits odds are certain either way; keeps sums finite.
const MOST_BITS: f64 = 500.0;

fn odds(weight: f64) -> f64 {
    weight.clamp(-MOST_BITS, MOST_BITS).exp2()
}

/// More records than this share with two partners cannot be chance: somebody stands twice in the other list.
const CHANCE: f64 = 0.01;

/// Whether the sure links (weight at least `sure`) show that people stand more than once in either list.
#[must_use]
pub fn has_repetitions(links: &[Link], sure: f64) -> bool {
    let several = |side: fn(&Link) -> u32| {
        let mut partners: HashMap<u32, u32> = HashMap::new();
        for link in links.iter().filter(|link| link.2 >= sure) {
            *partners.entry(side(link)).or_default() += 1;
        }
        let repeated = partners.values().filter(|count| **count > 1).count();
        repeated as f64 > CHANCE * partners.len() as f64
    };
    several(|link| link.0) || several(|link| link.1)
}
