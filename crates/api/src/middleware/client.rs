//! The network address a request comes from.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

/// How many proxies of our own stand before the server; register it as `app_data`. With none (the default)
/// `X-Forwarded-For` is not looked at, because anybody can write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrustedProxies(pub usize);

/// The address of the client. As an extractor it never fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address of a request: the peer's, or behind `n` proxies of our own the `n`-th from the right in
    /// `X-Forwarded-For`, the first that one of them wrote.
    pub fn of(request: &HttpRequest) -> Self {
        let proxies = request.app_data::<TrustedProxies>().map_or(0, |proxies| proxies.0);
        let peer = request.peer_addr().map(|address| address.ip());
        let forwarded = proxies.checked_sub(1).and_then(|skip| forwarded(request, skip));
        Self(forwarded.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }

    /// The address under which its requests are counted together: of IPv6 the /64, since one household or
    /// school commands all addresses in it.
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        }
    }
}

fn forwarded(request: &HttpRequest, skip: usize) -> Option<IpAddr> {
    let values = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    hops.iter().rev().nth(skip)?.parse().ok()
}

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn address(proxies: usize, forwarded: &'static str) -> String {
        let request = TestRequest::get()
            .app_data(TrustedProxies(proxies))
            .peer_addr("192.0.2.1:4000".parse().unwrap())
            .insert_header(("x-forwarded-for", forwarded))
            .to_http_request();
        ClientAddress::of(&request).0.to_string()
    }

    #[test]
    fn a_client_cannot_choose_its_address() {
        assert_eq!(address(0, "203.0.113.9"), "192.0.2.1");
        assert_eq!(address(1, "198.51.100.7, 203.0.113.9"), "203.0.113.9");
        assert_eq!(address(2, "198.51.100.7, 203.0.113.9"), "198.51.100.7");
        assert_eq!(address(3, "198.51.100.7, 203.0.113.9"), "192.0.2.1");
        assert_eq!(address(1, "nonsense"), "192.0.2.1");
    }

    #[test]
    fn ipv6_counts_by_network() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
