"""S3, function URLs, AppSync and WebSockets, held against botocore's signatures and boto3's own S3 client."""

import http.client
import json
import random
from urllib.parse import quote, urlsplit

import boto3
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from cognito.local_aws import LocalAws

HANDSHAKE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}
# What a key may hold and a URL of another service would lose.
KEYS = ["a", "a//b", "a/../b", "..", "./a", "/a", "a/", "a b", "a+b", "a%2Fb", "100%", "本/é", "!'()*~-._", "a?b&c=d#e", "a:b@c", "\u0301x"]


class Doors(LocalAws):
    def setUp(self):
        super().setUp()
        self.credentials = self.credentials_of("admin")

    def origin(self, door):
        return self.outputs["doors"][door]["origin"]

    def signed(self, method, url, service, auth=SigV4Auth, body=b"", headers=None, credentials=None, **options):
        request = AWSRequest(method, url, headers=headers or {}, data=body)
        auth(credentials or self.credentials, service, self.region, **options).add_auth(request)
        return request.prepare()

    def send(self, method, url, headers=None, body=b""):
        """As it is: no client in between that would tidy up the path."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            connection.request(method, target, body or None, {name: value for name, value in (headers or {}).items()})
            answer = connection.getresponse()
            # A WebSocket has no end.
            return answer.status, b"" if answer.status == 101 else answer.read(), answer.headers
        finally:
            connection.close()

    def send_signed(self, request):
        headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
        return self.send(request.method, request.url, headers, request.body)


class S3(Doors):
    def client_of(self, credentials, **config):
        return boto3.client(
            "s3",
            endpoint_url=self.origin("s3"),
            region_name=self.region,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, **config),
        )

    def code(self, call, **arguments):
        with self.assertRaises(ClientError) as raised:
            call(Bucket="bucket", **arguments)
        return raised.exception.response["Error"]["Code"]

    def signed(self, method, key, body=b"", auth=S3SigV4Auth, headers=None, **options):
        url = f"{self.origin('s3')}/bucket/{quote(key, safe='/')}"
        # botocore takes the body of a request that is presigned for a form.
        presigned = issubclass(auth, SigV4QueryAuth)
        request = super().signed(method, url, "s3", auth, b"" if presigned else body, headers, **options)
        request.headers.pop("content-length", None)
        request.body = body
        return request

    def test_objects_go_and_come_by_boto3s_client(self):
        s3 = self.client_of(self.credentials)
        for number, key in enumerate(KEYS):
            with self.subTest(key=key):
                body = f"{number} {key}".encode()
                put = s3.put_object(Bucket="bucket", Key=key, Body=body, ContentType="text/x", Metadata={"number": str(number)})
                got = s3.get_object(Bucket="bucket", Key=key)
                self.assertEqual((got["Body"].read(), got["ContentType"], got["Metadata"]), (body, "text/x", {"number": str(number)}))
                self.assertEqual(got["ETag"], put["ETag"])
                self.assertEqual(s3.head_object(Bucket="bucket", Key=key)["ContentLength"], len(body))
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", PaginationConfig={"PageSize": 3})
        listed = [object["Key"] for page in pages for object in page["Contents"]]
        self.assertEqual(listed, sorted(KEYS, key=lambda key: key.encode()))
        below = s3.list_objects_v2(Bucket="bucket", Delimiter="/", Prefix="a/")
        self.assertEqual([prefix["Prefix"] for prefix in below["CommonPrefixes"]], ["a/../", "a//"])
        self.assertEqual([object["Key"] for object in below["Contents"]], ["a/"])
        for key in KEYS:
            s3.delete_object(Bucket="bucket", Key=key)
        self.assertEqual(s3.list_objects_v2(Bucket="bucket")["KeyCount"], 0)
        self.assertEqual(self.code(s3.get_object, Key="a"), "NoSuchKey")

    def test_boto3s_presigned_urls(self):
        s3 = self.client_of(self.credentials)
        for key in KEYS:
            with self.subTest(key=key):
                put = s3.generate_presigned_url("put_object", {"Bucket": "bucket", "Key": key}, ExpiresIn=60)
                self.assertEqual(self.send("PUT", put, body=b"presigned")[0], 200)
                get = s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": key}, ExpiresIn=60)
                self.assertEqual(self.send("GET", get)[:2], (200, b"presigned"))
                self.assertEqual(self.send("PUT", get, body=b"x")[0], 403)

    def test_random_keys_and_queries(self):
        choice = random.Random(5)
        alphabet = "abcXYZ019-._~ !$'()*,;:@=/?&#%+本é"
        text = lambda length: "".join(choice.choice(alphabet) for _ in range(choice.randint(1, length)))
        for number in range(200):
            key, body = text(12), f"{number}".encode()
            metadata = {"x-amz-meta-note": f"a  b {number}"}
            auth = choice.choice([S3SigV4Auth, S3SigV4QueryAuth])
            put = self.signed("PUT", key, body, auth, metadata)
            status, answer, _ = self.send_signed(put)
            self.assertEqual(status, 200, f"{key!r}: {answer}")
            get = self.signed("GET", key, auth=auth)
            self.assertEqual(self.send_signed(get)[:2], (200, body), repr(key))

    def test_what_was_tampered_with_is_refused_in_s3s_words(self):
        def answer(change, auth=S3SigV4Auth, headers=None):
            request = self.signed("PUT", "a/b", b"body", auth, {"x-amz-meta-note": "a", **(headers or {})})
            change(request)
            status, body, _ = self.send_signed(request)
            code = body.decode().partition("<Code>")[2].partition("</Code>")[0]
            return status, code, body.decode()

        def path(request):
            request.url = request.url.replace("a/b", "a/./b")

        def method(request):
            request.method = "DELETE"

        def header(request):
            request.headers["x-amz-meta-note"] = "b"

        def query(request):
            request.url += ("&" if "?" in request.url else "?") + "x=1"

        for change in (path, method, header, query):
            for auth in (S3SigV4Auth, S3SigV4QueryAuth):
                with self.subTest(change.__name__, auth=auth.__name__):
                    status, code, body = answer(change, auth)
                    self.assertEqual((status, code), (403, "SignatureDoesNotMatch"))
                    for element in ("CanonicalRequest", "StringToSign", "SignatureProvided", "AWSAccessKeyId"):
                        self.assertIn(f"<{element}>", body)

        def body(request):
            request.body = b"Body"

        self.assertEqual(answer(body)[:2], (400, "XAmzContentSHA256Mismatch"))
        # Nobody has said what the body of a presigned URL is to be.
        self.assertEqual(answer(body, S3SigV4QueryAuth)[0], 200)

        def added(request):
            request.headers["x-amz-acl"] = "public-read"

        self.assertEqual(answer(added)[:2], (403, "AccessDenied"))
        self.assertIn("<HeadersNotSigned>x-amz-acl</HeadersNotSigned>", answer(added)[2])

    def test_faults_of_keys_tokens_and_times(self):
        own = self.credentials
        s3 = self.client_of
        self.assertEqual(self.code(s3(Credentials(own.access_key, "wrong", own.token)).get_object, Key="a"), "SignatureDoesNotMatch")
        self.assertEqual(self.code(s3(Credentials("ASIAUNKNOWNUNKNOWN00", "x", own.token)).get_object, Key="a"), "InvalidAccessKeyId")
        self.assertEqual(self.code(s3(Credentials(own.access_key, own.secret_key, "x")).get_object, Key="a"), "InvalidToken")
        self.assertEqual(self.code(s3(self.credentials_of("general")).put_object, Key="a", Body=b""), "AccessDenied")
        url = s3(own).generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "a"}, ExpiresIn=60)
        too_long = s3(own).generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "a"}, ExpiresIn=604_801)
        self.assertIn(b"less than 604800 seconds", self.send("GET", too_long)[1])
        self.post("clock", {"advanceSeconds": 61})
        self.assertIn(b"<Message>Request has expired</Message>", self.send("GET", url)[1])
        # S3 takes what is fifteen minutes off, where others take five.
        self.post("clock", {"advanceSeconds": 13 * 60})
        s3(own).put_object(Bucket="bucket", Key="a", Body=b"")
        self.post("clock", {"advanceSeconds": 60})
        self.assertEqual(self.code(s3(own).get_object, Key="a"), "RequestTimeTooSkewed")
        self.post("clock", {"advanceSeconds": -15 * 60 - 1})
        self.post("credentials/expire", {})
        self.post("clock", {"advanceSeconds": 1})
        self.assertEqual(self.code(s3(own).get_object, Key="a"), "ExpiredToken")

    def test_another_region_or_service(self):
        def code(service, region):
            request = AWSRequest("GET", f"{self.origin('s3')}/bucket/a")
            S3SigV4Auth(self.credentials, service, region).add_auth(request)
            status, body, _ = self.send_signed(request.prepare())
            return status, body.decode()

        status, body = code("s3", "us-east-1")
        self.assertEqual(status, 400)
        self.assertIn("the region 'us-east-1' is wrong; expecting 'ap-northeast-1'", body)
        self.assertIn(f"<Region>{self.region}</Region>", body)
        status, body = code("execute-api", self.region)
        self.assertIn("incorrect service &quot;execute-api&quot;. This endpoint belongs to &quot;s3&quot;.", body)


class Others(Doors):
    def test_function_urls(self):
        url = f"{self.origin('function-url-iam')}/a%20b/%E6%9C%AC?x=1&x=2&empty="
        for auth in (SigV4Auth, SigV4QueryAuth):
            with self.subTest(auth=auth.__name__):
                status, body, _ = self.send_signed(self.signed("GET", url, "lambda", auth))
                self.assertEqual(status, 200, body)
                self.assertIn(":assumed-role/admin/", json.loads(body)["identity"]["userArn"])
        request = self.signed("POST", url, "lambda", body=b"a")
        request.body = b"b"
        status, body, headers = self.send_signed(request)
        self.assertEqual((status, headers["x-amzn-errortype"]), (403, "InvalidSignatureException"))
        self.assertTrue(json.loads(body)["message"].startswith("The request signature we calculated does not match"))

    def test_app_sync(self):
        url = f"{self.origin('app-sync')}/graphql"
        body = json.dumps({"query": "{ whoami }"}).encode()
        status, answer, _ = self.send_signed(self.signed("POST", url, "appsync", body=body))
        self.assertIn(":assumed-role/admin/", json.loads(answer)["data"]["whoami"], status)
        status, answer, headers = self.send_signed(self.signed("POST", url, "execute-api", body=body))
        self.assertEqual((status, headers["x-amzn-errortype"]), (403, "InvalidSignatureException"))
        self.assertIn("correct service: 'appsync'", json.loads(answer)["errors"][0]["message"])

    def test_web_sockets(self):
        url = f"{self.origin('web-socket-iam')}/prod"
        presigned = self.signed("GET", f"{url}?room=a%20b", "execute-api", SigV4QueryAuth)
        self.assertEqual(self.send("GET", presigned.url, HANDSHAKE)[0], 101)
        self.assertEqual(self.send("GET", presigned.url.replace("room=a", "room=b"), HANDSHAKE)[0], 403)
        in_headers = self.signed("GET", url, "execute-api")
        self.assertEqual(self.send("GET", url, {**dict(in_headers.headers), **HANDSHAKE})[0], 101)
        self.assertEqual(self.send("GET", url, HANDSHAKE)[0], 403)

    def test_iot_wants_the_token_behind_the_signature(self):
        url = f"{self.origin('iot')}/mqtt"
        handshake = {**HANDSHAKE, "sec-websocket-protocol": "mqtt"}
        own = self.credentials
        without = self.signed("GET", url, "iotdevicegateway", SigV4QueryAuth, credentials=Credentials(own.access_key, own.secret_key))
        appended = f"{without.url}&X-Amz-Security-Token={quote(own.token, safe='')}"
        status, _, headers = self.send("GET", appended, handshake)
        self.assertEqual((status, headers["sec-websocket-protocol"]), (101, "mqtt"))
        within = self.signed("GET", url, "iotdevicegateway", SigV4QueryAuth)
        self.assertEqual(self.send("GET", within.url, handshake)[0], 403)
        self.assertEqual(self.send("GET", without.url, handshake)[0], 403)
        self.assertEqual(self.send("GET", appended, HANDSHAKE)[0], 426)

    def test_presigned_urls_end_with_the_servers_clock(self):
        url = f"{self.origin('rest-api')}/api/admin/users"
        presigned = self.signed("GET", url, "execute-api", SigV4QueryAuth, expires=60)
        self.assertEqual(self.send("GET", presigned.url)[0], 200)
        too_long = self.signed("GET", url, "execute-api", SigV4QueryAuth, expires=604_801)
        self.assertEqual(self.send("GET", too_long.url)[0], 403)
        self.post("clock", {"advanceSeconds": 61})
        self.assertIn(b"Signature expired: ", self.send("GET", presigned.url)[1])

    def test_the_canonical_request_of_a_mismatch_is_botocores(self):
        url = f"{self.origin('rest-api')}/api/admin/a%20b//c?b=2&a=%2F"
        seen = []

        class Noting(SigV4Auth):
            def string_to_sign(self, request, canonical_request):
                seen.append((canonical_request, super().string_to_sign(request, canonical_request)))
                return seen[-1][1]

        own = self.credentials
        wrong = Credentials(own.access_key, "wrong", own.token)
        request = self.signed("POST", url, "execute-api", Noting, b"body", {"x-amz-meta-note": "a  b"}, wrong)
        message = json.loads(self.send_signed(request)[1])["message"]
        [(canonical_request, string_to_sign)] = seen
        self.assertIn(f"The Canonical String for this request should have been\n'{canonical_request}'\n\n", message)
        self.assertIn(f"The String-to-Sign should have been\n'{string_to_sign}'\n", message)
