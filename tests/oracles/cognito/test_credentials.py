"""The local STS and the flows of the local identity pool, held against boto3."""

import base64
import datetime
import json
import unittest

from .local_aws import LocalAws

ACCOUNT = "123456789012"
GENERAL, ADMIN, GUEST = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("general", "admin", "guest"))


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Credentials(LocalAws):
    def get_id(self, **logins):
        return self.identity.get_id(IdentityPoolId=self.identity_pool["identityPoolId"], **logins)["IdentityId"]

    def classic(self):
        """A pool with role mappings has no classic flow."""
        self.post("patch", [{"op": "replace", "path": "/identityPool/roleMappings", "value": {}}])

    def open_id_token(self, **logins):
        return self.identity.get_open_id_token(IdentityId=self.get_id(**logins), **logins)["Token"]

    def assume(self, token, role=GENERAL, **more):
        named = {"RoleArn": role, "RoleSessionName": "test", "WebIdentityToken": token, **more}
        return self.sts.assume_role_with_web_identity(**named)

    def who(self, credentials):
        return self.signed_client("sts", self.outputs["sts"]["endpoint"], credentials).get_caller_identity()

    def test_the_classic_flow_ends_in_credentials_of_the_role_that_the_app_names(self):
        self.classic()
        logins = self.logins("general")
        identity_id = self.get_id(Logins=logins)
        token = self.identity.get_open_id_token(IdentityId=identity_id, Logins=logins)["Token"]
        said = claims(token)
        self.assertEqual((said["sub"], said["aud"]), (identity_id, self.identity_pool["identityPoolId"]))
        self.assertEqual(said["iss"], "https://cognito-identity.amazonaws.com")
        self.assertEqual(said["amr"][:2], ["authenticated", self.provider])
        answer = self.assume(token)
        self.assertEqual(answer["SubjectFromWebIdentityToken"], identity_id)
        self.assertEqual(answer["Audience"], self.identity_pool["identityPoolId"])
        self.assertEqual(answer["Provider"], "cognito-identity.amazonaws.com")
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/general/test"
        self.assertEqual(answer["AssumedRoleUser"]["Arn"], arn)
        lasts = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
        self.assertTrue(3_500 < lasts.total_seconds() < 3_700, lasts)
        caller = self.who(answer["Credentials"])
        self.assertEqual((caller["Arn"], caller["Account"]), (arn, ACCOUNT))
        self.assertEqual(caller["UserId"], answer["AssumedRoleUser"]["AssumedRoleId"])

    def test_the_enhanced_flow_ends_in_the_same_kind_of_credentials(self):
        logins = self.logins("admin")
        answer = self.identity.get_credentials_for_identity(IdentityId=self.get_id(Logins=logins), Logins=logins)
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/CognitoIdentityCredentials"
        self.assertEqual(self.who(answer["Credentials"])["Arn"], arn)

    def test_a_pool_may_have_no_classic_flow(self):
        logins = self.logins("general")
        identity_id = self.get_id(Logins=logins)
        get = self.identity.get_open_id_token
        message = self.refused("InvalidParameterException", get, IdentityId=identity_id, Logins=logins)
        self.assertIn("not supported with RoleMappings", message)
        self.classic()
        self.post("patch", [{"op": "replace", "path": "/identityPool/allowClassicFlow", "value": False}])
        message = self.refused("InvalidParameterException", get, IdentityId=identity_id, Logins=logins)
        self.assertEqual(message, "Basic (classic) flow is not enabled, please use enhanced flow.")

    def test_a_role_is_for_those_whom_it_trusts(self):
        self.classic()
        guest, user = self.open_id_token(), self.open_id_token(Logins=self.logins("general"))
        self.assertEqual(claims(guest)["amr"], ["unauthenticated"])
        self.assertTrue(self.assume(guest, GUEST))
        for token, role in [(guest, GENERAL), (user, GUEST), (user, f"arn:aws:iam::{ACCOUNT}:role/none"),
                            (user, "arn:aws:iam::999999999999:role/general")]:
            message = self.refused("AccessDenied", self.assume, token, role)
            self.assertEqual(message, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        other_pool = "/roles/general/assumeRolePolicy/0/Condition/StringEquals"
        self.post("patch", [{"op": "replace", "path": other_pool,
                             "value": {"cognito-identity.amazonaws.com:aud": "ap-northeast-1:other"}}])
        self.refused("AccessDenied", self.assume, user)
        logins = self.logins("general")
        self.refused("InvalidIdentityPoolConfigurationException", self.identity.get_credentials_for_identity,
                     IdentityId=self.get_id(Logins=logins), Logins=logins)

    def test_a_token_is_good_for_ten_minutes_and_for_nothing_when_it_is_changed(self):
        self.classic()
        token = self.open_id_token(Logins=self.logins("general"))
        header, payload, signature = token.split(".")
        forged = base64.urlsafe_b64encode(json.dumps({**claims(token), "sub": "x"}).encode()).rstrip(b"=").decode()
        self.refused("InvalidIdentityToken", self.assume, f"{header}.{forged}.{signature}")
        self.refused("InvalidIdentityToken", self.assume, "no.token")
        user_pools = self.sign_in("general")
        message = self.refused("InvalidIdentityToken", self.assume, user_pools)
        self.assertEqual(message, f"No OpenIDConnect provider found in your account for https://{self.provider}")
        self.post("clock", {"advanceSeconds": 599})
        self.assertTrue(self.assume(token))
        self.post("clock", {"advanceSeconds": 1})
        message = self.refused("ExpiredTokenException", self.assume, token)
        self.assertIn("Token expired: current date/time", message)

    def test_what_sts_asks_of_the_parameters(self):
        self.classic()
        token = self.open_id_token(Logins=self.logins("general"))
        for more in [{"RoleArn": "arn:aws:iam::1:user/somebody-else"}, {"RoleSessionName": "with space"},
                     {"DurationSeconds": 43_200}]:
            self.refused("ValidationError", self.assume, token, **more)
        self.refused("MalformedPolicyDocument", self.assume, token, Policy="{}")
        self.post("patch", [{"op": "replace", "path": "/roles/general/maxSessionDuration", "value": 43_200}])
        answer = self.assume(token, DurationSeconds=43_200)
        lasts = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
        self.assertGreater(lasts.total_seconds(), 43_000)

    def test_the_apps_own_back_end_vouches_for_its_users(self):
        mine, again = (self.post("developer-identity", {"user": "u"}) for _ in range(2))
        other = self.post("developer-identity", {"user": "v"})
        self.assertEqual(mine["identityId"], again["identityId"])
        self.assertNotEqual(mine["identityId"], other["identityId"])
        get = self.identity.get_credentials_for_identity
        login = {"cognito-identity.amazonaws.com": mine["token"]}
        answer = get(IdentityId=mine["identityId"], Logins=login)
        self.assertIn("assumed-role/general/", self.who(answer["Credentials"])["Arn"])
        self.refused("NotAuthorizedException", get, IdentityId=other["identityId"], Logins=login)
        self.refused("NotAuthorizedException", get, IdentityId=mine["identityId"])
        # Its token is good for STS as it is, in a pool without a classic flow too.
        self.assertEqual(self.assume(mine["token"])["SubjectFromWebIdentityToken"], mine["identityId"])
        self.post("clock", {"advanceSeconds": 900})
        self.refused("NotAuthorizedException", get, IdentityId=mine["identityId"], Logins=login)

    def test_another_provider_and_logins_that_are_linked(self):
        outside = self.post("open-id-token", {"sub": "hanako-there"})
        there, here = {outside["provider"]: outside["token"]}, self.logins("general")
        get = self.identity.get_credentials_for_identity
        first = self.get_id(Logins=here)
        self.assertEqual(self.get_id(Logins={**there, **here}), first)
        self.assertEqual(self.get_id(Logins=there), first)
        self.assertTrue(get(IdentityId=first, Logins=there)["Credentials"])
        somebody = self.post("open-id-token", {"sub": "somebody-else"})
        second = self.get_id(Logins={somebody["provider"]: somebody["token"]})
        self.assertNotEqual(second, first)
        both = {somebody["provider"]: somebody["token"], **here}
        self.refused("ResourceConflictException", self.get_id, Logins=both)
        self.refused("ResourceConflictException", get, IdentityId=first, Logins=both)
        self.refused("NotAuthorizedException", get, IdentityId=second, Logins=here)

    def test_a_guest_who_signs_in_keeps_the_identity(self):
        guest = self.get_id()
        self.assertIn("/guest/", self.who(self.identity.get_credentials_for_identity(IdentityId=guest)["Credentials"])["Arn"])
        logins = self.logins("admin")
        answer = self.identity.get_credentials_for_identity(IdentityId=guest, Logins=logins)
        self.assertIn("/admin/", self.who(answer["Credentials"])["Arn"])
        self.assertEqual(self.get_id(Logins=logins), guest)
        self.refused("NotAuthorizedException", self.identity.get_credentials_for_identity, IdentityId=guest)

    def test_rules_choose_the_role(self):
        outside = self.post("open-id-token", {"sub": "s", "claims": {"department": ["sales", "admin"]}})
        rule = {"claim": "department", "matchType": "Contains", "value": "admin", "roleARN": ADMIN}
        mapping = {"type": "Rules", "ambiguousRoleResolution": "Deny", "rules": [rule]}
        audience = self.outputs["openIdProviders"][0]["clientIds"][0]
        self.post("patch", [{"op": "add", "value": mapping, "path":
                             f"/identityPool/roleMappings/{outside['provider']}:{audience}"}])
        logins = {outside["provider"]: outside["token"]}
        get = self.identity.get_credentials_for_identity
        answer = get(IdentityId=self.get_id(Logins=logins), Logins=logins)
        self.assertIn("/admin/", self.who(answer["Credentials"])["Arn"])
        nobody = self.post("open-id-token", {"sub": "t"})
        logins = {nobody["provider"]: nobody["token"]}
        self.refused("NotAuthorizedException", get, IdentityId=self.get_id(Logins=logins), Logins=logins)

    def test_another_providers_token_at_sts_itself(self):
        outside = self.post("open-id-token", {"sub": "hanako-there"})
        provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{outside['provider']}"
        self.refused("AccessDenied", self.assume, outside["token"])
        trust = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
                 "Condition": {"StringEquals": {f"{outside['provider']}:sub": "hanako-there"}}}
        self.post("patch", [{"op": "add", "path": "/roles/general/assumeRolePolicy/-", "value": trust}])
        answer = self.assume(outside["token"])
        self.assertEqual((answer["Provider"], answer["SubjectFromWebIdentityToken"]), (provider, "hanako-there"))
        self.refused("AccessDenied", self.assume, self.post("open-id-token", {"sub": "another"})["token"])

    def test_credentials_expire_on_command_and_with_the_clock(self):
        self.classic()
        token = self.open_id_token(Logins=self.logins("general"))
        first, second, third = (self.assume(token)["Credentials"] for _ in range(3))
        self.post("credentials/expire", {"accessKeyId": first["AccessKeyId"]})
        self.refused("ExpiredToken", self.who, first)
        self.assertTrue(self.who(second))
        self.post("credentials/expire")
        self.refused("ExpiredToken", self.who, second)
        self.assertTrue(self.who(self.assume(token)["Credentials"]))
        self.post("clock", {"advanceSeconds": -3_600})
        # The server's clock is an hour behind ours: botocore's signature is from the future.
        self.refused("SignatureDoesNotMatch", self.who, third)

    def test_who_does_not_sign_rightly_is_nobody(self):
        self.refused("MissingAuthenticationToken", self.sts.get_caller_identity)
        self.classic()
        good = self.assume(self.open_id_token(Logins=self.logins("general")))["Credentials"]
        self.refused("SignatureDoesNotMatch", self.who, {**good, "SecretAccessKey": "wrong"})
        self.refused("InvalidClientTokenId", self.who, {**good, "SessionToken": "wrong"})
        self.refused("InvalidClientTokenId", self.who, {**good, "AccessKeyId": "ASIAAAAAAAAAAAAAAAAA"})


if __name__ == "__main__":
    unittest.main()
