"""A local AWS for one class of tests, and boto3's clients of it."""

import json
import os
import subprocess
import unittest
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError


class LocalAws(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        binary = os.environ["LOCAL_AWS"]
        cls.server = subprocess.Popen([binary, "--exit-with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cls.control = json.loads(cls.server.stdout.readline())["control"]
        with urllib.request.urlopen(f"{cls.control}/local-aws/outputs.json") as answer:
            cls.outputs = json.load(answer)
        cls.users = {user["role"]: user for user in cls.outputs["users"]}
        cls.pool = cls.outputs["userPool"]
        cls.identity_pool = cls.outputs["identityPool"]
        cls.region = cls.outputs["region"]
        cls.provider = f"cognito-idp.{cls.region}.amazonaws.com/{cls.pool['userPoolId']}"
        cls.idp = cls.client("cognito-idp", cls.pool["endpoint"])
        cls.identity = cls.client("cognito-identity", cls.identity_pool["endpoint"])
        cls.sts = cls.client("sts", cls.outputs["sts"]["endpoint"])

    @classmethod
    def client(cls, service, endpoint):
        config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=endpoint, region_name=cls.region, config=config)

    @classmethod
    def signed_client(cls, service, endpoint, credentials):
        """A client that signs with what Cognito or STS gave out."""
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=cls.region,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials.get("SecretKey") or credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    @classmethod
    def tearDownClass(cls):
        cls.server.stdin.close()
        cls.server.stdout.close()
        cls.server.wait()

    @classmethod
    def post(cls, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{cls.control}/local-aws/{path}", data, headers, method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def setUp(self):
        self.post("reset")

    def refused(self, code, call, *arguments, **named):
        """That a call is refused with that code; the message."""
        with self.assertRaises(ClientError) as raised:
            call(*arguments, **named)
        self.assertEqual(raised.exception.response["Error"]["Code"], code)
        return raised.exception.response["Error"]["Message"]

    def sign_in(self, role):
        """The ID token of a user, by password."""
        user = self.users[role]
        answer = self.idp.initiate_auth(
            ClientId=self.pool["clientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user["username"], "PASSWORD": user["password"]},
        )
        return answer["AuthenticationResult"]["IdToken"]

    def logins(self, role):
        return {self.provider: self.sign_in(role)}

    def credentials_of(self, role):
        logins = self.logins(role)
        identity_id = self.identity.get_id(IdentityPoolId=self.identity_pool["identityPoolId"], Logins=logins)["IdentityId"]
        issued = self.identity.get_credentials_for_identity(IdentityId=identity_id, Logins=logins)["Credentials"]
        return Credentials(issued["AccessKeyId"], issued["SecretKey"], issued["SessionToken"])
