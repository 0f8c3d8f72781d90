"""The doors with IAM authorization, held against botocore's signatures: accepted as they are, refused once tampered with."""

import json
import random
import unittest
from urllib.parse import quote

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from cognito.local_aws import LocalAws


class SignedRequests(LocalAws):
    def setUp(self):
        super().setUp()
        self.api = self.outputs["doors"]["rest-api"]["origin"]
        self.credentials = self.credentials_of("admin")
        self.session = URLLib3Session()
        self.addCleanup(self.session.close)

    def signed(self, method, url, body=b"", headers=None, credentials=None, service="execute-api", auth=SigV4Auth):
        request = AWSRequest(method, url, headers=headers or {}, data=body)
        auth(credentials or self.credentials, service, self.region).add_auth(request)
        return request.prepare()

    def send(self, request):
        response = self.session.send(request)
        return response.status_code, json.loads(response.content), response.headers.get("x-amzn-errortype")

    def assert_accepted(self, request):
        status, body, _ = self.send(request)
        self.assertEqual(status, 200, f"{request.method} {request.url}: {body}")
        return body

    def assert_mismatch(self, request):
        status, body, error_type = self.send(request)
        self.assertEqual((status, error_type), (403, "InvalidSignatureException"), body)
        self.assertIn("does not match the signature you provided", body["message"])

    def test_the_function_sees_whose_signature_it_was(self):
        body = self.assert_accepted(self.signed("GET", f"{self.api}/api/admin/users"))
        self.assertRegex(body["identity"]["userArn"], r"^arn:aws:sts::\d{12}:assumed-role/admin/")

    def test_random_requests_are_accepted(self):
        choice = random.Random(3)
        alphabet = "abcXYZ019-._~ !$'()*,;:@=/?&#%本é"

        def text(length):
            return "".join(choice.choice(alphabet) for _ in range(choice.randint(1, length)))

        for _ in range(200):
            path = "/".join(quote(text(6), safe="") for _ in range(choice.randint(1, 3)))
            # A segment of dots would be gone before it is sent.
            path = "/".join(f"s{segment}" for segment in path.split("/"))
            query = "&".join(f"{quote(text(4), safe='')}={quote(text(8), safe='')}" for _ in range(choice.randint(0, 4)))
            url = f"{self.api}/api/admin/{path}" + (f"?{query}" if query else "")
            method = choice.choice(["GET", "POST", "PUT", "DELETE"])
            body = b"" if method == "GET" else text(200).encode()
            headers = {"x-amz-meta-note": f"a  b {choice.randint(0, 99)}", "content-type": "text/plain"}
            self.assert_accepted(self.signed(method, url, body, headers))

    def test_a_presigned_url_is_accepted(self):
        request = self.signed("GET", f"{self.api}/api/admin/users?page=1", auth=SigV4QueryAuth)
        self.assert_accepted(request)
        request.url = request.url.replace("page=1", "page=2")
        self.assert_mismatch(request)

    def test_cloudfront_passes_a_signature_on_that_was_made_for_the_api(self):
        request = self.signed("GET", f"{self.api}/api/admin/users")
        request.url = f"{self.outputs['doors']['cloudfront']['origin']}/api/admin/users"
        self.assert_accepted(request)
        self.assert_mismatch(self.signed("GET", request.url))

    def test_what_was_tampered_with_is_refused(self):
        def changed(change):
            headers = {"x-amz-meta-note": "a", "content-type": "application/json"}
            request = self.signed("POST", f"{self.api}/api/admin/users?page=1", b'{"a":1}', headers)
            change(request)
            return request

        self.assert_accepted(changed(lambda request: None))

        def path(request):
            request.url = request.url.replace("/users", "/user")

        def query(request):
            request.url += "&all=1"

        def header(request):
            request.headers["x-amz-meta-note"] = "b"

        def content_type(request):
            request.headers["content-type"] = "application/json;charset=UTF-8"

        def body(request):
            request.body = b'{"a":2}'

        def method(request):
            request.method = "PUT"

        def signature(request):
            value = request.headers["Authorization"]
            request.headers["Authorization"] = value[:-1] + ("1" if value.endswith("0") else "0")

        for change in (path, query, header, content_type, body, method, signature):
            with self.subTest(change.__name__):
                request = changed(change)
                self.assert_mismatch(request)

    def test_another_key_or_token_or_service_is_refused(self):
        url = f"{self.api}/api/admin/users"
        own = self.credentials
        wrong_secret = Credentials(own.access_key, "wrong", own.token)
        self.assert_mismatch(self.signed("GET", url, credentials=wrong_secret))
        for wrong in (Credentials("ASIAUNKNOWNUNKNOWN00", own.secret_key, own.token), Credentials(own.access_key, own.secret_key)):
            status, _, error_type = self.send(self.signed("GET", url, credentials=wrong))
            self.assertEqual((status, error_type), (403, "UnrecognizedClientException"))
        status, body, _ = self.send(self.signed("GET", url, service="s3"))
        self.assertEqual(status, 403)
        self.assertIn("correct service: 'execute-api'", body["message"])

    def test_a_role_without_the_permission_is_refused(self):
        general = self.credentials_of("general")
        status, body, error_type = self.send(self.signed("GET", f"{self.api}/api/admin/users", credentials=general))
        self.assertEqual((status, error_type), (403, "AccessDeniedException"))
        self.assertIn("is not authorized to perform: execute-api:Invoke", body["Message"])


if __name__ == "__main__":
    unittest.main()
