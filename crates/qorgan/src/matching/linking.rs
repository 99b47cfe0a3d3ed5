//! From lists to links: prepare, block, compare, estimate, weigh.

use qorgan_domain::matching::{
    Blocked, Blocker, Comparison, Decision, Estimate, Frequencies, Model, Person, Prepared, compare, has_repetitions,
    one_to_one,
};

use super::arguments::OneToOne;
use crate::demo::random::Random;

/// Pairs taken at random to learn how strangers agree.
const RANDOM_PAIRS: usize = 1_000_000;
/// Estimating needs some matches to learn from; shorter lists are weighed as they are.
const LEAST_TO_ESTIMATE: usize = 50;

/// A link that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Link {
    pub(crate) left: u32,
    pub(crate) right: u32,
    /// Bits.
    pub(crate) weight: f64,
    pub(crate) decision: Decision,
}

/// What linking gave.
pub(crate) struct Linked {
    /// All that are at least to be looked at, by place.
    pub(crate) links: Vec<Link>,
    pub(crate) blocked: Blocked,
    pub(crate) all_pairs: f64,
    pub(crate) model: Model,
    /// How many matches the estimation expects; none where nothing was estimated.
    pub(crate) expected_matches: Option<f64>,
    pub(crate) one_to_one: bool,
}

/// How to link.
pub(crate) struct Linking {
    pub(crate) model: Model,
    pub(crate) estimate: bool,
    pub(crate) one_to_one: OneToOne,
}

impl Linking {
    /// Links two lists, or looks for people who stand twice in one.
    pub(crate) fn link(&self, left: &[Person], right: Option<&[Person]>) -> Linked {
        let left = in_threads(left, Person::prepare);
        let right = right.map(|right| in_threads(right, Person::prepare));
        let frequencies = Frequencies::of(left.iter().chain(right.iter().flatten()));
        let pairs = Pairs { left: &left, right: right.as_deref(), frequencies: &frequencies };
        let blocked = match &right {
            Some(right) => Blocker::default().between(&left, right),
            None => Blocker::default().within(&left),
        };
        let comparisons = in_threads(&blocked.pairs, |pair| pairs.compare(*pair));
        let records = right.as_ref().map_or(left.len(), Vec::len).max(1);
        let mut model = self.model.for_records(records as u64);
        let mut expected_matches = None;
        if self.estimate && left.len().min(records) >= LEAST_TO_ESTIMATE && !comparisons.is_empty() {
            model = Estimate::default().random_pairs(&model, &pairs.random());
            let found = Estimate::default().proposed_pairs(&model, &comparisons, pairs.number());
            (model, expected_matches) = (found.model, Some(found.matches));
        }
        let weights = in_threads(&comparisons, |comparison| model.weight(comparison));
        let (links, one_to_one) = self.decided(&model, &blocked, &weights, right.is_some());
        Linked { links, all_pairs: pairs.number(), blocked, model, expected_matches, one_to_one }
    }

    fn decided(&self, model: &Model, blocked: &Blocked, weights: &[f64], two_lists: bool) -> (Vec<Link>, bool) {
        // Rivals far below the threshold leave the others as they are.
        let least = model.thresholds().review - 10.0;
        let pairs = blocked.pairs.iter().zip(weights).filter(|(_, weight)| **weight >= least);
        let mut links: Vec<(u32, u32, f64)> = pairs.map(|((left, right), weight)| (*left, *right, *weight)).collect();
        let apart = two_lists
            && match self.one_to_one {
                OneToOne::Yes => true,
                OneToOne::No => false,
                OneToOne::Auto => !has_repetitions(&links, model.thresholds().automatic),
            };
        if apart {
            links = one_to_one(&links);
        }
        let links = links.into_iter().map(|(left, right, weight)| {
            let decision = model.decide_weight(weight);
            Link { left, right, weight, decision }
        });
        (links.filter(|link| link.decision != Decision::Different).collect(), apart)
    }
}

/// Records that are compared.
struct Pairs<'a> {
    left: &'a [Prepared],
    right: Option<&'a [Prepared]>,
    frequencies: &'a Frequencies,
}

impl Pairs<'_> {
    fn compare(&self, (left, right): (u32, u32)) -> Comparison {
        let others = self.right.unwrap_or(self.left);
        compare(&self.left[left as usize], &others[right as usize], self.frequencies)
    }

    /// How many pairs there are in all.
    fn number(&self) -> f64 {
        let left = self.left.len() as f64;
        match self.right {
            Some(right) => left * right.len() as f64,
            None => left * (left - 1.0).max(0.0) / 2.0,
        }
    }

    /// Pairs at random, the same for the same lists.
    fn random(&self) -> Vec<Comparison> {
        let others = self.right.unwrap_or(self.left).len();
        let mut random = Random::stream("strangers", self.left.len());
        let place = |random: &mut Random, length: usize| u32::try_from(random.place(length)).unwrap_or(0);
        let drawn: Vec<(u32, u32)> = (0..RANDOM_PAIRS.min(self.left.len() * 20))
            .map(|_| (place(&mut random, self.left.len()), place(&mut random, others)))
            .filter(|(left, right)| self.right.is_some() || left != right)
            .collect();
        in_threads(&drawn, |pair| self.compare(*pair))
    }
}

/// The same for each, in as many threads as there are cores; in the order given.
fn in_threads<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = items.len().div_ceil(threads).max(1);
    if items.len() < 1_000 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            items.chunks(size).map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        let joined = parts.into_iter().flat_map(|part| match part.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
}
