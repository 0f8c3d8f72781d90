"""Signs each request that standard input holds, a line of JSON each, with botocore. What http-request/ is for Rust."""

import base64
import datetime
import hashlib
import json
import sys
from types import SimpleNamespace
from urllib.parse import quote, unquote_to_bytes, urlsplit

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# By the form, and by whether the path is taken as it is: the two ways of encoding that botocore knows.
SIGNERS = {
    ("header", False): SigV4Auth,
    ("header", True): S3SigV4Auth,
    ("query", False): SigV4QueryAuth,
    ("query", True): S3SigV4QueryAuth,
}


def kept(signer):
    """The signer, keeping what it signed."""

    class Keeping(signer):
        def canonical_request(self, request):
            self.canonical = super().canonical_request(request)
            return self.canonical

        def signature(self, string_to_sign, request):
            self.signed = super().signature(string_to_sign, request)
            return self.signed

    return Keeping


KEEPING = {how: kept(signer) for how, signer in SIGNERS.items()}


def pairs_of(query):
    """Names and values of a query, as bytes."""
    cut = (pair.partition("=") for pair in query.split("&") if pair)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in cut]


def hash_of(payload):
    return "UNSIGNED-PAYLOAD" if payload is None else hashlib.sha256(base64.b64decode(payload)).hexdigest()


def request_of(case):
    url = urlsplit(case["url"])
    request = AWSRequest(case["method"], case["url"], data=base64.b64decode(case["payload"] or ""))
    if case["form"] == "header":
        pairs = pairs_of(url.query)
        try:
            # What a caller hands over: names and values that are not encoded yet.
            request.params = [(name.decode(), value.decode()) for name, value in pairs]
            request.url = url._replace(query="").geturl()
        except UnicodeDecodeError:
            # What no text can hold it takes encoded, and only brings in order.
            encoded = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
            request.url = url._replace(query=encoded).geturl()
    for name, value in case["headers"]:
        # Assigning replaces nothing, as with any of Python's messages: a name may be there twice.
        request.headers[name] = value
    if case["contentSha256"] == "send":
        request.headers["x-amz-content-sha256"] = hash_of(case["payload"])
    # S3's signer leaves the body out where the client's configuration says so.
    s3 = {"payload_signing_enabled": case["payload"] is not None}
    request.context["client_config"] = SimpleNamespace(s3=s3)
    return request


def sign(case):
    moment = datetime.datetime.fromtimestamp(case["seconds"], datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda: moment
    keys = case["credentials"]
    # A token that is appended after signing is no part of what is signed.
    token = keys.get("sessionToken") if case["sessionToken"] == "signed" else None
    how = case["form"], not case["doubleEncode"]
    more = {"expires": case["expiresIn"]} if case["form"] == "query" else {}
    credentials = Credentials(keys["accessKeyId"], keys["secretAccessKey"], token)
    signer = KEEPING[how](credentials, case["service"], case["region"], **more)
    signer.add_auth(request_of(case))
    return {"signature": signer.signed, "canonicalRequest": signer.canonical}


for line in sys.stdin:
    try:
        answer = sign(json.loads(line))
    except Exception as error:  # Whatever it is, it is the answer to this request.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
