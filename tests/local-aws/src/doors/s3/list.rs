//! `ListObjectsV2`.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::{S3Error, escaped, iso};
use super::{Call, request_id};
use crate::message::Response;

/// As many keys as one answer holds at most.
const MOST: usize = 1000;

/// Lists the keys of a bucket.
pub(super) fn objects(call: &Call<'_>) -> Result<Response, S3Error> {
    let query = |name: &str| call.request.query_value(name).filter(|value| !value.is_empty());
    let (prefix, delimiter) = (query("prefix").unwrap_or_default(), query("delimiter"));
    let asked = query("max-keys").map(|number| number.parse::<usize>()).transpose();
    let asked = asked.map_err(|_| invalid("max-keys", "Provided max-keys not an integer or within integer range"))?;
    let most = asked.unwrap_or(MOST).min(MOST);
    let after = match query("continuation-token") {
        Some(token) => {
            let key = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(key.ok_or_else(|| invalid("continuation-token", "The continuation token provided is incorrect"))?)
        }
        None => query("start-after"),
    };
    // What a key looks like in XML: some characters cannot be in there at all.
    let encodes = query("encoding-type").as_deref() == Some("url");
    let text = |key: &str| if encodes { url_encoded(key) } else { escaped(key) };

    let mut contents = String::new();
    let mut common_prefixes = BTreeSet::new();
    let (mut count, mut last, mut truncated) = (0, None, false);
    for (key, object) in call.aws.objects.all(call.door) {
        let Some(rest) = key.strip_prefix(&prefix) else { continue };
        let common = delimiter.as_deref().and_then(|delimiter| {
            rest.find(delimiter).and_then(|at| rest.get(..at + delimiter.len())).map(|rest| format!("{prefix}{rest}"))
        });
        // A group is behind as soon as one of its keys is.
        let position = common.as_ref().unwrap_or(&key);
        let passed = after.as_ref().is_some_and(|after| position <= after || key <= *after);
        if passed || common.as_ref().is_some_and(|common| common_prefixes.contains(common)) {
            continue;
        }
        if count == most {
            truncated = true;
            break;
        }
        count += 1;
        last = Some(position.clone());
        match common {
            Some(common) => drop(common_prefixes.insert(common)),
            None => contents.push_str(&format!(
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>&quot;{}&quot;</ETag><Size>{}</Size>\
                 <StorageClass>STANDARD</StorageClass></Contents>",
                text(&key),
                iso(object.modified).replace('Z', ".000Z"),
                object.etag,
                object.body.len()
            )),
        }
    }

    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Name>{}</Name><Prefix>{}</Prefix><KeyCount>{count}</KeyCount><MaxKeys>{most}</MaxKeys><IsTruncated>{truncated}\
         </IsTruncated>",
        escaped(&call.bucket.bucket),
        text(&prefix)
    );
    if let Some(delimiter) = &delimiter {
        xml.push_str(&format!("<Delimiter>{}</Delimiter>", text(delimiter)));
    }
    if encodes {
        xml.push_str("<EncodingType>url</EncodingType>");
    }
    if let Some(last) = last.filter(|_| truncated) {
        xml.push_str(&format!("<NextContinuationToken>{}</NextContinuationToken>", STANDARD.encode(last)));
    }
    xml.push_str(&contents);
    for common in &common_prefixes {
        xml.push_str(&format!("<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", text(common)));
    }
    xml.push_str("</ListBucketResult>");
    Ok(Response::with_body(200, "application/xml", xml).header("x-amz-request-id", request_id()))
}

fn invalid(name: &str, message: &str) -> S3Error {
    S3Error::new(400, "InvalidArgument", message).with("ArgumentName", name)
}

fn url_encoded(key: &str) -> String {
    key.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' | b'/' => char::from(byte).to_string(),
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
