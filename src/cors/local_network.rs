//! Local Network Access (<https://wicg.github.io/local-network-access/>), as Chromium has it since version 142: a permission, no preflight.

use super::error::{CorsError, Violation};
use super::url::Url;

/// How far a server is from the public internet; a later one is more private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressSpace {
    /// Anywhere.
    Public,
    /// A private network.
    Local,
    /// This machine.
    Loopback,
}

impl AddressSpace {
    /// From the request option `targetAddressSpace`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "loopback" => Some(Self::Loopback),
            // the name of older Chrome versions is the second
            "local" | "private" => Some(Self::Local),
            "public" => Some(Self::Public),
            _ => None,
        }
    }

    /// Of a URL, as far as its host shows it: any other name may lead anywhere.
    pub fn of(url: &Url) -> Option<Self> {
        let is_address = url.host.starts_with('[') || url.host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        match () {
            () if url.is_loopback() => Some(Self::Loopback),
            () if url.is_private_network() => Some(Self::Local),
            () if is_address => Some(Self::Public),
            () => None,
        }
    }
}

/// Whether the page is a secure context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageContext {
    /// https, or loopback.
    Secure,
    /// Anything else.
    Insecure,
}

/// What the user, or a policy, says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalNetworkPermission {
    /// The page may.
    Granted,
    /// The page may not.
    Denied,
}

/// A request from one address space to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Where the page is from.
    pub page: AddressSpace,
    /// Whether it is a secure context.
    pub context: PageContext,
    /// Where the server is.
    pub server: AddressSpace,
    /// Where the request says that it is (`targetAddressSpace`).
    pub named: Option<AddressSpace>,
    /// Whether the page may go there.
    pub permission: LocalNetworkPermission,
}

/// What the rule says to a crossing.
pub fn local_network_check(crossing: Crossing) -> Option<Violation> {
    // a request that names a space goes there or nowhere
    if crossing.named.is_some_and(|named| named != crossing.server) {
        return Some(Violation::bare(CorsError::InvalidLocalNetworkAccess));
    }
    // only the way to a more private space is guarded
    if crossing.server <= crossing.page {
        return None;
    }
    match (crossing.context, crossing.permission) {
        (PageContext::Insecure, _) => Some(Violation::bare(CorsError::InsecureLocalNetwork)),
        (PageContext::Secure, LocalNetworkPermission::Denied) => {
            Some(Violation::bare(CorsError::LocalNetworkAccessPermissionDenied))
        }
        (PageContext::Secure, LocalNetworkPermission::Granted) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn space() -> impl Strategy<Value = AddressSpace> {
        prop_oneof![Just(AddressSpace::Public), Just(AddressSpace::Local), Just(AddressSpace::Loopback)]
    }

    fn said(page: AddressSpace, context: PageContext, server: AddressSpace) -> Option<CorsError> {
        let permission = LocalNetworkPermission::Denied;
        local_network_check(Crossing { page, context, server, named: None, permission }).map(|found| found.error)
    }

    #[test]
    fn inwards_only() {
        use AddressSpace::{Local, Loopback, Public};
        assert_eq!(said(Public, PageContext::Secure, Local), Some(CorsError::LocalNetworkAccessPermissionDenied));
        assert_eq!(said(Local, PageContext::Insecure, Loopback), Some(CorsError::InsecureLocalNetwork));
        assert_eq!(said(Loopback, PageContext::Insecure, Public), None);
    }

    #[test]
    fn hosts_show_their_space() {
        let of = |text: &str| AddressSpace::of(&Url::parse(text).unwrap());
        assert_eq!(of("http://127.0.0.1:3000/"), Some(AddressSpace::Loopback));
        assert_eq!(of("https://nas.local/"), Some(AddressSpace::Local));
        assert_eq!(of("https://8.8.8.8/"), Some(AddressSpace::Public));
        assert_eq!(of("https://api.example.com/"), None);
    }

    proptest! {
        #[test]
        fn a_grant_opens_to_secure_pages(page in space(), server in space(), named in space()) {
            let permission = LocalNetworkPermission::Granted;
            let crossing = Crossing { page, context: PageContext::Secure, server, named: None, permission };
            prop_assert_eq!(local_network_check(crossing), None);
            let said = local_network_check(Crossing { named: Some(named), ..crossing });
            prop_assert_eq!(said.is_some(), named != server);
        }
    }
}
