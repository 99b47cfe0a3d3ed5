//! How a fact came to be known: detection is counted apart from harm.

use super::school_signal;
use crate::identity::AgencyCode;
use crate::signals::SignalChannel;

/// By which way a fact was detected: that of the signal which opened the case it was reported for, where there is one,
/// otherwise the way that the agency stands for which reported first.
#[must_use]
pub fn channel_of(signal: Option<SignalChannel>, reporter: &AgencyCode) -> SignalChannel {
    signal.unwrap_or_else(|| school_signal::channel_of(reporter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signal_goes_before_the_agency() {
        let police: AgencyCode = "DP".parse().unwrap();
        assert_eq!(channel_of(None, &police), SignalChannel::Police);
        assert_eq!(channel_of(Some(SignalChannel::Child), &police), SignalChannel::Child);
        let some_other: AgencyCode = "UKZSP".parse().unwrap();
        assert_eq!(channel_of(None, &some_other), SignalChannel::Other);
    }
}
