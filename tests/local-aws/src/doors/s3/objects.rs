//! The objects that are kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use super::body::Received;
use super::request_id;
use crate::message::{Headers, Request, Response};

/// What of a request is kept beside the body, as it came.
const KEPT_HEADERS: [&str; 6] =
    ["content-type", "cache-control", "content-disposition", "content-language", "expires", "content-encoding"];

/// The objects of all buckets, in the order of their keys' bytes.
#[derive(Debug, Default)]
pub struct Objects(Mutex<BTreeMap<(String, String), Arc<Object>>>);

/// An object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) body: Vec<u8>,
    pub(super) modified: OffsetDateTime,
    /// As with a bucket that a KMS key encrypts, this is no MD5.
    pub(super) etag: String,
    headers: Headers,
    checksum: Option<(String, String)>,
}

impl Objects {
    /// Forgets every object.
    pub fn reset(&self) {
        self.locked(BTreeMap::clear);
    }

    pub(super) fn get(&self, door: &str, key: &str) -> Option<Arc<Object>> {
        self.locked(|objects| objects.get(&(door.to_owned(), key.to_owned())).cloned())
    }

    pub(super) fn put(&self, door: &str, key: &str, object: Object) {
        self.locked(|objects| objects.insert((door.to_owned(), key.to_owned()), Arc::new(object)));
    }

    pub(super) fn remove(&self, door: &str, key: &str) {
        self.locked(|objects| objects.remove(&(door.to_owned(), key.to_owned())));
    }

    /// All objects at a door, with their keys.
    pub(super) fn all(&self, door: &str) -> Vec<(String, Arc<Object>)> {
        self.locked(|objects| {
            let own = objects.iter().filter(|((owner, _), _)| owner == door);
            own.map(|((_, key), object)| (key.clone(), object.clone())).collect()
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut BTreeMap<(String, String), Arc<Object>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Object {
    pub(super) fn new(request: &Request, received: Received, modified: OffsetDateTime) -> Self {
        let mut headers = request.headers.clone();
        headers.retain(|name| KEPT_HEADERS.contains(&name) || name.starts_with("x-amz-meta-"));
        // `aws-chunked` is how the body came, not what it is.
        let encodings = headers.get("content-encoding").unwrap_or_default().split(',').map(str::trim);
        let encodings: Vec<String> =
            encodings.filter(|one| !one.is_empty() && *one != "aws-chunked").map(str::to_owned).collect();
        headers.remove("content-encoding");
        if !encodings.is_empty() {
            headers.set("content-encoding", encodings.join(","));
        }
        let Received { body, checksum } = received;
        let etag = Sha256::digest(&body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { body, modified, etag, headers, checksum }
    }

    /// What the one who put it is told.
    pub(super) fn receipt(&self) -> Response {
        let mut response = Response::empty(200).header("x-amz-request-id", request_id());
        response.headers.set("etag", format!("\"{}\"", self.etag));
        if let Some((name, value)) = &self.checksum {
            response.headers.set(name, value);
        }
        response
    }

    /// The object as an answer to GET or HEAD.
    pub(super) fn response(&self, method: &str, with_checksum: bool) -> Response {
        let mut response = self.receipt();
        if !with_checksum && let Some((name, _)) = &self.checksum {
            response.headers.remove(name);
        }
        let format =
            format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
        response.headers.set("last-modified", self.modified.format(&format).unwrap_or_default());
        response.headers.set("content-type", "binary/octet-stream");
        for (name, value) in self.headers.iter() {
            response.headers.set(name, value);
        }
        response.headers.set("content-length", self.body.len().to_string());
        if method == "GET" {
            response.body.clone_from(&self.body);
        }
        response
    }
}
