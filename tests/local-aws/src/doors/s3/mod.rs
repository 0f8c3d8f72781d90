//! S3, addressed by path: objects of a bucket under keys of any kind, their signatures and permissions, and a bucket's CORS
//! configuration. `Content-MD5` is not looked at.

mod body;
mod checksum;
mod cors;
mod error;
mod list;
mod objects;

use serde::{Deserialize, Serialize};

pub use self::cors::CorsRule;
use self::error::S3Error;
use self::objects::Object;
pub use self::objects::Objects;
use super::Aws;
use crate::cognito::random;
use crate::credentials::TemporaryCredentials;
use crate::iam::Decision;
use crate::message::{Request, Response, percent_decode_bytes};
use crate::sigv4::Service;

/// The longest key, in bytes.
const LONGEST_KEY: usize = 1024;

/// A bucket at an endpoint of S3.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bucket {
    /// The bucket's name.
    pub bucket: String,
    /// The bucket's CORS configuration; without one no answer has a CORS header.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cors_rules: Vec<CorsRule>,
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Bucket,
    Object(String),
}

/// A request as the handlers of S3's operations see it.
struct Call<'a> {
    bucket: &'a Bucket,
    aws: Aws<'a>,
    door: &'a str,
    request: &'a Request,
    caller: TemporaryCredentials,
}

/// Answers a request.
pub fn answer(bucket: &Bucket, aws: Aws<'_>, door: &str, request: &Request) -> Response {
    let target = bucket.target(request);
    let mut response = if request.is_preflight() {
        target.and_then(|target| cors::preflight(bucket, &target, request))
    } else {
        target.and_then(|target| serve(bucket, aws, door, &target, request))
    }
    .unwrap_or_else(|error| error.render(&request.path));
    if !request.is_preflight() {
        cors::apply(bucket, request, &mut response.headers);
    }
    if request.method == "HEAD" && response.status >= 400 {
        response.body.clear();
    }
    response.headers.set("server", "AmazonS3");
    response
}

fn serve(bucket: &Bucket, aws: Aws<'_>, door: &str, target: &Target, request: &Request) -> Result<Response, S3Error> {
    if request.headers.get("authorization").is_some() && request.query_value("X-Amz-Signature").is_some() {
        let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query \
                       string parameter or the Authorization header should be specified";
        return Err(S3Error::new(400, "InvalidArgument", message));
    }
    let caller =
        aws.verify_signature(request, Service::S3).map_err(|error| error::of_signature(&error, request, aws.now))?;
    let call = Call { bucket, aws, door, request, caller };
    match (request.method.as_str(), target) {
        ("GET", Target::Bucket) if request.query_value("list-type").as_deref() == Some("2") => {
            call.permit("s3:ListBucket", target)?;
            list::objects(&call)
        }
        ("HEAD", Target::Bucket) => {
            call.permit("s3:ListBucket", target)?;
            Ok(Response::empty(200).header("x-amz-bucket-region", &aws.world.region))
        }
        ("GET" | "HEAD", Target::Object(key)) => {
            call.permit("s3:GetObject", target)?;
            call.get(key)
        }
        ("PUT", Target::Object(key)) if request.headers.get("x-amz-copy-source").is_none() => {
            call.permit("s3:PutObject", target)?;
            call.put(key)
        }
        ("DELETE", Target::Object(key)) => {
            call.permit("s3:DeleteObject", target)?;
            aws.objects.remove(door, key);
            Ok(Response::empty(204))
        }
        _ => Err(S3Error::new(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
        )),
    }
}

impl Bucket {
    /// What the path names. A key is all that follows the bucket, decoded once: `..`, `//` and a slash in front are a
    /// part of it, and a `+` that is not encoded is a space.
    fn target(&self, request: &Request) -> Result<Target, S3Error> {
        let path = request.path.strip_prefix('/').unwrap_or(&request.path);
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        if percent_decode_bytes(bucket) != self.bucket.as_bytes() {
            return Err(
                S3Error::new(404, "NoSuchBucket", "The specified bucket does not exist").with("BucketName", bucket)
            );
        }
        let key = String::from_utf8(percent_decode_bytes(&key.replace('+', " ")))
            .map_err(|_| S3Error::new(400, "InvalidURI", "Couldn't parse the specified URI."))?;
        match key.len() {
            0 => Ok(Target::Bucket),
            length if length > LONGEST_KEY => Err(S3Error::new(400, "KeyTooLongError", "Your key is too long")
                .with("MaxSizeAllowed", LONGEST_KEY.to_string())),
            _ => Ok(Target::Object(key)),
        }
    }

    fn arn(&self, target: &Target) -> String {
        match target {
            Target::Bucket => format!("arn:aws:s3:::{}", self.bucket),
            Target::Object(key) => format!("arn:aws:s3:::{}/{key}", self.bucket),
        }
    }
}

impl Call<'_> {
    fn permit(&self, action: &str, target: &Target) -> Result<(), S3Error> {
        let resource = self.bucket.arn(target);
        let reason = match self.aws.decide(&self.caller, action, &resource) {
            Decision::Allowed => return Ok(()),
            Decision::ExplicitDeny => "with an explicit deny in an identity-based policy".to_owned(),
            Decision::ImplicitDeny => format!("because no identity-based policy allows the {action} action"),
        };
        let user = &self.caller.assumed_role_arn;
        let message =
            format!("User: {user} is not authorized to perform: {action} on resource: \"{resource}\" {reason}");
        Err(S3Error::new(403, "AccessDenied", message))
    }

    fn get(&self, key: &str) -> Result<Response, S3Error> {
        let Some(object) = self.aws.objects.get(self.door, key) else {
            // Whether there is such a key is for those to know who may list them.
            self.permit("s3:ListBucket", &Target::Bucket)?;
            return Err(S3Error::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", key));
        };
        let wants_checksum = self.request.headers.get("x-amz-checksum-mode").is_some_and(|mode| mode == "ENABLED");
        Ok(object.response(&self.request.method, wants_checksum))
    }

    fn put(&self, key: &str) -> Result<Response, S3Error> {
        let received = body::received(self.request)?;
        let object = Object::new(self.request, received, self.aws.now);
        let response = object.receipt();
        self.aws.objects.put(self.door, key, object);
        Ok(response)
    }
}

/// A new `x-amz-request-id`.
fn request_id() -> String {
    hex::encode_upper(random::bytes::<8>())
}
