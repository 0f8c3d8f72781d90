//! The preflight cache: for how long, and whether, an answer to `OPTIONS` spares the next one.

use super::check::Response;
use super::engine::Engine;
use super::list::tokens;
use super::request::{Credentials, Request, unsafe_header_names};
use crate::text::number;

/// For how many seconds the answer to a preflight that passed is good for the same request ("CORS-preflight fetch", steps 7.7 to
/// 7.13). 0 is not at all.
pub fn preflight_max_age(request: &Request, answer: &Response, engine: Engine) -> u64 {
    if engine == Engine::Chromium && is_authorization_by_wildcard(request, answer, engine) {
        return 0;
    }
    let longest = match engine {
        Engine::Chromium => 7_200,
        Engine::Firefox => 86_400,
        Engine::WebKit => 600,
        // "a user agent may impose a limit"
        Engine::Spec => u64::MAX,
    };
    let said = answer.headers.get("access-control-max-age");
    match said.as_deref().map(|value| value.strip_prefix('-').map_or(number(value), |_| Some(0))) {
        Some(Some(seconds)) => seconds.min(longest),
        // absent, or no number
        None | Some(None) => 5,
    }
}

/// Whether `Access-Control-Allow-Headers: *` alone covers `Authorization`. The standard never lets it; browsers do, and Chromium asks
/// again before every call.
pub fn is_authorization_by_wildcard(request: &Request, answer: &Response, engine: Engine) -> bool {
    let allowed = tokens(answer.headers.get("access-control-allow-headers").as_deref()).unwrap_or_default();
    let lists = |name: &str| allowed.iter().any(|listed| listed.eq_ignore_ascii_case(name));
    request.credentials != Credentials::Include
        && lists("*")
        && !lists("authorization")
        && unsafe_header_names(&request.headers, engine).iter().any(|name| name == "authorization")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cors::Origin;
    use proptest::prelude::*;

    fn max_age(headers: &[(&str, &str)], engine: Engine) -> u64 {
        let mut request = Request::get(Origin::parse("https://app.test"), "https://api.test/");
        request.headers = [("authorization", "Bearer t")].into_iter().collect();
        let answer = Response { status: 204, headers: headers.iter().copied().collect() };
        preflight_max_age(&request, &answer, engine)
    }

    #[test]
    fn five_seconds_unless_said() {
        let listed = ("access-control-allow-headers", "authorization");
        assert_eq!(max_age(&[listed], Engine::Chromium), 5);
        for (value, seconds) in [("600", 600), ("-1", 0), ("0", 0), ("ten", 5), ("", 5), ("100000", 7_200)] {
            assert_eq!(max_age(&[listed, ("access-control-max-age", value)], Engine::Chromium), seconds, "{value}");
        }
        assert_eq!(max_age(&[listed, ("access-control-max-age", "100000")], Engine::Firefox), 86_400);
    }

    #[test]
    fn chromium_asks_again_where_the_wildcard_had_to_cover_authorization() {
        let age = ("access-control-max-age", "600");
        assert_eq!(max_age(&[("access-control-allow-headers", "*"), age], Engine::Chromium), 0);
        assert_eq!(max_age(&[("access-control-allow-headers", "*, Authorization"), age], Engine::Chromium), 600);
        assert_eq!(max_age(&[("access-control-allow-headers", "*"), age], Engine::Firefox), 600);
    }

    proptest! {
        #[test]
        fn never_longer_than_the_engine_keeps_it(value in "-?[0-9]{0,12}") {
            let headers = [("access-control-max-age", value.as_str())];
            prop_assert!(max_age(&headers, Engine::Chromium) <= 7_200);
            prop_assert!(max_age(&headers, Engine::Chromium) <= max_age(&headers, Engine::Firefox));
        }
    }
}
