//! Counting requests by key, in bounded memory (the generic cell rate algorithm).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

/// Most keys that are counted apart; past it new requests share one count until old keys have faded.
const MAX_KEYS: usize = 100_000;

/// Housekeeping happens once in so many requests.
const SWEEP_EVERY: usize = 512;

/// How many requests in how much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateQuota {
    /// Requests that may come at once.
    pub requests: NonZeroU32,
    /// Time in which as many are allowed again, evenly.
    pub window: Duration,
}

impl RateQuota {
    /// So many requests in so many seconds; zero of either counts as one.
    pub fn new(requests: u32, window_seconds: u64) -> Self {
        Self {
            requests: NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN),
            window: Duration::from_secs(window_seconds.max(1)),
        }
    }

    /// Time that gives one request back.
    fn interval(self) -> Duration {
        self.window / self.requests.get()
    }

    fn governor(self) -> Quota {
        let quota = Quota::with_period(self.interval()).unwrap_or_else(|| Quota::per_second(self.requests));
        quota.allow_burst(self.requests)
    }
}

/// What is left after a request that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    /// Requests that may still come at once.
    pub remaining: u32,
    /// Time until the whole quota is there again.
    pub reset: Duration,
}

/// Time until a next request will be let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait(pub Duration);

/// Counts requests by key. `None` is the key that all share when there are too many.
pub(super) struct Limiter<K: Hash + Eq + Clone> {
    pub quota: RateQuota,
    state: RateLimiter<Option<K>, DashMapStateStore<Option<K>>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
    checks: AtomicUsize,
    crowded: AtomicBool,
    max_keys: usize,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    pub fn new(quota: RateQuota) -> Self {
        Self::with_max_keys(quota, MAX_KEYS)
    }

    fn with_max_keys(quota: RateQuota, max_keys: usize) -> Self {
        Self {
            quota,
            state: RateLimiter::dashmap(quota.governor()).with_middleware(),
            clock: DefaultClock::default(),
            checks: AtomicUsize::new(0),
            crowded: AtomicBool::new(false),
            max_keys,
        }
    }

    /// Counts a request, and says what is left or how long to wait.
    pub fn check(&self, key: K) -> Result<Left, Wait> {
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) {
            self.sweep();
        }
        let key = if self.crowded.load(Ordering::Relaxed) { None } else { Some(key) };
        match self.state.check_key(&key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = self.quota.requests.get().saturating_sub(remaining);
                Ok(Left { remaining, reset: self.quota.interval() * used })
            }
            Err(until) => Err(Wait(until.wait_time_from(self.clock.now()))),
        }
    }

    /// Forgets keys whose quota is whole again.
    fn sweep(&self) {
        self.state.retain_recent();
        self.state.shrink_to_fit();
        self.crowded.store(self.state.len() >= self.max_keys, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_quota() {
        let limiter = Limiter::new(RateQuota::new(2, 3600));
        assert_eq!(limiter.check("a").unwrap().remaining, 1);
        let last = limiter.check("a").unwrap();
        assert_eq!(last.remaining, 0);
        assert_eq!(last.reset, Duration::from_secs(3600));
        let wait = limiter.check("a").unwrap_err();
        assert!(wait.0 > Duration::from_secs(1000) && wait.0 <= Duration::from_secs(1800), "{wait:?}");
        assert!(limiter.check("b").is_ok());
    }

    #[test]
    fn memory_stays_bounded() {
        let limiter = Limiter::with_max_keys(RateQuota::new(5, 3600), 1000);
        let refused = (0..10_000).filter(|key| limiter.check(*key).is_err()).count();
        assert!(limiter.state.len() <= 1000 + SWEEP_EVERY, "{}", limiter.state.len());
        assert!(refused > 0, "the crowd shares one quota");
    }
}
