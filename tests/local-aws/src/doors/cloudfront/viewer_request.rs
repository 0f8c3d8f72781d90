//! CloudFront Functions on requests.

use serde::{Deserialize, Serialize};

use crate::message::Request;

/// A CloudFront Function on requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ViewerRequestFunction {
    /// Takes a prefix off the path, whole segments of it (`request.uri = request.uri.replace(/^\/admin(?=\/|$)/, '')`).
    StripPrefix(String),
}

impl ViewerRequestFunction {
    pub(super) fn run(&self, request: &Request) -> Request {
        let Self::StripPrefix(prefix) = self;
        let path = match request.path.strip_prefix(prefix.as_str()) {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => &request.path,
        };
        Request { path: path.to_owned(), ..request.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Headers;

    #[test]
    fn a_prefix_is_whole_segments() {
        for (path, expected) in [
            ("/admin/users", "/users"),
            ("/admin", "/"),
            ("/admin/", "/"),
            ("/admins", "/admins"),
            ("/a/admin/b", "/a/admin/b"),
        ] {
            let (headers, query, body) = (Headers::default(), None, Vec::new());
            let request = Request { method: "GET".into(), path: path.into(), query, headers, body };
            assert_eq!(ViewerRequestFunction::StripPrefix("/admin".into()).run(&request).path, expected);
        }
    }
}
